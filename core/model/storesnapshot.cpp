// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/storesnapshot.h"

namespace lifeguard {

JobCounts StoreSnapshot::total() const
{
    JobCounts sum;
    for (const JobCounts &entry : counts)
        sum += entry;
    return sum;
}

} // namespace lifeguard
