// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/workerexit.h"
#include "core/pool/restartpolicy.h"

#include <QObject>
#include <QString>

namespace lifeguard {

class BeatSlots;
class PoolJournal;
class PoolReconciler;
class PoolTable;
class SnapshotIndex;
class WorkerTable;
struct ManagedWorker;

/// Carries out what follows the end of a worker: its rows are closed, its jobs are returned, and its pool replaces it
/// or not. Also completes the stopping of pools.
class WorkerEndHandler : public QObject
{
    Q_OBJECT

public:
    WorkerEndHandler(const Clock &clock, PoolTable &pools, WorkerTable &workers, PoolReconciler &reconciler,
                     PoolJournal &journal, BeatSlots &slots_, const SnapshotIndex &snapshot, QObject *parent = nullptr);

    /// Handles the end of a worker; ends of workers that are not in the table, or have ended already, are ignored.
    void handle(const WorkerExit &exit);
    /// Notes that stopping pools without living workers have stopped, and removes those whose removal was requested.
    /// Emits allStopped() from the event loop if all pools are being stopped and nothing is left to do; once per
    /// shutdown.
    void completeStops();
    /// Makes allStopped() possible again, for the next shutdown.
    void beginShutdown();

Q_SIGNALS:
    /// Something changed that is shown.
    void changed();
    /// All pools were being stopped, the last worker has ended, and its rows are closed.
    void allStopped();

private:
    void close(const ManagedWorker &worker, qint64 begunJob, bool checksWork);
    void onClosed(const QString &executorId, bool checksWork, const Result<WorkerEnding> &ending);
    void declineReplacement(const QString &pool, const Message &reason);
    void applyRestartPolicy(const QString &pool, WorkerEnding ending, const Message &reason);

    const Clock &m_clock;
    PoolTable &m_pools;
    WorkerTable &m_workers;
    PoolReconciler &m_reconciler;
    PoolJournal &m_journal;
    BeatSlots &m_slots;
    const SnapshotIndex &m_snapshot;
    int m_openCount = 0; ///< ended workers whose rows are not closed yet
    bool m_isStopReported = false;
};

} // namespace lifeguard
