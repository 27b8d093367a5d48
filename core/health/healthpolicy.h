// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/workerstate.h"

#include <optional>

namespace lifeguard {

/// What is known of one worker at one moment. Ages, not times, so that the policy needs no clock; after a suspend, a clock that
/// was set or a locked database whoever observes begins to count them anew.
struct Observation
{
    bool processPresent = true;
    bool registered = false;
    bool stopping = false; ///< TERM was sent, and KILL follows: nothing is judged any more
    bool busy = false;
    bool hasBeatChannel = true; ///< false for commands of the user's own: never suspect for a stale beat while busy
    std::optional<milliseconds> beatAge; ///< nothing: unknown
    std::optional<milliseconds> jobAge; ///< of the job begun
    std::optional<milliseconds> cpuStill; ///< for how long its tree has used no CPU; nothing: unknown
    std::optional<milliseconds> outputStill; ///< for how long it has written nothing; nothing: unknown
    double cpuPercent = 0; ///< mean over that time, of one core
    milliseconds stopped{0}; ///< for how long its process has been stopped (T)
    milliseconds age{0}; ///< since it was started
    seconds maxJobTime{600};
    seconds registrationTimeout{30};
    seconds staleAfter{30};
    seconds hungAfter{60};
    bool restartHung = true;
    qint64 memoryBytes = 0; ///< the whole tree
    qint64 memoryLimitBytes = 0; ///< 0: none
    char processState = '?'; ///< of /proc: R, S, D, T, t, Z
    bool unhealthy = false; ///< a check of its own (a container's HEALTHCHECK) fails
    QString unknownWhy; ///< not empty: nothing can be learnt of it just now (Docker's engine does not answer), and why
};

/// What to do about a worker.
enum class Remedy { None, Stop, Kill };

/// What a worker is, why, and what follows. The reason is empty when it is well.
struct Verdict
{
    WorkerState state = WorkerState::Starting;
    QString reason;
    Remedy remedy = Remedy::None;
    std::optional<milliseconds> hungIn; ///< of a suspect: if nothing moves by then, it is hung

    bool operator==(const Verdict &) const = default;
};

/// The rules of shared/PROTOCOL.md and ARCHITECTURE.md (rule 3) as a pure function: the process table beats the heartbeat,
/// and the heartbeat beats a guess. A stale beat alone makes a worker suspect, never more: hung needs beat, CPU and output to
/// stand still for hungAfter, or a job over its limit.
class HealthPolicy
{
public:
    [[nodiscard]] static Verdict assess(const Observation &observation);
};

} // namespace lifeguard
