// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pool/workerpoolmanager.h"
#include "core/store/store.h"
#include "tests/support/fakeworkerexecutor.h"
#include "tests/support/manualscheduler.h"

#include <QTemporaryDir>

#include <memory>
#include <optional>

namespace lifeguard::test {

/// A pool manager with a real database, but without processes and without waiting: its executor is a fake, and time
/// passes only when the test advances it.
class PoolSimulation
{
public:
    PoolSimulation();
    ~PoolSimulation();
    Q_DISABLE_COPY_MOVE(PoolSimulation)

    /// Opens the database; start() does so if necessary.
    [[nodiscard]] bool open();
    /// Starts the manager, and waits until it is ready.
    [[nodiscard]] bool start();
    /// Creates the manager without starting it.
    void createManager();

    /// Returns a configuration of direct workers with a beat channel.
    [[nodiscard]] static WorkerConfig config(int count);
    /// Launches a pool of noop workers, and waits until they are started.
    [[nodiscard]] bool launch(const WorkerConfig &config);
    /// Waits until this many workers run in the executor.
    [[nodiscard]] bool waitForRunning(qsizetype count);
    /// Waits until the event loop and the writing thread of the store have done everything that was posted.
    void waitForPostedTasks();
    void advance(milliseconds by);

    /// Delivers a snapshot in which the worker has this status, as the store does when the worker has registered.
    void showRow(const QString &executorId, WorkerStatus status = WorkerStatus::Idle, qint64 jobsProcessed = 0);
    /// Delivers such a snapshot for all running workers.
    void showAllIdle();
    /// Delivers a snapshot in which the worker, which must have been shown before, has this reason.
    void showReason(const QString &executorId, const Message &reason);
    /// Sets the numbers of pending and running jobs of a type in the database, without any jobs, and waits until the
    /// manager has seen them.
    [[nodiscard]] bool showJobs(qint64 pending, qint64 running = 0, const QString &type = QStringLiteral("noop"));
    /// Returns whether the worker is kept from claiming jobs.
    [[nodiscard]] bool isHeld(const QString &executorId) const;
    /// Delivers a snapshot in which the worker, which must have been shown before, is busy with a job. maxJobTime: as
    /// in RunningJob.
    void showRunningJob(const QString &executorId, qint64 jobId, std::optional<seconds> maxJobTime);
    /// Writes a beat into the slot of a worker. jobId: the job that it has begun; 0: none. jobLimit: as in Beat.
    void beat(const QString &executorId, qint64 jobId = 0, seconds jobLimit = seconds(0));
    void setPhase(const QString &executorId, WorkerPhase phase);

    [[nodiscard]] PoolInfo pool(int index = 0) const { return manager->pools().value(index); }
    /// Returns the state of the first pool, as text.
    [[nodiscard]] QString stateName() const { return toString(pool().state); }
    /// Returns whether the end of the worker is recorded in the database.
    [[nodiscard]] bool isClosed(const QString &executorId) const;
    [[nodiscard]] bool hasOpenRow(const QString &executorId) const;
    [[nodiscard]] WorkerInfo worker(const QString &executorId) const;
    [[nodiscard]] QList<WorkerInfo> workersIn(WorkerState state) const;
    /// Returns the executor id of the worker with this index; empty if there is none.
    [[nodiscard]] QString idOf(int index) const;
    /// Returns the kinds of all events so far.
    [[nodiscard]] QList<EventKind> eventKinds() const { return m_events; }
    [[nodiscard]] int count(EventKind kind) const { return int(m_events.count(kind)); }

    /// Returns the texts of the events of this kind so far.
    [[nodiscard]] QStringList eventTexts(EventKind kind) const;

    QTemporaryDir folder;
    ManualClock clock;
    std::unique_ptr<Store> store;
    FakeWorkerExecutor *executor = nullptr; ///< of the manager, once it has started
    ManualScheduler *scheduler = nullptr; ///< of the manager
    std::unique_ptr<WorkerPoolManager> manager;

private:
    void setRow(const QString &executorId, WorkerStatus status, qint64 jobsProcessed);
    void showRows();

    QHash<QString, JobCounts> m_counts; ///< as last shown, by type
    QList<EventKind> m_events;
    QStringList m_eventTexts;
    QHash<QString, WorkerRow> m_rows; ///< as last shown
    QList<RunningJob> m_running; ///< as last shown
    bool m_isShowing = false; ///< the store emits what the test shows
};

} // namespace lifeguard::test
