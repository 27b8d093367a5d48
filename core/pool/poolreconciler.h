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

/// Brings pools to their count: starts what is missing, after the back-off, and stops what is too many. Also recycles
/// workers.
class PoolReconciler : public QObject
{
    Q_OBJECT

public:
    PoolReconciler(const Clock &clock, Scheduler &scheduler, PoolTable &pools, WorkerTable &workers,
                   WorkerLauncher &launcher, WorkerStopper &stopper, QObject *parent = nullptr);

    /// Starts and stops workers as WorkerPool::adjustment() says. Does nothing if there is no such pool, or while all
    /// pools are being stopped.
    void reconcile(const QString &pool);
    /// Drains the worker and starts its replacement, if RecyclePolicy says so and its pool is running.
    void recycleIfDue(ManagedWorker &worker);

    /// Returns which workers are stopped first when a pool gets smaller: those that are idle, then those with the
    /// highest index. Workers that are being ended already are left out. Reads the beats of the workers.
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
