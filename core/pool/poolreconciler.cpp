// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/poolreconciler.h"

#include "core/pool/autoscaler.h"
#include "core/pool/managermodel.h"
#include "core/pool/recyclepolicy.h"
#include "core/pool/scheduler.h"
#include "core/pool/startroom.h"
#include "core/pool/workerlauncher.h"
#include "core/pool/workerstopper.h"

#include <algorithm>

namespace lifeguard {

PoolReconciler::PoolReconciler(const Clock &clock, Scheduler &scheduler, ManagerModel &model, WorkerLauncher &launcher,
                               WorkerStopper &stopper, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_scheduler(scheduler)
    , m_model(model)
    , m_launcher(launcher)
    , m_stopper(stopper)
{
}

void PoolReconciler::reconcile(const QString &pool)
{
    WorkerPool *found = m_model.pools.find(pool);
    if (!found || m_model.pools.isShuttingDown())
        return;
    const QList<ManagedWorker *> live = m_model.workers.liveOf(pool);
    const auto kept = std::count_if(live.cbegin(), live.cend(), [](const auto *worker) { return !worker->isEnding(); });
    const WorkerPool::Adjustment adjustment = found->adjustment(int(kept), m_clock.steadyNow());
    if (adjustment.wait > milliseconds(0)) {
        start(*found, 0);
        m_scheduler.callAfter(adjustment.wait, this, [this, pool] { reconcile(pool); });
    } else {
        start(*found, adjustment.start);
    }
    if (adjustment.stop > 0)
        stopSurplus(pool, adjustment.stop);
}

void PoolReconciler::start(WorkerPool &pool, int missing)
{
    const StartRoom room = StartRoom::within(m_model.limits, int(m_model.workers.liveCount()),
                                             m_model.otherMachineWorkers);
    const int started = std::min(missing, room.workers);
    if (pool.setHeldBack(missing - started, room.limit))
        Q_EMIT changed();
    if (started > 0)
        m_launcher.launch(pool, started);
}

void PoolReconciler::startHeldBack()
{
    for (const auto &[name, pool] : m_model.pools.all()) {
        if (pool.heldBack() > 0)
            reconcile(name);
    }
}

void PoolReconciler::stopSurplus(const QString &pool, int surplus)
{
    QList<ScalingWorker> workers;
    for (const ManagedWorker *worker : m_model.workers.liveOf(pool)) {
        const bool isBusy = worker->beat().jobId > 0 || worker->row.status == WorkerStatus::Busy;
        workers.append({worker->executorId, worker->index, isBusy, worker->isEnding()});
    }
    for (const QString &executorId : Autoscaler::leaving(workers, surplus)) {
        if (ManagedWorker *worker = m_model.workers.findLive(executorId))
            m_stopper.drain(*worker, EndCause::Stop, Message("scaled_down"));
    }
}

void PoolReconciler::recycleIfDue(ManagedWorker &worker)
{
    const WorkerPool *pool = m_model.pools.find(worker.pool);
    if (worker.hasEnded() || worker.isEnding() || !worker.isRegistered() || !pool
        || pool->state() != PoolState::Running)
        return;
    const Message reason = RecyclePolicy::reason(worker.config, worker.row.jobsProcessed + worker.row.jobsFailed,
                                                 worker.signs.stats().memoryBytes);
    if (reason.isEmpty())
        return;
    m_stopper.drain(worker, EndCause::Recycle, reason);
    reconcile(pool->name());
}

} // namespace lifeguard
