// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/jobcounts.h"

namespace lifeguard {

qint64 &JobCounts::of(JobStatus status)
{
    switch (status) {
    case JobStatus::Pending:
        return pending;
    case JobStatus::Processing:
        return processing;
    case JobStatus::Completed:
        return completed;
    case JobStatus::Failed:
        return failed;
    case JobStatus::Cancelled:
        return cancelled;
    }
    Q_UNREACHABLE();
}

JobCounts &JobCounts::operator+=(const JobCounts &other)
{
    pending += other.pending;
    processing += other.processing;
    completed += other.completed;
    failed += other.failed;
    cancelled += other.cancelled;
    if (!oldestPending.isValid() || (other.oldestPending.isValid() && other.oldestPending < oldestPending))
        oldestPending = other.oldestPending;
    return *this;
}

} // namespace lifeguard
