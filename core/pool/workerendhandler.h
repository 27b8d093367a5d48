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
struct ReturnOptions;

/// Handles the end of workers: closes their rows, returns their jobs, and replaces them if their pool requires it. Also
/// completes the stopping of pools.
class WorkerEndHandler : public QObject
{
    Q_OBJECT

public:
    WorkerEndHandler(const Clock &clock, PoolTable &pools, WorkerTable &workers, PoolReconciler &reconciler,
                     PoolJournal &journal, BeatSlots &slots_, const SnapshotIndex &snapshot, QObject *parent = nullptr);

    /// Handles the end of a worker. Ignores workers that are not in the table or have already ended.
    void handle(const WorkerExit &exit);
    /// Marks stopping pools without living workers as stopped, and removes those whose removal was requested. If all
    /// pools are being stopped and no worker and no open row is left, emits allStopped() from the event loop, once per
    /// shutdown.
    void completeStops();
    /// Begins a shutdown: allStopped() can be emitted again.
    void beginShutdown();

Q_SIGNALS:
    /// The state that the views show has changed.
    void changed();
    /// All pools were being stopped, the last worker has ended, and its rows are closed.
    void allStopped();

private:
    void close(const ManagedWorker &worker, const ReturnOptions &jobs, int begunAttempt, bool checksWork);
    void onClosed(const QString &executorId, bool checksWork, const Result<WorkerEnding> &ending);
    void declineReplacement(const QString &pool, const Message &reason);
    void applyRestartPolicy(const QString &pool, WorkerEnding ending, const Message &reason,
                            const Message &advice = {});

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
