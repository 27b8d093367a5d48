// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QObject>

namespace lifeguard {

class PoolTable;
class Scheduler;
class WorkerLauncher;
class WorkerStopper;
class WorkerTable;
struct ManagedWorker;

/// Brings pools to their count: starts missing workers, after the back-off, and drains surplus workers. Also recycles
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

private:
    /// Drains the workers that Autoscaler::leaving() names. None of them is killed: even an idle worker may claim a job
    /// before it receives the signal.
    void stopSurplus(const QString &pool, int surplus);

    const Clock &m_clock;
    Scheduler &m_scheduler;
    PoolTable &m_pools;
    WorkerTable &m_workers;
    WorkerLauncher &m_launcher;
    WorkerStopper &m_stopper;
};

} // namespace lifeguard
