// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"
#include "core/executor/containerengine.h"
#include "core/model/message.h"

#include <optional>

namespace lifeguard {

/// The execution mode of a pool's workers, and why it was chosen.
struct ModeChoice
{
    std::optional<ExecutionMode> mode; ///< Direct or Docker; not set: the pool cannot run
    Message reason; ///< "direct: Docker is not installed"; empty if the user has chosen the mode
    bool needsPull = false; ///< the engine must pull the image first

    bool operator==(const ModeChoice &) const = default;
};

/// Returns whether the choice depends on the container engine. It does not for direct pools and for commands without an
/// image.
[[nodiscard]] bool needsDocker(const WorkerConfig &requested);

/// Chooses the mode: automatic pools run in Docker if the engine responds and has the image, otherwise direct
/// (docs/protocol.md, "Modes"). inspection: what the engine reports; ignored if needsDocker() is false. A pure
/// function.
[[nodiscard]] ModeChoice chooseMode(const WorkerConfig &requested, const ImageInspection &inspection);

} // namespace lifeguard
