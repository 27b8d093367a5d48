// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workercommands.h"

#include "core/pool/pooljournal.h"
#include "core/pool/poolreconciler.h"
#include "core/pool/pooltable.h"
#include "core/pool/workerstopper.h"
#include "core/pool/workertable.h"

namespace lifeguard {
namespace {

CommandAnswer noWorker(const QString &executorId)
{
    return CommandAnswer::failed(Message("no_such_worker", {executorId}));
}

CommandAnswer endingAnswer(const ManagedWorker &worker)
{
    const bool isDraining = worker.phase == ManagedWorker::Phase::Draining;
    return CommandAnswer::done(Message(isDraining ? "worker_is_draining" : "worker_is_stopping", {worker.name()}));
}

} // namespace

CommandAnswer WorkerCommands::stopWorker(const QString &executorId)
{
    ManagedWorker *worker = m_workers.findLive(executorId);
    if (!worker)
        return noWorker(executorId);
    const CommandAnswer answer = CommandAnswer::done(Message("worker_is_stopping", {worker->name()}));
    if (worker->phase == ManagedWorker::Phase::Stopping)
        return answer;
    if (!worker->isEnding()) // the count was already lowered when it began to drain
        lowerCount(worker->pool);
    m_stopper.stop(*worker, EndCause::Stop, Message("stopped_by_user"), worker->config.stopGrace);
    return answer;
}

CommandAnswer WorkerCommands::drainWorker(const QString &executorId)
{
    ManagedWorker *worker = m_workers.findLive(executorId);
    if (!worker)
        return noWorker(executorId);
    if (worker->isEnding())
        return endingAnswer(*worker);
    lowerCount(worker->pool);
    m_stopper.drain(*worker, EndCause::Stop, Message("drained_by_user"));
    return endingAnswer(*worker);
}

CommandAnswer WorkerCommands::killWorker(const QString &executorId)
{
    ManagedWorker *worker = m_workers.findLive(executorId);
    if (!worker)
        return noWorker(executorId);
    kill(*worker);
    return CommandAnswer::done(Message("worker_was_killed", {worker->name()}));
}

void WorkerCommands::kill(ManagedWorker &worker)
{
    // For a worker that is already being stopped, KILL only speeds up its end: the attempt of its job does not count.
    const EndCause cause = worker.isEndWanted() ? worker.endCause : EndCause::Kill;
    m_stopper.stop(worker, cause, Message("killed_by_user"), seconds(0));
}

CommandAnswer WorkerCommands::replaceWorker(const QString &executorId)
{
    ManagedWorker *worker = m_workers.findLive(executorId);
    if (!worker)
        return noWorker(executorId);
    if (worker->isEnding())
        return endingAnswer(*worker);
    m_stopper.stop(*worker, EndCause::Recycle, Message("restarted_by_user"), worker->config.stopGrace);
    m_reconciler.reconcile(worker->pool);
    return CommandAnswer::done(Message("worker_is_restarting", {worker->name()}));
}

CommandAnswer WorkerCommands::recycleWorker(const QString &executorId)
{
    ManagedWorker *worker = m_workers.findLive(executorId);
    if (!worker)
        return noWorker(executorId);
    if (worker->isEnding())
        return endingAnswer(*worker);
    m_stopper.drain(*worker, EndCause::Recycle, Message("recycled_by_user"));
    m_reconciler.reconcile(worker->pool);
    return CommandAnswer::done(Message("worker_is_recycling", {worker->name()}));
}

void WorkerCommands::lowerCount(const QString &pool)
{
    if (WorkerPool *found = m_pools.find(pool)) {
        found->lowerCount();
        m_journal.storeSpec(*found);
    }
}

} // namespace lifeguard
