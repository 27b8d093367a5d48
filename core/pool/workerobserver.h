// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/healthmonitor.h"
#include "core/pool/storeclock.h"

#include <QHash>
#include <QObject>
#include <QString>

namespace lifeguard {

class PoolJournal;
class Scheduler;
class SnapshotIndex;
class WorkerExecutor;
class WorkerTable;
struct ManagedWorker;

/// Collects the observations of the living workers once a second and passes them to the health monitor. Also watches
/// the clocks: after a jump, and during an outage of the database, workers must not look silent.
class WorkerObserver : public QObject
{
    Q_OBJECT

public:
    WorkerObserver(const Clock &clock, Scheduler &scheduler, StoreClock &storeClock, WorkerTable &workers,
                   WorkerExecutor &executor, const SnapshotIndex &snapshot, PoolJournal &journal,
                   QObject *parent = nullptr);

    /// Begins to observe.
    void start();
    /// Marks the begin or the end of an outage of the database.
    void setOutage(StoreClock::Outage outage, bool isActive);
    /// Checks for a clock jump. After a jump, the silences of all workers are restarted.
    void checkClocks();

Q_SIGNALS:
    /// Verdicts by executor id, of all workers that have a process.
    void assessed(const QHash<QString, lifeguard::Verdict> &verdicts);

private:
    void poll();
    void reportJump(const ClockJump &jump);
    [[nodiscard]] QHash<QString, Observation> observe(const QHash<QString, WorkerStats> &stats);
    [[nodiscard]] Observation observe(ManagedWorker &worker, milliseconds now, milliseconds storeNow);

    const Clock &m_clock;
    Scheduler &m_scheduler;
    StoreClock &m_storeClock;
    WorkerTable &m_workers;
    const SnapshotIndex &m_snapshot;
    PoolJournal &m_journal;
    HealthMonitor m_monitor;
};

} // namespace lifeguard
