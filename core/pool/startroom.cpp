// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/startroom.h"

#include <algorithm>

namespace lifeguard {

StartRoom StartRoom::within(const ManagerLimits &limits, int own, std::optional<int> others)
{
    StartRoom room;
    const auto lower = [&room](int workers, const char *code) {
        if (workers < room.workers)
            room = {std::max(0, workers), Message(code)};
    };
    if (limits.maxTotalWorkers > 0)
        lower(limits.maxTotalWorkers - own, "scaling_at_total");
    if (limits.maxMachineWorkers > 0)
        lower(others ? limits.maxMachineWorkers - own - *others : 0, "scaling_at_machine");
    return room;
}

} // namespace lifeguard
