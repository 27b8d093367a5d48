// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/executor/workerexecutor.h"

#include <QProcessEnvironment>
#include <QStringList>

namespace lifeguard {

/// Returns the environment of a direct worker: what it inherits from the environment of this program (base), the
/// variables of its configuration, and those of docs/protocol.md, "Starting, stopping, killing".
[[nodiscard]] QProcessEnvironment workerEnvironment(const StartRequest &request, const QProcessEnvironment &base,
                                                    const ProcessIdentity &manager);

/// Returns the program and the arguments of a direct worker. A custom command runs under `lifeguard-worker --guard`. A
/// command with a slash is relative to the workspace; any other command is searched for in PATH. workerProgram: the
/// path of lifeguard-worker. Fails with NotFound if a program does not exist or is not executable.
[[nodiscard]] Result<QStringList> workerCommand(const StartRequest &request, const QString &workerProgram);

} // namespace lifeguard
