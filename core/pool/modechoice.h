// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"
#include "core/executor/dockerworkerexecutor.h"

#include <optional>

namespace lifeguard {

/// How a pool's workers are run, and why.
struct ModeChoice
{
    std::optional<ExecutionMode> mode; ///< Direct or Docker; nothing: it cannot run
    QString reason; ///< "direct: Docker is not installed"; empty where the user has chosen
    bool needsPull = false; ///< the engine has to get the image first

    bool operator==(const ModeChoice &) const = default;
};

/// Whether Docker has to be asked at all: never for direct pools, nor for a command without an image.
[[nodiscard]] bool needsDocker(const WorkerConfig &wanted);

/// Auto is Docker where the engine answers and has the image, else direct (shared/PROTOCOL.md, "Modes"). look: what Docker said; not
/// looked at where needsDocker() says no. A pure function.
[[nodiscard]] ModeChoice chooseMode(const WorkerConfig &wanted, const ImageInspection &look);

} // namespace lifeguard
