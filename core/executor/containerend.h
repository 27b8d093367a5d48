// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockertypes.h"
#include "core/model/workerexit.h"

#include <optional>

namespace lifeguard {

/// What is known about the end of a worker's container.
struct ContainerEnd
{
    std::optional<DockerContainer> container; ///< its inspection after the end; nothing if it was not available
    std::optional<int> eventExitCode; ///< from the event "die"
    bool hadOomEvent = false; ///< the engine has reported the event "oom"
    bool wasRemoved = false; ///< by another program
    bool wasStopped = false; ///< TERM was sent
    bool wasKilled = false; ///< KILL was sent
    bool wasEngineLost = false; ///< the end was discovered after the engine had been unreachable
    qint64 memoryLimitMb = 0; ///< 0: none
};

/// Returns the exit of a worker: kind, code, message, isBlameless and outOfMemory. The caller adds the executor id and
/// the last lines. An exit code above 128 stands for a signal, as in shells. A pure function.
[[nodiscard]] WorkerExit workerExitOf(const ContainerEnd &end);

} // namespace lifeguard
