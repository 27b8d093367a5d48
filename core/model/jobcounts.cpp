// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/jobcounts.h"

namespace lifeguard {

void JobCounts::add(JobStatus status, qint64 jobs)
{
    switch (status) {
    case JobStatus::Pending:
        pending += jobs;
        break;
    case JobStatus::Processing:
        processing += jobs;
        break;
    case JobStatus::Completed:
        completed += jobs;
        break;
    case JobStatus::Failed:
        failed += jobs;
        break;
    case JobStatus::Cancelled:
        cancelled += jobs;
        break;
    }
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
