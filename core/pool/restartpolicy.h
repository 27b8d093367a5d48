// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/config/workerconfig.h"

namespace lifeguard {

/// How a worker that nobody stopped came to its end.
enum class WorkerEnding {
    Died, ///< by a signal, with an exit code, or stopped by the monitor
    Left, ///< by itself with exit code 0, without having finished a job
    LeftAfterWork, ///< by itself with exit code 0, having finished a job: it did its share
    CannotStart, ///< its program could not even be started
};

/// What a pool has been through.
struct PoolHistory
{
    int deathsInARow = 0; ///< since a worker of the pool last finished a job, or since resetAfter of health; the new
                          ///< one included
    bool hasWorked = false; ///< a job was finished since the pool was started or resumed
};

/// What follows the end of a worker.
struct RestartDecision
{
    enum class Action {
        Restart, ///< after the delay
        LeaveEnded, ///< the pool goes on with one less
        CrashLoop, ///< the pool stops trying until a user resumes it
    };
    Action action = Action::Restart;
    milliseconds delay{0};

    bool operator==(const RestartDecision &) const = default;
};

/// When a pool's ended workers are replaced, as a pure function: the first replacement at once, then a back-off of 1 s
/// doubling to 5 min; after crashLoopDeaths in a row, if no job was ever finished, the pool is crash-looping and stops
/// trying (the pattern of Kubernetes' CrashLoopBackOff; the numbers are those of shared/FACTS.md). A pool that has
/// worked before keeps trying, ever more slowly: a few jobs that take their workers with them are given up by their
/// attempts, and must not stop the others.
class RestartPolicy
{
public:
    static constexpr int crashLoopDeaths = 5;
    static constexpr milliseconds firstDelay{1000};
    static constexpr milliseconds longestDelay{5 * 60 * 1000};
    static constexpr milliseconds resetAfter{10 * 60 * 1000};

    [[nodiscard]] static RestartDecision decide(RestartMode mode, WorkerEnding ending, const PoolHistory &history);
    /// Whether an ending counts as one of the deaths in a row.
    [[nodiscard]] static bool countsAsDeath(RestartMode mode, WorkerEnding ending);
};

} // namespace lifeguard
