// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"

namespace lifeguard {

/// Returns whether the workers of a pool are programs of CLM, judged by the name of their image or by their command. An
/// image of another name is not recognised.
[[nodiscard]] bool areClmPrograms(const WorkerConfig &config);

/// Returns whether these words of a command line start a worker of CLM.
[[nodiscard]] bool isClmCommand(const QStringList &words);

/// Returns the execution mode of the jobs that the workers of a pool claim. mode: the settled mode of the pool. Workers
/// of CLM ask for direct jobs when they use the database, also in a container.
[[nodiscard]] QString claimedMode(const WorkerConfig &config, const QString &mode);

} // namespace lifeguard
