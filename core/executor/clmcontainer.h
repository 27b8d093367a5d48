// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockertypes.h"
#include "core/executor/workerexecutor.h"
#include "core/model/workerexit.h"

#include <QProcessEnvironment>
#include <QStringList>

namespace lifeguard {

// CLM's own images: what their programs expect, as far as they do not need CLM's REST interface
// (docs/architecture/clx-compatibility.md).

/// Returns whether a container of this image runs a worker of CLM. image: from its inspection.
[[nodiscard]] bool isClmContainer(const WorkerConfig &config, const DockerImage &image);

/// Returns whether the workspace can be mounted in containers under its path on the host.
[[nodiscard]] bool canKeepPath(const QString &workspace);

/// Returns further variables ("NAME=VALUE") of a container that runs a worker of CLM. environment: of this program,
/// from which the settings of CLM are passed on. A pure function.
[[nodiscard]] QStringList clmVariables(const StartRequest &request, const QProcessEnvironment &environment);

/// Returns the exit with a message that explains it, if the worker ended because it needs CLM's REST interface;
/// otherwise the same exit. A pure function.
[[nodiscard]] WorkerExit explainedClmExit(WorkerExit exit);

} // namespace lifeguard
