// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/executor/containerengine.h"
#include "core/executor/workerexecutor.h"

#include <QString>

#include <functional>
#include <memory>

namespace lifeguard {

/// The identity and the files of the manager for which an executor is created.
struct ExecutorContext
{
    QString managerId; ///< lifeguard_managers.id
    QString databasePath;
    QString workerProgram; ///< absolute path of lifeguard-worker
};

/// The executor of a manager. Usually one object implements both interfaces.
struct ManagerExecutor
{
    std::unique_ptr<WorkerExecutor> workers;
    ContainerEngine *containers = nullptr; ///< not owned; must live as long as workers
};

/// Creates the executor of a manager. The manager calls it once, when it starts, and never if the database is
/// read-only.
using ExecutorFactory = std::function<ManagerExecutor(const ExecutorContext &)>;

/// Returns the factory that the programs use: workers are processes of this machine or containers of its Docker Engine.
[[nodiscard]] ExecutorFactory localExecutorFactory();

} // namespace lifeguard
