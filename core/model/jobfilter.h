// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/jobstatus.h"

#include <QString>

#include <optional>

namespace lifeguard {

/// Selects jobs.
struct JobFilter
{
    std::optional<JobStatus> status;
    QString type; ///< empty: all types
    QString text; ///< a part of the input path, the output path or the error, or the id; empty: all jobs
    int limit = 1000;
    qint64 maxId = 0; ///< for pages, and for commands that apply to a filter: only jobs with ids up to this one; 0: all
                      ///< jobs
    qint64 submission = 0; ///< 0: all jobs

    bool operator==(const JobFilter &) const = default;
};

} // namespace lifeguard
