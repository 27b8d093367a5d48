// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/poolcommands.h"

#include "core/pool/moderesolver.h"
#include "core/pool/pooljournal.h"
#include "core/pool/poolreconciler.h"
#include "core/pool/poolscaler.h"
#include "core/pool/pooltable.h"
#include "core/pool/rollingrecycle.h"
#include "core/pool/scheduler.h"
#include "core/pool/workercommands.h"
#include "core/pool/workerendhandler.h"
#include "core/pool/workerstopper.h"
#include "core/pool/workertable.h"

#include <QLocale>

#include <algorithm>

namespace lifeguard {
namespace {

CommandAnswer noPool(const QString &name)
{
    return CommandAnswer::failed(Message("no_such_pool", {name}));
}

bool isActive(const WorkerPool &pool)
{
    return pool.state() == PoolState::Starting || pool.state() == PoolState::Running;
}

Message stateMessage(const WorkerPool &pool)
{
    const char *code = "pool_is_stopped";
    switch (pool.state()) {
    case PoolState::Starting:
        code = "pool_is_starting";
        break;
    case PoolState::Running:
        code = "pool_is_running";
        break;
    case PoolState::Paused:
        code = "pool_is_paused";
        break;
    case PoolState::Stopping:
        code = "pool_is_stopping";
        break;
    case PoolState::Stopped:
        break;
    case PoolState::CrashLooping:
        code = "pool_is_crash_looping";
        break;
    }
    return Message(code, {pool.name()});
}

/// Returns the local time after this duration, as precise as needed: "14:30", "14:30:05", "Mon 14:30".
QString timeAfter(const Clock &clock, seconds duration)
{
    const QDateTime now = clock.utcNow().toLocalTime();
    const QDateTime time = now.addSecs(duration.count());
    QString format = duration < std::chrono::minutes(5) ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm");
    if (now.daysTo(time) > 6)
        format.prepend(QStringLiteral("yyyy-MM-dd "));
    else if (now.date() != time.date())
        format.prepend(QStringLiteral("ddd "));
    return QLocale::c().toString(time, format);
}

} // namespace

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
        const bool isOther = !pool.canBeReused(config) && pool.state() != PoolState::Stopped;
        if (isOther && !config.canShareTargetWith(other)) {
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
    const QList<ManagedWorker *> workers = keptWorkersOf(name);
    for (ManagedWorker *worker : workers)
        m_stopper.drain(*worker, EndCause::Recycle, Message("pool_was_reconfigured"));
    if (pool->state() == PoolState::CrashLooping)
        restartPool(name); // the change may have removed the reason
    else if (isRunning)
        m_modes.resolve(*pool);
    return {};
}

CommandAnswer PoolCommands::restartPool(const QString &name)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return noPool(name);
    m_pools.cancelShutdown();
    pool->launchAgain(!m_workers.liveOf(name).isEmpty());
    setHold(name, false);
    const std::optional<ScalingBounds> bounds = m_scaler.boundsOf(*pool);
    const Message message = bounds ? Message("pool_starting_scaled_again", {name, bounds->min, bounds->max})
                                   : Message("pool_starting_again", pool->config().count, {name});
    m_journal.recordEvent(EventKind::PoolStarting, message, *pool);
    m_modes.resolve(*pool);
    return CommandAnswer::done(message);
}

CommandAnswer PoolCommands::startPoolAgain(const QString &name)
{
    const WorkerPool *pool = m_pools.find(name);
    if (pool && isActive(*pool))
        return CommandAnswer::done(stateMessage(*pool));
    return restartPool(name);
}

CommandAnswer PoolCommands::stopPool(const QString &name)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return noPool(name);
    if (!pool->beginStopping())
        return CommandAnswer::done(stateMessage(*pool));
    m_journal.recordEvent(EventKind::PoolStopping, Message("pool_stopping", {name}), *pool);
    for (ManagedWorker *worker : m_workers.liveOf(name))
        m_stopper.stop(*worker, EndCause::Stop, Message("pool_was_stopped"), worker->config.stopGrace);
    m_ends.completeStops();
    return CommandAnswer::done(Message("pool_stopping", {name}));
}

CommandAnswer PoolCommands::removePool(const QString &name)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return noPool(name);
    pool->removeWhenStopped();
    stopPool(name);
    m_ends.completeStops();
    return CommandAnswer::done(Message(m_pools.find(name) ? "pool_removing" : "pool_was_removed", {name}));
}

CommandAnswer PoolCommands::setPoolCount(const QString &name, int count, CountSource source)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return noPool(name);
    const int before = pool->config().count;
    if (!pool->setCount(count, source)) {
        if (count == before)
            return CommandAnswer::done(Message("pool_has_count", count, {name}));
        WorkerConfig wrong = pool->config();
        wrong.count = count;
        const Status checked = wrong.check();
        return CommandAnswer::refused(Message::literal(checked ? QString() : checked.error().message));
    }
    m_journal.storeSpec(*pool);
    m_reconciler.reconcile(name);
    const bool isRunning = isActive(*pool) || pool->state() == PoolState::Paused;
    return CommandAnswer::done(Message(isRunning ? "pool_count_set" : "pool_count_set_stopped", {name, before, count}));
}

CommandAnswer PoolCommands::resumeScaling(const QString &name)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return noPool(name);
    if (!pool->config().scaling)
        return CommandAnswer::refused(Message("pool_does_not_scale", {name}));
    const Message message("pool_follows_queue", {name});
    if (!pool->resumeScaling())
        return CommandAnswer::done(message);
    m_journal.recordEvent(EventKind::PoolScaled, message, *pool);
    m_scaler.update();
    return CommandAnswer::done(message);
}

CommandAnswer PoolCommands::pausePool(const QString &name, std::optional<seconds> limit)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return noPool(name);
    const bool wasPaused = pool->state() == PoolState::Paused;
    if (!wasPaused && !pool->pause())
        return CommandAnswer::refused(stateMessage(*pool));
    limitPause(*pool, limit);
    const Message message = limit ? Message("pool_paused_until", {name, timeAfter(m_clock, *limit)})
                                  : Message("pool_paused", {name});
    if (wasPaused && !limit)
        return CommandAnswer::done(stateMessage(*pool));
    m_journal.recordEvent(EventKind::PoolPaused, message, *pool);
    setHold(name, true);
    // Workers without a slot cannot be paused. They end after their job, and resumePool() starts new ones.
    for (ManagedWorker *worker : keptWorkersOf(name)) {
        if (!worker->hasBeatChannel())
            m_stopper.drain(*worker, EndCause::Recycle, Message("pool_was_paused"));
    }
    return CommandAnswer::done(message);
}

void PoolCommands::limitPause(WorkerPool &pool, std::optional<seconds> limit)
{
    if (!limit) {
        pool.limitPause({}, {});
        return;
    }
    const milliseconds end = m_clock.steadyNow() + *limit;
    pool.limitPause(end, Message("paused_until", {timeAfter(m_clock, *limit)}));
    m_scheduler.callAfter(*limit, &m_context, [this, name = pool.name(), end] { endPause(name, end); });
}

void PoolCommands::endPause(const QString &name, milliseconds end)
{
    const WorkerPool *pool = m_pools.find(name);
    if (!pool || pool->pauseEnd() != end)
        return; // the pool was resumed, or paused again, in the meantime
    // Timers of long delays can be early.
    if (const milliseconds rest = end - m_clock.steadyNow(); rest > milliseconds(0))
        m_scheduler.callAfter(rest, &m_context, [this, name, end] { endPause(name, end); });
    else
        resumePool(name);
}

CommandAnswer PoolCommands::resumePool(const QString &name)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return noPool(name);
    if (pool->state() == PoolState::CrashLooping || pool->state() == PoolState::Stopped)
        return restartPool(name);
    const QList<ManagedWorker *> live = m_workers.liveOf(name);
    const bool hasRegistered = std::any_of(live.cbegin(), live.cend(),
                                           [](const auto *worker) { return worker->isRegistered(); });
    if (!pool->resume(hasRegistered)) {
        return isActive(*pool) ? CommandAnswer::done(stateMessage(*pool)) : CommandAnswer::refused(stateMessage(*pool));
    }
    const Message message("pool_resumed", {name});
    m_journal.recordEvent(EventKind::PoolResumed, message, *pool);
    setHold(name, false);
    m_scaler.update();
    m_reconciler.reconcile(name);
    return CommandAnswer::done(message);
}

CommandAnswer PoolCommands::drainPool(const QString &name)
{
    WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return noPool(name);
    if (pool->state() == PoolState::Stopping || !pool->beginStopping())
        return CommandAnswer::done(stateMessage(*pool));
    m_journal.recordEvent(EventKind::PoolStopping, Message("pool_stopping", {name}), *pool);
    const QList<ManagedWorker *> workers = keptWorkersOf(name);
    for (ManagedWorker *worker : workers)
        m_stopper.drain(*worker, EndCause::Stop, Message("pool_was_stopped"));
    m_ends.completeStops();
    return CommandAnswer::done(Message("pool_workers_draining", workers.size(), {name}));
}

CommandAnswer PoolCommands::killWorkersOf(const QString &name)
{
    const WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return noPool(name);
    const QList<ManagedWorker *> workers = m_workers.liveOf(name);
    if (workers.isEmpty() && !isActive(*pool))
        return CommandAnswer::refused(stateMessage(*pool));
    for (ManagedWorker *worker : workers)
        m_workerCommands.kill(*worker);
    return CommandAnswer::done(Message("pool_workers_killed", workers.size(), {name}));
}

CommandAnswer PoolCommands::replaceWorkersOf(const QString &name)
{
    const WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return noPool(name);
    if (!isActive(*pool))
        return restartPool(name);
    const QList<ManagedWorker *> workers = keptWorkersOf(name);
    for (ManagedWorker *worker : workers)
        m_stopper.stop(*worker, EndCause::Recycle, Message("restarted_by_user"), worker->config.stopGrace);
    m_reconciler.reconcile(name);
    return CommandAnswer::done(Message("pool_workers_restarting", workers.size(), {name}));
}

CommandAnswer PoolCommands::recyclePool(const QString &name)
{
    const WorkerPool *pool = m_pools.find(name);
    if (!pool)
        return noPool(name);
    if (!isActive(*pool))
        return CommandAnswer::refused(stateMessage(*pool));
    if (m_recycle.isRecycling(name))
        return CommandAnswer::done(Message("pool_is_recycling", {name}));
    return CommandAnswer::done(Message("pool_workers_recycling", m_recycle.begin(name), {name}));
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

QList<ManagedWorker *> PoolCommands::keptWorkersOf(const QString &pool) const
{
    QList<ManagedWorker *> kept = m_workers.liveOf(pool);
    kept.removeIf([](const ManagedWorker *worker) { return worker->isEnding(); });
    return kept;
}

} // namespace lifeguard
