// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerendhandler.h"

#include "core/base/protocol.h"
#include "core/pool/beatslots.h"
#include "core/pool/pooljournal.h"
#include "core/pool/poolreconciler.h"
#include "core/pool/pooltable.h"
#include "core/pool/snapshotindex.h"
#include "core/pool/workerendpolicy.h"
#include "core/pool/workertable.h"
#include "core/store/interruptedjobs.h"

#include <algorithm>

namespace lifeguard {
namespace {

constexpr qint64 unknownJob = 0; ///< as in ReturnOptions::begunJob
constexpr qint64 noJob = -1;

} // namespace

WorkerEndHandler::WorkerEndHandler(const Clock &clock, PoolTable &pools, WorkerTable &workers,
                                   PoolReconciler &reconciler, PoolJournal &journal, BeatSlots &slots_,
                                   const SnapshotIndex &snapshot, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_pools(pools)
    , m_workers(workers)
    , m_reconciler(reconciler)
    , m_journal(journal)
    , m_slots(slots_)
    , m_snapshot(snapshot)
{
}

void WorkerEndHandler::handle(const WorkerExit &exit)
{
    ManagedWorker *worker = m_workers.findLive(exit.executorId);
    if (!worker)
        return;
    // Read before the worker is marked as ended: its slot still holds the job that it had begun.
    const Beat beat = worker->beat();
    qint64 begunJob = unknownJob;
    if (worker->hasBeatChannel())
        begunJob = beat.jobId > 0 ? beat.jobId : noJob;
    // Without a slot, the message names the job in the database, but no decision depends on it.
    qint64 namedJob = std::max<qint64>(0, begunJob);
    if (begunJob == unknownJob) {
        if (const RunningJob *running = m_snapshot.runningJobOf(worker->workerId))
            namedJob = running->id;
    }
    const WorkerPool *pool = m_pools.find(worker->pool);

    WorkerEndPolicy::Facts facts;
    facts.cause = worker->endCause;
    facts.request = worker->endRequest;
    facts.exit = exit;
    facts.isAdopted = worker->isAdopted;
    facts.lastPhase = beat.phase;
    if (namedJob > 0)
        facts.job = m_snapshot.jobNameWithNumber(namedJob);
    if (pool)
        facts.restart = pool->config().restart;
    const WorkerEndAssessment end = WorkerEndPolicy::assess(facts);

    m_workers.markEnded(*worker, end.state, end.reason, m_clock.utcNow());
    const bool isStopped = end.state == WorkerState::Stopped;
    m_journal.recordEvent(isStopped ? EventKind::WorkerStopped : EventKind::WorkerFailed,
                          Message(isStopped ? "worker_stopped" : "worker_failed",
                                  {worker->name(), end.reason.asArgument()}),
                          *worker, namedJob);
    const QString poolName = worker->pool;
    using Consequence = WorkerEndAssessment::Consequence;
    // Our own worker ends with this code after another program has deleted its row, which is not the job's fault.
    const bool isDisowned = worker->config.command.isEmpty() && exit.kind == WorkerExit::Kind::Exited
                         && exit.code == workerExitDisowned;
    close(*worker, {begunJob, !worker->isEndWanted() && !isDisowned, {}}, begunJob > 0 ? beat.attempt : 0,
          end.consequence == Consequence::CheckFinishedJobs);
    switch (end.consequence) {
    case Consequence::Replace:
        m_reconciler.reconcile(poolName);
        break;
    case Consequence::DeclineReplacement:
        declineReplacement(poolName, end.reason);
        break;
    case Consequence::ApplyRestartPolicy:
        applyRestartPolicy(poolName, end.ending, end.reason, exit.advice);
        break;
    case Consequence::CheckFinishedJobs:
        break; // onClosed() continues
    }
    m_workers.removeExpired(m_clock.utcNow());
    completeStops();
    Q_EMIT changed();
}

void WorkerEndHandler::close(const ManagedWorker &worker, const ReturnOptions &jobs, int begunAttempt, bool checksWork)
{
    WorkerClosure closure;
    closure.executorId = worker.executorId;
    closure.reason = worker.endReason;
    closure.isWanted = worker.endState == WorkerState::Stopped;
    closure.checksWork = checksWork;
    closure.jobs = jobs;
    closure.begunAttempt = begunAttempt;
    closure.jobs.reason = Message("worker_reason", {worker.name(), worker.endReason.asArgument()});
    closure.workerId = worker.workerId;
    closure.type = worker.config.type;
    closure.startedAt = worker.startedAt;
    ++m_openCount;
    m_journal.closeWorker(closure,
                          [this, executorId = worker.executorId, checksWork](const Result<WorkerEnding> &ending) {
                              onClosed(executorId, checksWork, ending);
                          });
}

void WorkerEndHandler::onClosed(const QString &executorId, bool checksWork, const Result<WorkerEnding> &ending)
{
    --m_openCount;
    if (ManagedWorker *worker = m_workers.find(executorId)) {
        m_workers.markClosed(*worker);
        if (ending)
            m_slots.release(*worker); // if closing was given up, the next manager reads the slot
        if (checksWork)
            applyRestartPolicy(worker->pool, ending.value_or(WorkerEnding::Exited), worker->endReason);
    }
    completeStops();
}

void WorkerEndHandler::declineReplacement(const QString &pool, const Message &reason)
{
    WorkerPool *found = m_pools.find(pool);
    if (!found)
        return;
    const bool isLast = m_workers.liveOf(pool).isEmpty();
    found->declineReplacement(reason, isLast);
    if (isLast) {
        const Message why = found->reason(m_clock.steadyNow());
        m_journal.recordEvent(EventKind::PoolStopped, Message("pool_stopped_reason", {pool, why.asArgument()}), *found);
    }
    Q_EMIT changed();
}

void WorkerEndHandler::applyRestartPolicy(const QString &pool, WorkerEnding ending, const Message &reason,
                                          const Message &advice)
{
    WorkerPool *found = m_pools.find(pool);
    if (!found || m_pools.isShuttingDown())
        return;
    const milliseconds now = m_clock.steadyNow();
    const PoolState before = found->state();
    const bool isLast = m_workers.liveOf(pool).isEmpty();
    const RestartDecision::Action action = found->handleEnding(ending, reason, isLast, now, advice);
    const Message why = found->reason(now);
    if (action == RestartDecision::Action::Restart) {
        m_reconciler.reconcile(pool);
    } else if (found->state() != before && found->state() == PoolState::CrashLooping) {
        m_journal.recordEvent(EventKind::PoolCrashLooping, Message("pool_crash_looping", {pool, why.asArgument()}),
                              *found);
    } else if (found->state() != before && found->state() == PoolState::Stopped) {
        m_journal.recordEvent(EventKind::PoolStopped, Message("pool_stopped_reason", {pool, why.asArgument()}), *found);
    }
    Q_EMIT changed();
}

void WorkerEndHandler::beginShutdown()
{
    m_pools.beginShutdown();
    m_isStopReported = false;
}

void WorkerEndHandler::completeStops()
{
    for (auto &[name, pool] : m_pools.all()) {
        if (pool.state() != PoolState::Stopping || !m_workers.liveOf(name).isEmpty())
            continue;
        pool.completeStopping();
        m_journal.recordEvent(EventKind::PoolStopped, Message("pool_stopped", {name}), pool);
        Q_EMIT changed();
    }
    m_pools.removeStopped();
    if (!m_pools.isShuttingDown() || m_isStopReported || m_workers.hasLive() || m_openCount > 0)
        return;
    m_isStopReported = true;
    QMetaObject::invokeMethod(this, &WorkerEndHandler::allStopped, Qt::QueuedConnection);
}

} // namespace lifeguard
