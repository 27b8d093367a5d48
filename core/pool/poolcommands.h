// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/config/workerconfig.h"
#include "core/model/commandanswer.h"
#include "core/model/countsource.h"

#include <QCoreApplication>
#include <QObject>
#include <QString>

#include <optional>

namespace lifeguard {

class ModeResolver;
class PoolJournal;
class PoolReconciler;
class PoolScaler;
class PoolTable;
class RollingRecycle;
class Scheduler;
class WorkerCommands;
class WorkerEndHandler;
class WorkerPool;
class WorkerStopper;
class WorkerTable;
struct ManagedWorker;

/// Executes the commands of users on pools, as documented in WorkerPoolManager. A command does nothing if there is no
/// such pool, or if it does not apply in its present state; the answer says so. A command that finds the requested
/// state is done.
class PoolCommands
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::PoolCommands)

public:
    PoolCommands(const Clock &clock, Scheduler &scheduler, PoolTable &pools, WorkerTable &workers, ModeResolver &modes,
                 WorkerStopper &stopper, PoolReconciler &reconciler, PoolScaler &scaler, WorkerEndHandler &ends,
                 RollingRecycle &recycle, WorkerCommands &workerCommands, PoolJournal &journal)
        : m_clock(clock)
        , m_scheduler(scheduler)
        , m_pools(pools)
        , m_workers(workers)
        , m_modes(modes)
        , m_stopper(stopper)
        , m_reconciler(reconciler)
        , m_scaler(scaler)
        , m_ends(ends)
        , m_recycle(recycle)
        , m_workerCommands(workerCommands)
        , m_journal(journal)
    {
    }

    [[nodiscard]] Result<QString> startPool(const WorkerConfig &config, const QString &name, CountSource source);
    [[nodiscard]] Status reconfigurePool(const QString &name, const WorkerConfig &config, CountSource source);
    CommandAnswer restartPool(const QString &name);
    /// As restartPool(), but does nothing if the pool is starting or running.
    CommandAnswer startPoolAgain(const QString &name);
    CommandAnswer stopPool(const QString &name);
    CommandAnswer removePool(const QString &name);
    CommandAnswer setPoolCount(const QString &name, int count, CountSource source);
    CommandAnswer resumeScaling(const QString &name);
    /// limit: how long the pause lasts at most; std::nullopt: until resumePool(). Changes the limit of a pause.
    CommandAnswer pausePool(const QString &name, std::optional<seconds> limit = {});
    CommandAnswer resumePool(const QString &name);
    /// Stops the pool without a time limit: its workers end after their jobs.
    CommandAnswer drainPool(const QString &name);
    /// Kills all workers of the pool, which replaces them.
    CommandAnswer killWorkersOf(const QString &name);
    /// Stops all workers of the pool and starts replacements at once. Starts a pool that is not running.
    CommandAnswer replaceWorkersOf(const QString &name);
    /// Drains the workers of the pool and starts replacements, one after another.
    CommandAnswer recyclePool(const QString &name);
    void pauseAll();
    void resumeAll();
    void stopAll(std::optional<seconds> grace);

private:
    [[nodiscard]] WorkerPool *findReusable(const WorkerConfig &config, const QString &name);
    [[nodiscard]] Status checkSharedTarget(const WorkerConfig &config) const;
    [[nodiscard]] QList<ManagedWorker *> keptWorkersOf(const QString &pool) const;
    void limitPause(WorkerPool &pool, std::optional<seconds> limit);
    void endPause(const QString &name, milliseconds end);
    void setHold(const QString &pool, bool isHeld);

    const Clock &m_clock;
    Scheduler &m_scheduler;
    PoolTable &m_pools;
    WorkerTable &m_workers;
    ModeResolver &m_modes;
    WorkerStopper &m_stopper;
    PoolReconciler &m_reconciler;
    PoolScaler &m_scaler;
    WorkerEndHandler &m_ends;
    RollingRecycle &m_recycle;
    WorkerCommands &m_workerCommands;
    PoolJournal &m_journal;
    QObject m_context; ///< of delayed calls
};

} // namespace lifeguard
