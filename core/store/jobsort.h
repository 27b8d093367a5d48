// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// The values by which the table of jobs can be sorted.
enum class JobColumn {
    ActiveFirst, ///< processing jobs first, then the newest: the order of a table that is sorted by no column
    State,
    Id,
    Type,
    Priority,
    Input,
    Output,
    Attempts,
    Worker,
    Waiting, ///< the time until the job was claimed
    Running, ///< the time from the claim to the end
    Added,
    Error,
};

/// An order of jobs.
struct JobSort
{
    JobColumn column = JobColumn::ActiveFirst;
    bool descending = true; ///< ignored for ActiveFirst

    bool operator==(const JobSort &) const = default;
};

} // namespace lifeguard
