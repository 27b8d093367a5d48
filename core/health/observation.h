// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/config/workerconfig.h"
#include "core/model/message.h"

#include <optional>

namespace lifeguard {

/// What is known about one worker at one moment. Contains ages instead of times, so that HealthPolicy needs no clock.
/// After a suspend, a change of the wall clock or a database outage, the observer starts counting these ages again from
/// zero.
struct Observation
{
    bool processPresent = true;
    bool registered = false;
    bool stopping = false; ///< TERM was sent, and KILL will follow: the worker is no longer assessed
    bool busy = false;
    bool hasBeatChannel = true; ///< false for custom commands, which are never suspect for a stale beat while busy
    std::optional<milliseconds> beatAge; ///< nothing: unknown
    std::optional<milliseconds> jobAge; ///< of the job that was begun
    std::optional<milliseconds> cpuInactive; ///< how long the process tree has used no CPU; nothing: unknown
    std::optional<milliseconds> outputInactive; ///< how long the worker has written no output; nothing: unknown
    double cpuPercent = 0; ///< mean during cpuInactive, of one core
    milliseconds stopped{0}; ///< how long the process has been stopped (T)
    milliseconds age{0}; ///< since the worker was started
    seconds maxJobTime = defaultMaxJobTime; ///< of the job that was begun, or else of the worker's pool
    /// This and the following durations: of the worker's pool.
    seconds registrationTimeout = defaultRegistrationTimeout;
    seconds staleAfter = defaultStaleAfter;
    seconds hungAfter = defaultHungAfter;
    bool restartHung = true;
    qint64 memoryBytes = 0; ///< of the whole process tree
    qint64 memoryLimitBytes = 0; ///< 0: no limit
    char processState = '?'; ///< as in /proc: R, S, D, T, t, Z
    bool unhealthy = false; ///< the container's own HEALTHCHECK fails
    /// Why nothing is known at the moment, for example an unreachable Docker engine. Empty if the other members are
    /// valid.
    Message unknownReason;
};

} // namespace lifeguard
