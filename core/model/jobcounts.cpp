// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/jobcounts.h"

namespace lifeguard {

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
