// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/commandanswer.h"

#include <QString>

namespace lifeguard {

class PoolJournal;
class PoolReconciler;
class PoolTable;
class WorkerStopper;
class WorkerTable;
struct ManagedWorker;

/// Executes the commands of users on single workers, as documented in WorkerPoolManager. A command does nothing if
/// there is no such worker, or if it does not apply in its present state; the answer says so. A command that finds the
/// requested state is done.
class WorkerCommands
{
public:
    WorkerCommands(PoolTable &pools, WorkerTable &workers, WorkerStopper &stopper, PoolReconciler &reconciler,
                   PoolJournal &journal)
        : m_pools(pools)
        , m_workers(workers)
        , m_stopper(stopper)
        , m_reconciler(reconciler)
        , m_journal(journal)
    {
    }

    CommandAnswer stopWorker(const QString &executorId);
    CommandAnswer drainWorker(const QString &executorId);
    CommandAnswer killWorker(const QString &executorId);
    /// Stops the worker; its pool replaces it at once.
    CommandAnswer replaceWorker(const QString &executorId);
    /// Drains the worker; its pool replaces it at once.
    CommandAnswer recycleWorker(const QString &executorId);

    /// Kills a living worker.
    void kill(ManagedWorker &worker);

private:
    void lowerCount(const QString &pool);

    PoolTable &m_pools;
    WorkerTable &m_workers;
    WorkerStopper &m_stopper;
    PoolReconciler &m_reconciler;
    PoolJournal &m_journal;
};

} // namespace lifeguard
