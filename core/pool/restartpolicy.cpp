// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/restartpolicy.h"

#include <algorithm>

namespace lifeguard {

bool RestartPolicy::countsAsDeath(RestartMode mode, WorkerEnding ending)
{
    // With restart=always, a worker that exits at once must not be restarted in an endless loop.
    return ending == WorkerEnding::Died || ending == WorkerEnding::CannotStart
        || (ending == WorkerEnding::Exited && mode == RestartMode::Always);
}

RestartDecision RestartPolicy::decide(RestartMode mode, WorkerEnding ending, const PoolHistory &history)
{
    using Action = RestartDecision::Action;
    if (ending == WorkerEnding::CannotStart)
        return {Action::CrashLoop, milliseconds(0)}; // trying again would not help
    if (mode == RestartMode::Never || (mode == RestartMode::OnFailure && ending == WorkerEnding::Exited))
        return {Action::DoNotReplace, milliseconds(0)};
    if (ending == WorkerEnding::ExitedAfterWork || history.deathsInARow <= 1)
        return {Action::Restart, milliseconds(0)};
    if (history.deathsInARow >= crashLoopDeaths && !history.hasWorked)
        return {Action::CrashLoop, milliseconds(0)};
    const int doublings = std::min(history.deathsInARow - 2, 20); // more would overflow, and exceeds longestDelay
                                                                  // anyway
    return {Action::Restart, std::min<milliseconds>(firstDelay * (1LL << doublings), longestDelay)};
}

} // namespace lifeguard
