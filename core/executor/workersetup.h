// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/executor/workerexecutor.h"

#include <QMap>
#include <QProcessEnvironment>

namespace lifeguard {

/// Returns whether files must be accessed before a worker with this configuration can be started.
[[nodiscard]] bool needsSetup(const WorkerConfig &config);

/// Prepares the start of a worker: reads its env_file, and checks the working folder of a direct worker. Returns the
/// request with all variables in WorkerConfig::environment. Fails with one sentence if the file cannot be read, the
/// folder does not exist, or the values of variables were not stored (core/config/workervariables.h). May block on slow
/// disks: call this on a thread of its own if needsSetup().
[[nodiscard]] Result<StartRequest> setUpWorker(StartRequest request);

/// Returns the working folder of a direct worker; a relative working_dir begins at the workspace.
[[nodiscard]] QString workingFolder(const StartRequest &request);

/// Returns the variables that a worker inherits from this program, according to pass_environment. A direct worker also
/// receives those that nearly all programs need (PATH, HOME, LANG, …) and the settings of Lifeguard; without
/// pass_environment, it receives all. Variables that override the configuration (LIFEGUARD__…) are never among them.
[[nodiscard]] QMap<QString, QString> inheritedVariables(const WorkerConfig &config, const QProcessEnvironment &own,
                                                        bool isContainer);

} // namespace lifeguard
