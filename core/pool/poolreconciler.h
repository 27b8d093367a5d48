// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QObject>

namespace lifeguard {

class Scheduler;
class WorkerLauncher;
class WorkerStopper;
class WorkerPool;
struct ManagedWorker;
struct ManagerModel;

/// Brings pools to their count: starts missing workers, after the back-off and within the limits of the manager, and
/// drains surplus workers. Also recycles workers.
class PoolReconciler : public QObject
{
    Q_OBJECT

public:
    PoolReconciler(const Clock &clock, Scheduler &scheduler, ManagerModel &model, WorkerLauncher &launcher,
                   WorkerStopper &stopper, QObject *parent = nullptr);

    /// Starts and stops workers according to WorkerPool::adjustment(). Does nothing if there is no such pool, or while
    /// all pools are being stopped.
    void reconcile(const QString &pool);
    /// Starts the workers that a limit kept from being started, as far as it allows them now.
    void startHeldBack();
    /// Drains the worker and starts its replacement if it is due according to RecyclePolicy and its pool is running.
    void recycleIfDue(ManagedWorker &worker);

Q_SIGNALS:
    /// The reason of a pool has changed.
    void changed();

private:
    void start(WorkerPool &pool, int missing);
    /// Drains the workers that Autoscaler::leaving() names. None of them is killed: even an idle worker may claim a job
    /// before it receives the signal.
    void stopSurplus(const QString &pool, int surplus);

    const Clock &m_clock;
    Scheduler &m_scheduler;
    ManagerModel &m_model;
    WorkerLauncher &m_launcher;
    WorkerStopper &m_stopper;
};

} // namespace lifeguard
