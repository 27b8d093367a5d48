// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerstopper.h"

#include "core/executor/workerexecutor.h"
#include "core/pool/managedworker.h"
#include "core/pool/pooljournal.h"

namespace lifeguard {

// A worker that the executor does not have yet is still being prepared or recorded. WorkerLauncher will not start it.

void WorkerStopper::stop(ManagedWorker &worker, EndCause cause, const Message &reason, seconds grace)
{
    const bool isFirst = !worker.isEnding();
    worker.requestEnd(cause, reason, m_clock.steadyNow() + grace);
    if (isFirst && grace > seconds(0)) {
        m_journal.recordEvent(EventKind::WorkerStopping,
                              Message("worker_stopping", {worker.name(), qint64(grace.count()), reason.asArgument()}),
                              worker);
    }
    if (!m_executor.isWorkerRunning(worker.executorId))
        return;
    if (grace > seconds(0))
        m_executor.stopWorker(worker.executorId, grace);
    else
        m_executor.killWorker(worker.executorId);
}

void WorkerStopper::drain(ManagedWorker &worker, EndCause cause, const Message &reason)
{
    Q_ASSERT(!worker.isEnding());
    worker.requestEnd(cause, reason, {});
    m_journal.recordEvent(EventKind::WorkerDraining, Message("worker_draining", {worker.name(), reason.asArgument()}),
                          worker);
    if (m_executor.isWorkerRunning(worker.executorId))
        m_executor.drainWorker(worker.executorId);
}

} // namespace lifeguard
