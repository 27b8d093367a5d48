// SPDX-License-Identifier: GPL-3.0-or-later
// WorkerPoolManager: what users ask of pools and workers.
#include "core/pool/workerpoolmanager.h"

#include "core/executor/routingworkerexecutor.h"
#include "core/store/store.h"

#include <algorithm>

namespace lifeguard {

using namespace std::chrono_literals;

Result<QString> WorkerPoolManager::startPool(const WorkerConfig &wanted)
{
    if (m_store.isReadOnly())
        return failure(ErrorCode::ReadOnly, tr("The database is open read-only: no pool can be started. Open it without --read-only."));
    if (!m_ready)
        return failure(ErrorCode::Database, tr("No database is open yet."));
    WorkerConfig config = wanted;
    if (const Status checked = config.check(); !checked)
        return tl::unexpected(checked.error());
    // What was adopted is what is asked for now: it goes on, with what is new.
    for (auto &[known, pool] : m_pools) {
        const bool isSameMode = config.mode == ExecutionMode::Auto || pool.config.mode == config.mode;
        const bool isSameImage = config.image.isEmpty() || pool.config.image == config.image;
        if (pool.isAdopted && pool.config.type == config.type && pool.config.command == config.command && isSameMode && isSameImage) {
            pool.isAdopted = false;
            pool.wantedMode = config.mode;
            pool.wantedImage = config.image;
            config.mode = pool.config.mode;
            config.image = pool.config.image;
            pool.config = config;
            pool.unreplaced = 0;
            storeSpec(known);
            reconcile(known);
            publishSoon();
            return known;
        }
    }
    QString name = config.type;
    for (int n = 2; m_pools.count(name) > 0; ++n)
        name = config.type + u'-' + QString::number(n);
    Pool &pool = m_pools[name];
    pool.config = config;
    pool.wantedMode = config.mode;
    pool.wantedImage = config.image;
    m_stoppingAll = false;
    m_allStopped = false;
    recordEvent(QStringLiteral("pool_starting"), tr("Pool %1 starts %2 workers (%3).").arg(name).arg(config.count).arg(toString(config.mode)), name);
    settleMode(name);
    return name;
}

void WorkerPoolManager::restartPool(const QString &name)
{
    const auto found = m_pools.find(name);
    if (found == m_pools.end())
        return;
    Pool &pool = found->second;
    m_stoppingAll = false;
    m_allStopped = false;
    pool.state = PoolState::Starting;
    pool.reason.clear();
    pool.history = {};
    pool.startAfter = milliseconds(0);
    pool.unreplaced = 0;
    setHold(name, false);
    pool.removeWhenEmpty = false;
    pool.config.count = std::max(1, pool.config.count);
    recordEvent(QStringLiteral("pool_starting"), tr("Pool %1 starts %2 workers again.").arg(name).arg(pool.config.count), name);
    settleMode(name);
}

void WorkerPoolManager::stopPool(const QString &name)
{
    const auto found = m_pools.find(name);
    if (found == m_pools.end() || found->second.state == PoolState::Stopped)
        return;
    found->second.state = PoolState::Stopping;
    found->second.unreplaced = 0;
    found->second.reason.clear();
    recordEvent(QStringLiteral("pool_stopping"), tr("Pool %1 stops.").arg(name), name);
    for (ManagedWorker *worker : liveOf(name))
        endWorker(*worker, EndCause::Stop, tr("its pool was stopped"), worker->config.stopGrace);
    finishIfEmpty();
    publishSoon();
}

void WorkerPoolManager::removePool(const QString &name)
{
    const auto found = m_pools.find(name);
    if (found == m_pools.end())
        return;
    found->second.removeWhenEmpty = true;
    stopPool(name);
    finishIfEmpty();
}

void WorkerPoolManager::setPoolCount(const QString &name, int count)
{
    const auto found = m_pools.find(name);
    if (found == m_pools.end() || count == found->second.config.count)
        return;
    WorkerConfig changed = found->second.config;
    changed.count = count;
    if (!changed.check())
        return;
    found->second.config = changed;
    found->second.unreplaced = 0; // asked for anew
    storeSpec(name);
    reconcile(name);
    publishSoon();
}

void WorkerPoolManager::pausePool(const QString &name)
{
    const auto found = m_pools.find(name);
    if (found == m_pools.end() || (found->second.state != PoolState::Running && found->second.state != PoolState::Starting))
        return;
    found->second.state = PoolState::Paused;
    found->second.reason.clear();
    recordEvent(QStringLiteral("pool_paused"), tr("Pool %1 is paused: its workers claim nothing more; those at work finish their job.").arg(name), name);
    setHold(name, true);
    for (ManagedWorker *worker : liveOf(name)) {
        if (worker->beatSlot < 0 && !worker->isEnding())
            endWorker(*worker, EndCause::Recycle, tr("its pool was paused"), {});
    }
    publishSoon();
}

void WorkerPoolManager::resumePool(const QString &name)
{
    const auto found = m_pools.find(name);
    if (found == m_pools.end())
        return;
    Pool &pool = found->second;
    if (pool.state != PoolState::Paused) {
        if (pool.state == PoolState::CrashLooping || pool.state == PoolState::Stopped)
            restartPool(name);
        return;
    }
    const QList<ManagedWorker *> live = liveOf(name);
    pool.state = std::any_of(live.cbegin(), live.cend(), [](const ManagedWorker *worker) { return worker->workerId > 0; }) ? PoolState::Running
                                                                                                                           : PoolState::Starting;
    recordEvent(QStringLiteral("pool_resumed"), tr("Pool %1 goes on.").arg(name), name);
    setHold(name, false);
    reconcile(name);
    publishSoon();
}

void WorkerPoolManager::pauseAll()
{
    for (const auto &[name, pool] : m_pools)
        pausePool(name);
}

void WorkerPoolManager::resumeAll()
{
    for (const auto &[name, pool] : m_pools) {
        if (pool.state == PoolState::Paused)
            resumePool(name);
    }
}

void WorkerPoolManager::setHold(const QString &poolName, bool hold)
{
    for (ManagedWorker *worker : liveOf(poolName)) {
        if (worker->beats)
            worker->beats->setHold(worker->beatSlot, hold);
    }
}

void WorkerPoolManager::lowerCount(const QString &poolName)
{
    Pool &pool = m_pools.at(poolName);
    pool.config.count = std::max(0, pool.config.count - 1);
    storeSpec(poolName);
}

void WorkerPoolManager::stopWorker(const QString &executorId)
{
    const auto found = m_workers.find(executorId);
    if (found == m_workers.end() || found->second.ended || (found->second.isEnding() && !found->second.isDraining))
        return;
    ManagedWorker &worker = found->second;
    const auto pool = m_pools.find(worker.pool);
    if (pool != m_pools.end() && !worker.isEnding()) // one that drains is not counted any more
        lowerCount(pool->first);
    endWorker(worker, EndCause::Stop, tr("stopped by you"), worker.config.stopGrace);
    publishSoon();
}

void WorkerPoolManager::drainWorker(const QString &executorId)
{
    const auto found = m_workers.find(executorId);
    if (found == m_workers.end() || found->second.ended || found->second.isEnding())
        return;
    if (const auto pool = m_pools.find(found->second.pool); pool != m_pools.end())
        lowerCount(pool->first);
    endWorker(found->second, EndCause::Stop, tr("drained by you"), {});
    publishSoon();
}

void WorkerPoolManager::killWorker(const QString &executorId)
{
    const auto found = m_workers.find(executorId);
    if (found == m_workers.end() || found->second.ended)
        return;
    // A worker that is being stopped stays so: KILL only makes its end quicker.
    const EndCause cause = found->second.isWanted() ? found->second.endCause : EndCause::Kill;
    endWorker(found->second, cause, tr("killed by you"), 0s);
    publishSoon();
}

void WorkerPoolManager::stopAll(std::optional<seconds> grace)
{
    m_stoppingAll = true;
    m_allStopped = false;
    for (auto &[name, pool] : m_pools) {
        if (pool.state == PoolState::Stopped)
            continue;
        pool.state = PoolState::Stopping;
        recordEvent(QStringLiteral("pool_stopping"), tr("Pool %1 stops.").arg(name), name);
        for (ManagedWorker *worker : liveOf(name))
            endWorker(*worker, EndCause::Stop, tr("all pools were stopped"), grace.value_or(worker->config.stopGrace));
    }
    finishIfEmpty();
    publishSoon();
}

void WorkerPoolManager::endWorker(ManagedWorker &worker, EndCause cause, const QString &why, std::optional<seconds> grace)
{
    if (worker.ended)
        return;
    const bool first = !worker.isEnding();
    worker.endCause = cause;
    worker.endWhy = why;
    worker.isDraining = !grace;
    worker.killAtSteady = m_clock.steadyNow() + grace.value_or(0s);
    if (!grace)
        recordEvent(QStringLiteral("worker_draining"), tr("%1: TERM sent, it ends when its job is done: %2").arg(worker.name(), why), worker.pool, &worker);
    else if (first && *grace > 0s)
        recordEvent(QStringLiteral("worker_stopping"), tr("%1: TERM sent, KILL in %2 s: %3").arg(worker.name()).arg(grace->count()).arg(why), worker.pool, &worker);
    if (!m_executor->isWorkerRunning(worker.executorId))
        return; // its start is still being written down: launch() sees that it is not wanted any more
    if (!grace)
        m_executor->drainWorker(worker.executorId);
    else if (*grace > 0s)
        m_executor->stopWorker(worker.executorId, *grace);
    else
        m_executor->killWorker(worker.executorId);
}

} // namespace lifeguard
