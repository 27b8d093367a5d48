// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/poolreconciler.h"

#include "core/pool/autoscaler.h"
#include "core/pool/pooltable.h"
#include "core/pool/recyclepolicy.h"
#include "core/pool/scheduler.h"
#include "core/pool/workerlauncher.h"
#include "core/pool/workerstopper.h"
#include "core/pool/workertable.h"

#include <algorithm>

namespace lifeguard {

PoolReconciler::PoolReconciler(const Clock &clock, Scheduler &scheduler, PoolTable &pools, WorkerTable &workers,
                               WorkerLauncher &launcher, WorkerStopper &stopper, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_scheduler(scheduler)
    , m_pools(pools)
    , m_workers(workers)
    , m_launcher(launcher)
    , m_stopper(stopper)
{
}

void PoolReconciler::reconcile(const QString &pool)
{
    const WorkerPool *found = m_pools.find(pool);
    if (!found || m_pools.isShuttingDown())
        return;
    const QList<ManagedWorker *> live = m_workers.liveOf(pool);
    const auto kept = std::count_if(live.cbegin(), live.cend(), [](const auto *worker) { return !worker->isEnding(); });
    const WorkerPool::Adjustment adjustment = found->adjustment(int(kept), m_clock.steadyNow());
    if (adjustment.stop > 0)
        stopSurplus(pool, adjustment.stop);
    else if (adjustment.wait > milliseconds(0))
        m_scheduler.callAfter(adjustment.wait, this, [this, pool] { reconcile(pool); });
    else if (adjustment.start > 0)
        m_launcher.launch(*found, adjustment.start);
}

void PoolReconciler::stopSurplus(const QString &pool, int surplus)
{
    QList<ScalingWorker> workers;
    for (const ManagedWorker *worker : m_workers.liveOf(pool)) {
        const bool isBusy = worker->beat().jobId > 0 || worker->row.status == WorkerStatus::Busy;
        workers.append({worker->executorId, worker->index, isBusy, worker->isEnding()});
    }
    for (const QString &executorId : Autoscaler::leaving(workers, surplus)) {
        if (ManagedWorker *worker = m_workers.findLive(executorId))
            m_stopper.drain(*worker, EndCause::Stop, Message("scaled_down"));
    }
}

void PoolReconciler::recycleIfDue(ManagedWorker &worker)
{
    const WorkerPool *pool = m_pools.find(worker.pool);
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
