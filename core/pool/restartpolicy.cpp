// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/restartpolicy.h"

#include <algorithm>

namespace lifeguard {

RestartDecision RestartPolicy::decide(int deathsInARow, bool canStart)
{
    if (!canStart || deathsInARow >= crashLoopDeaths)
        return {false, milliseconds(0)};
    if (deathsInARow <= 1)
        return {true, milliseconds(0)};
    const int doublings = std::min(deathsInARow - 2, 20); // more would overflow, and is over the longest anyway
    return {true, std::min<milliseconds>(firstDelay * (1LL << doublings), longestDelay)};
}

} // namespace lifeguard
