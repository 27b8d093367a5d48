// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

namespace lifeguard {

/// What follows the death of a worker: another start after a delay, or none any more.
struct RestartDecision
{
    bool restart = true;
    milliseconds delay{0};

    bool operator==(const RestartDecision &) const = default;
};

/// When a pool's dead workers are replaced, as a pure function of the deaths in a row (those since a worker of the pool last
/// finished a job, or since resetAfter of health): the first replacement at once, then a back-off of 1 s doubling to 5 min;
/// after crashLoopDeaths the pool is crash-looping and stops trying (the pattern of Kubernetes' CrashLoopBackOff;
/// the numbers are those of shared/FACTS.md).
class RestartPolicy
{
public:
    static constexpr int crashLoopDeaths = 5;
    static constexpr milliseconds firstDelay{1000};
    static constexpr milliseconds longestDelay{5 * 60 * 1000};
    static constexpr milliseconds resetAfter{10 * 60 * 1000};

    /// deathsInARow counts the one just seen. canStart: false when the program could not even be started, which trying
    /// again does not mend.
    [[nodiscard]] static RestartDecision decide(int deathsInARow, bool canStart);
};

} // namespace lifeguard
