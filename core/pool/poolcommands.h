// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/config/workerconfig.h"
#include "core/model/countsource.h"

#include <QCoreApplication>
#include <QString>

#include <optional>

namespace lifeguard {

class ModeResolver;
class PoolJournal;
class PoolReconciler;
class PoolScaler;
class PoolTable;
class WorkerEndHandler;
class WorkerPool;
class WorkerStopper;
class WorkerTable;

/// Executes the commands of users on pools and workers, as documented in WorkerPoolManager. A command does nothing if
/// its pool or worker does not exist, or if it does not apply in the present state.
class PoolCommands
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::PoolCommands)

public:
    PoolCommands(PoolTable &pools, WorkerTable &workers, ModeResolver &modes, WorkerStopper &stopper,
                 PoolReconciler &reconciler, PoolScaler &scaler, WorkerEndHandler &ends, PoolJournal &journal)
        : m_pools(pools)
        , m_workers(workers)
        , m_modes(modes)
        , m_stopper(stopper)
        , m_reconciler(reconciler)
        , m_scaler(scaler)
        , m_ends(ends)
        , m_journal(journal)
    {
    }

    [[nodiscard]] Result<QString> startPool(const WorkerConfig &config, const QString &name, CountSource source);
    [[nodiscard]] Status reconfigurePool(const QString &name, const WorkerConfig &config, CountSource source);
    void restartPool(const QString &name);
    void stopPool(const QString &name);
    void removePool(const QString &name);
    void setPoolCount(const QString &name, int count, CountSource source);
    void resumeScaling(const QString &name);
    void pausePool(const QString &name);
    void resumePool(const QString &name);
    void pauseAll();
    void resumeAll();
    void stopAll(std::optional<seconds> grace);
    void stopWorker(const QString &executorId);
    void drainWorker(const QString &executorId);
    void killWorker(const QString &executorId);

private:
    [[nodiscard]] WorkerPool *findReusable(const WorkerConfig &config, const QString &name);
    [[nodiscard]] Status checkSharedTarget(const WorkerConfig &config) const;
    void setHold(const QString &pool, bool isHeld);
    void lowerCount(const QString &pool);

    PoolTable &m_pools;
    WorkerTable &m_workers;
    ModeResolver &m_modes;
    WorkerStopper &m_stopper;
    PoolReconciler &m_reconciler;
    PoolScaler &m_scaler;
    WorkerEndHandler &m_ends;
    PoolJournal &m_journal;
};

} // namespace lifeguard
