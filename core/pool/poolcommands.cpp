// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/poolcommands.h"

#include "core/pool/moderesolver.h"
#include "core/pool/pooljournal.h"
#include "core/pool/poolreconciler.h"
#include "core/pool/poolscaler.h"
#include "core/pool/pooltable.h"
#include "core/pool/workerendhandler.h"
#include "core/pool/workerstopper.h"
#include "core/pool/workertable.h"

#include <algorithm>

namespace lifeguard {

/// Returns an adopted pool to launch instead of a new one: preferably one with this name.
WorkerPool *PoolCommands::findReusable(const WorkerConfig &config, const QString &name)
{
    WorkerPool *named = m_pools.find(name);
    if (named && named->canBeReused(config))
        return named;
    for (auto &[other, pool] : m_pools.all()) {
        if (pool.canBeReused(config))
            return &pool;
    }
    return nullptr;
}

/// Returns an error if another pool of the type scales by different rules: all of them share one target.
Status PoolCommands::checkSharedTarget(const WorkerConfig &config) const
{
    for (const auto &[name, pool] : m_pools.all()) {
        const WorkerConfig &other = pool.config();
        const bool isOther = config.scaling && other.scaling && other.type == config.type && !pool.canBeReused(config)
                          && pool.state() != PoolState::Stopped;
        if (isOther && !config.scaling->canShareTargetWith(*other.scaling)) {
            return failure(ErrorCode::InvalidArgument,
                           tr("The pool cannot be launched because pool %1 scales the same job type by different "
                              "rules. Use the same target_per_worker, scale_up_after, scale_down_after and prefer in "
                              "both pools, or launch one of them with a fixed count.")
                               .arg(name));
        }
    }
    return {};
}

Result<QString> PoolCommands::startPool(const WorkerConfig &config, const QString &requestedName, CountSource source)
{
    if (const Status checked = config.check(); !checked)
        return failure(checked.error());
    if (const Status shared = checkSharedTarget(config); !shared)
        return failure(shared.error());
    if (WorkerPool *adopted = findReusable(config, requestedName)) {
        adopted->reuse(config);
        adopted->setCountSource(source);
        m_journal.storeSpec(*adopted);
        m_scaler.update();
        m_reconciler.reconcile(adopted->name());
        return adopted->name();
    }
    m_pools.cancelShutdown();
    const QString name = m_pools.freeName(requestedName.isEmpty() ? config.type : requestedName);
    WorkerPool &pool = m_pools.add(WorkerPool(name, config));
    pool.setCountSource(source);
    const QString mode = toString(config.mode);
    const std::optional<ScalingBounds> bounds = m_scaler.boundsOf(pool);
    m_journal.recordEvent(EventKind::PoolStarting,
                          bounds ? Message("pool_starting_scaled", {name, bounds->min, bounds->max, mode})
                                 : Message("pool_starting", config.count, {name, mode}),
                          pool);
    m_modes.resolve(pool);
    return name;
}

Status PoolCommands::reconfigurePool(const QString &name, const WorkerConfig &config, CountSource source)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return {};
    if (const Status checked = config.check(); !checked)
        return failure(checked.error());
    const bool isRunning = pool->state() != PoolState::Stopped && pool->state() != PoolState::Stopping;
    pool->reconfigure(config);
    pool->setCountSource(source);
    m_scaler.update();
    m_journal.storeSpec(*pool);
    m_journal.recordEvent(EventKind::PoolReconfigured, Message("pool_reconfigured", {name}), *pool);
    for (ManagedWorker *worker : m_workers.liveOf(name)) {
        if (!worker->isEnding())
            m_stopper.drain(*worker, EndCause::Recycle, Message("pool_was_reconfigured"));
    }
    if (pool->state() == PoolState::CrashLooping)
        restartPool(name); // the change may have removed the reason
    else if (isRunning)
        m_modes.resolve(*pool);
    return {};
}

void PoolCommands::restartPool(const QString &name)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return;
    m_pools.cancelShutdown();
    pool->launchAgain(!m_workers.liveOf(name).isEmpty());
    setHold(name, false);
    const std::optional<ScalingBounds> bounds = m_scaler.boundsOf(*pool);
    m_journal.recordEvent(EventKind::PoolStarting,
                          bounds ? Message("pool_starting_scaled_again", {name, bounds->min, bounds->max})
                                 : Message("pool_starting_again", pool->config().count, {name}),
                          *pool);
    m_modes.resolve(*pool);
}

void PoolCommands::stopPool(const QString &name)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool || !pool->beginStopping())
        return;
    m_journal.recordEvent(EventKind::PoolStopping, Message("pool_stopping", {name}), *pool);
    for (ManagedWorker *worker : m_workers.liveOf(name))
        m_stopper.stop(*worker, EndCause::Stop, Message("pool_was_stopped"), worker->config.stopGrace);
    m_ends.completeStops();
}

void PoolCommands::removePool(const QString &name)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return;
    pool->removeWhenStopped();
    stopPool(name);
    m_ends.completeStops();
}

void PoolCommands::setPoolCount(const QString &name, int count, CountSource source)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool || !pool->setCount(count, source))
        return;
    m_journal.storeSpec(*pool);
    m_reconciler.reconcile(name);
}

void PoolCommands::resumeScaling(const QString &name)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool || !pool->resumeScaling())
        return;
    m_journal.recordEvent(EventKind::PoolScaled, Message("pool_follows_queue", {name}), *pool);
    m_scaler.update();
}

void PoolCommands::pausePool(const QString &name)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool || !pool->pause())
        return;
    m_journal.recordEvent(EventKind::PoolPaused, Message("pool_paused", {name}), *pool);
    setHold(name, true);
    // Workers without a slot cannot be paused. They end after their job, and resumePool() starts new ones.
    for (ManagedWorker *worker : m_workers.liveOf(name)) {
        if (!worker->hasBeatChannel() && !worker->isEnding())
            m_stopper.drain(*worker, EndCause::Recycle, Message("pool_was_paused"));
    }
}

void PoolCommands::resumePool(const QString &name)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return;
    if (pool->state() == PoolState::CrashLooping || pool->state() == PoolState::Stopped) {
        restartPool(name);
        return;
    }
    const QList<ManagedWorker *> live = m_workers.liveOf(name);
    const bool hasRegistered = std::any_of(live.cbegin(), live.cend(),
                                           [](const auto *worker) { return worker->isRegistered(); });
    if (!pool->resume(hasRegistered))
        return;
    m_journal.recordEvent(EventKind::PoolResumed, Message("pool_resumed", {name}), *pool);
    setHold(name, false);
    m_scaler.update();
    m_reconciler.reconcile(name);
}

void PoolCommands::pauseAll()
{
    for (const auto &[name, pool] : m_pools.all())
        pausePool(name);
}

void PoolCommands::resumeAll()
{
    for (const auto &[name, pool] : m_pools.all()) {
        if (pool.state() == PoolState::Paused || pool.isBlocked())
            resumePool(name);
    }
}

void PoolCommands::stopAll(std::optional<seconds> grace)
{
    m_ends.beginShutdown();
    for (auto &[name, pool] : m_pools.all()) {
        if (!pool.beginStopping())
            continue;
        m_journal.recordEvent(EventKind::PoolStopping, Message("pool_stopping", {name}), pool);
        for (ManagedWorker *worker : m_workers.liveOf(name)) {
            m_stopper.stop(*worker, EndCause::Stop, Message("all_pools_were_stopped"),
                           grace.value_or(worker->config.stopGrace));
        }
    }
    m_ends.completeStops();
}

void PoolCommands::setHold(const QString &pool, bool isHeld)
{
    for (const ManagedWorker *worker : m_workers.liveOf(pool)) {
        if (worker->beats)
            worker->beats->setHold(worker->beatSlot, isHeld);
    }
}

void PoolCommands::lowerCount(const QString &pool)
{
    if (WorkerPool *found = m_pools.find(pool)) {
        found->lowerCount();
        m_journal.storeSpec(*found);
    }
}

void PoolCommands::stopWorker(const QString &executorId)
{
    ManagedWorker *worker = m_workers.findLive(executorId);
    if (!worker || worker->phase == ManagedWorker::Phase::Stopping)
        return;
    if (!worker->isEnding()) // the count was already lowered when it began to drain
        lowerCount(worker->pool);
    m_stopper.stop(*worker, EndCause::Stop, Message("stopped_by_user"), worker->config.stopGrace);
}

void PoolCommands::drainWorker(const QString &executorId)
{
    ManagedWorker *worker = m_workers.findLive(executorId);
    if (!worker || worker->isEnding())
        return;
    lowerCount(worker->pool);
    m_stopper.drain(*worker, EndCause::Stop, Message("drained_by_user"));
}

void PoolCommands::killWorker(const QString &executorId)
{
    ManagedWorker *worker = m_workers.findLive(executorId);
    if (!worker)
        return;
    // For a worker that is already being stopped, KILL only speeds up its end: the attempt of its job does not count.
    const EndCause cause = worker->isEndWanted() ? worker->endCause : EndCause::Kill;
    m_stopper.stop(*worker, cause, Message("killed_by_user"), seconds(0));
}

} // namespace lifeguard
