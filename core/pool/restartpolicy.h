// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/config/workerconfig.h"

namespace lifeguard {

/// The kinds of ends that were not requested.
enum class WorkerEnding {
    Died, ///< it ended by a signal or with an exit code other than 0, or the health monitor stopped it
    Exited, ///< it exited with code 0 without having finished a job
    ExitedAfterWork, ///< it exited with code 0 after it had finished a job
    CannotStart, ///< its program could not be started
};

/// The history of a pool that the restart policy considers.
struct PoolHistory
{
    int deathsInARow = 0; ///< deaths since a worker of the pool last finished a job, or since a period of resetAfter
                          ///< without a death; includes the new one
    bool hasWorked = false; ///< whether a job was finished since the pool was started or resumed
};

/// The decision about the replacement of an ended worker.
struct RestartDecision
{
    enum class Action {
        Restart, ///< after the delay
        DoNotReplace, ///< the pool continues with one worker less
        CrashLoop, ///< the pool starts no more workers until a user starts it again
    };
    Action action = Action::Restart;
    milliseconds delay{0};

    bool operator==(const RestartDecision &) const = default;
};

/// Decides whether and when ended workers are replaced. Pure functions. The first replacement is immediate; then there
/// is a back-off of 1 s, doubling to 5 min. After crashLoopDeaths deaths in a row without a finished job the pool is
/// crash-looping (the pattern and the times of CrashLoopBackOff in Kubernetes). A pool that has finished a job keeps
/// restarting with a back-off: jobs that crash their workers are given up when their attempts are used up, and must not
/// stop the other jobs.
class RestartPolicy
{
public:
    static constexpr int crashLoopDeaths = 5;
    static constexpr milliseconds firstDelay{1000};
    static constexpr milliseconds longestDelay{5 * 60 * 1000};
    static constexpr milliseconds resetAfter{10 * 60 * 1000};

    /// Returns what follows an ending. history: including this ending.
    [[nodiscard]] static RestartDecision decide(RestartMode mode, WorkerEnding ending, const PoolHistory &history);
    /// Returns whether an ending counts as one of the deaths in a row.
    [[nodiscard]] static bool countsAsDeath(RestartMode mode, WorkerEnding ending);
};

} // namespace lifeguard
