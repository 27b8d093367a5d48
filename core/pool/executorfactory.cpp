// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/executorfactory.h"

#include "core/executor/routingworkerexecutor.h"

namespace lifeguard {

ExecutorFactory localExecutorFactory()
{
    return [](const ExecutorContext &context) {
        auto executor = std::make_unique<RoutingWorkerExecutor>(context.workerProgram, context.databasePath,
                                                                context.managerId);
        ContainerEngine *engine = executor.get();
        return ManagerExecutor{std::move(executor), engine};
    };
}

} // namespace lifeguard
