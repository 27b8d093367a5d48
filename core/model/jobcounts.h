// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/jobstatus.h"

#include <QDateTime>

namespace lifeguard {

/// The numbers of jobs by status, and the age of the oldest pending job.
struct JobCounts
{
    qint64 pending = 0;
    qint64 processing = 0;
    qint64 completed = 0;
    qint64 failed = 0;
    qint64 cancelled = 0;
    QDateTime oldestPending; ///< created_at of the oldest pending job; invalid if there is none

    bool operator==(const JobCounts &) const = default;
    [[nodiscard]] qint64 total() const { return pending + processing + completed + failed + cancelled; }
    /// Returns the number of jobs with this status.
    [[nodiscard]] qint64 &of(JobStatus status);
    /// Adds jobs of this status.
    void add(JobStatus status, qint64 jobs) { of(status) += jobs; }
    JobCounts &operator+=(const JobCounts &other);
};

} // namespace lifeguard
