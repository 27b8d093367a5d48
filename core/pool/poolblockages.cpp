// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/poolblockages.h"

#include "core/pool/pooljournal.h"
#include "core/pool/pooltable.h"
#include "core/pool/workertable.h"

#include <algorithm>

namespace lifeguard {

bool PoolBlockages::isBlocked(const WorkerRow &row)
{
    return row.reason.code() == QLatin1String("worker_blocked");
}

void PoolBlockages::update()
{
    m_handled.removeIf(
        [this](const QHash<QString, Message>::iterator &report) { return !m_workers.findLive(report.key()); });
    m_processed.removeIf(
        [this](const QHash<QString, qint64>::iterator &number) { return !m_workers.findLive(number.key()); });
    for (auto &[name, pool] : m_pools.all()) {
        if (pool.isBlocked()) {
            updateBlocked(pool);
        } else {
            if (m_scouts.remove(name)) // a user resumed or stopped the pool
                release(pool);
            findReport(pool);
        }
    }
}

void PoolBlockages::findReport(WorkerPool &pool)
{
    for (const ManagedWorker *worker : m_workers.liveOf(pool.name())) {
        if (!isBlocked(worker->row)) {
            m_handled.remove(worker->executorId);
            continue;
        }
        if (worker->isEnding() || m_handled.value(worker->executorId) == worker->row.reason
            || !pool.block(worker->row.reason))
            continue;
        m_scouts.insert(pool.name(), worker->executorId);
        m_journal.recordEvent(EventKind::PoolPaused,
                              Message("pool_blocked", {pool.name(), worker->row.reason.asArgument()}), pool);
        holdOthers(pool);
        return;
    }
}

void PoolBlockages::updateBlocked(WorkerPool &pool)
{
    const ManagedWorker *scout = m_workers.findLive(m_scouts.value(pool.name()));
    if (!scout || scout->isEnding()) {
        const bool isJustLost = !m_scouts.value(pool.name()).isEmpty();
        scout = nextScout(pool);
        m_scouts.insert(pool.name(), scout ? scout->executorId : QString());
        if (!scout && isJustLost)
            rememberProcessed(pool);
        else if (!scout && hasProcessedAny(pool)) {
            unblock(pool);
            return;
        }
    } else if (!isBlocked(scout->row)) {
        unblock(pool);
        return;
    } else {
        (void)pool.block(scout->row.reason); // the time until the next attempt has changed
    }
    holdOthers(pool);
}

void PoolBlockages::unblock(WorkerPool &pool)
{
    pool.unblock();
    m_scouts.remove(pool.name());
    m_journal.recordEvent(EventKind::PoolResumed, Message("pool_unblocked", {pool.name()}), pool);
    release(pool);
}

void PoolBlockages::rememberProcessed(const WorkerPool &pool)
{
    for (const ManagedWorker *worker : m_workers.liveOf(pool.name()))
        m_processed.insert(worker->executorId, worker->row.jobsProcessed);
}

bool PoolBlockages::hasProcessedAny(const WorkerPool &pool) const
{
    const QList<ManagedWorker *> live = m_workers.liveOf(pool.name());
    return std::any_of(live.cbegin(), live.cend(), [this](const ManagedWorker *worker) {
        return worker->row.jobsProcessed > m_processed.value(worker->executorId);
    });
}

ManagedWorker *PoolBlockages::nextScout(const WorkerPool &pool) const
{
    // A worker without a report may not have tried a job yet, so a missing report proves nothing.
    for (ManagedWorker *worker : m_workers.liveOf(pool.name())) {
        if (!worker->isEnding() && isBlocked(worker->row))
            return worker;
    }
    return nullptr;
}

void PoolBlockages::holdOthers(const WorkerPool &pool)
{
    if (pool.state() == PoolState::Paused)
        return; // by a user: all workers are held
    const QString scout = m_scouts.value(pool.name());
    for (const ManagedWorker *worker : m_workers.liveOf(pool.name())) {
        if (worker->beats)
            worker->beats->setHold(worker->beatSlot, !scout.isEmpty() && worker->executorId != scout);
    }
}

void PoolBlockages::release(const WorkerPool &pool)
{
    for (const ManagedWorker *worker : m_workers.liveOf(pool.name())) {
        if (isBlocked(worker->row)) {
            m_handled.insert(worker->executorId, worker->row.reason);
            m_journal.clearReason(worker->executorId, worker->row.reason); // the worker would do so after its next job
        }
        if (worker->beats && pool.state() != PoolState::Paused)
            worker->beats->setHold(worker->beatSlot, false);
    }
}

} // namespace lifeguard
