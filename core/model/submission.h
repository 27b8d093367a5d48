// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/message.h"

#include <QDateTime>
#include <QString>

namespace lifeguard {

/// The values of a submission to add: jobs that are added together.
struct NewSubmission
{
    QString title; ///< such as the name of a file or folder
    QString submitter; ///< the operating-system user

    bool operator==(const NewSubmission &) const = default;
};

/// A row of lifeguard_submissions. Times are UTC.
struct Submission
{
    qint64 id = 0;
    QString title;
    QString submitter;
    QDateTime submittedAt;
    QDateTime endedAt; ///< invalid: it has not ended, or its end has not been noticed yet
    qint64 total = 0; ///< the number of its jobs, also of those that were deleted after their end
    qint64 completed = 0;
    qint64 failed = 0;
    qint64 cancelled = 0;

    bool operator==(const Submission &) const = default;
    /// Returns the number of jobs that are pending or being processed.
    [[nodiscard]] qint64 open() const { return total - completed - failed - cancelled; }
    /// Returns "12 of 40 jobs done, 2 failed".
    [[nodiscard]] Message counts() const;
};

} // namespace lifeguard
