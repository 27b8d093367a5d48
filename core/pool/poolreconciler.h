// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QList>
#include <QObject>

namespace lifeguard {

class PoolTable;
class Scheduler;
class WorkerLauncher;
class WorkerStopper;
class WorkerTable;
struct ManagedWorker;

/// Brings pools to their count: starts missing workers, after the back-off, and stops surplus workers. Also recycles
/// workers.
class PoolReconciler : public QObject
{
    Q_OBJECT

public:
    PoolReconciler(const Clock &clock, Scheduler &scheduler, PoolTable &pools, WorkerTable &workers,
                   WorkerLauncher &launcher, WorkerStopper &stopper, QObject *parent = nullptr);

    /// Starts and stops workers according to WorkerPool::adjustment(). Does nothing if there is no such pool, or while
    /// all pools are being stopped.
    void reconcile(const QString &pool);
    /// Drains the worker and starts its replacement if it is due according to RecyclePolicy and its pool is running.
    void recycleIfDue(ManagedWorker &worker);

    /// Returns the workers in the order in which they are stopped when the count is lowered: idle workers first, then
    /// those with the highest index. Leaves out workers that are already being ended. Reads the beats of the workers.
    [[nodiscard]] static QList<ManagedWorker *> stopOrder(const QList<ManagedWorker *> &workers);

private:
    void stopSurplus(const QString &pool, int surplus);

    const Clock &m_clock;
    Scheduler &m_scheduler;
    PoolTable &m_pools;
    WorkerTable &m_workers;
    WorkerLauncher &m_launcher;
    WorkerStopper &m_stopper;
};

} // namespace lifeguard
