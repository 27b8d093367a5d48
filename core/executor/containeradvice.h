// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"
#include "core/docker/dockertypes.h"
#include "core/model/workerexit.h"

namespace lifeguard {

/// Returns which protections of its container may have ended a worker, and the configuration keys that give them up.
/// Returns an empty message if its end has another explanation: the output mentions no missing permission, or the
/// container ran an image of Lifeguard, which needs none. container: an inspection; its labels may be missing. A pure
/// function.
[[nodiscard]] Message containerAdvice(const WorkerConfig &config, const DockerContainer &container,
                                      const WorkerExit &exit);

} // namespace lifeguard
