// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/base/clock.h"
#include "core/docker/dockertypes.h"
#include "core/executor/workerexecutor.h"
#include "core/health/clockjumpdetector.h"
#include "core/health/healthmonitor.h"
#include "core/model/event.h"
#include "core/model/poolinfo.h"
#include "core/model/poolstate.h"
#include "core/model/storesnapshot.h"
#include "core/model/workerinfo.h"
#include "core/pool/managedworker.h"
#include "core/pool/restartpolicy.h"

#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>

#include <functional>
#include <map>
#include <memory>

namespace lifeguard {

struct OwnedWorker;
struct RescueReport;
struct RescueView;
class Database;
class OrphanWatch;
class HeartbeatTracker;
class Store;
class RoutingWorkerExecutor;
struct ModeChoice;

/// Where a manager finds programs and keeps its files.
struct ManagerPaths
{
    QString workerProgram; ///< lifeguard-worker; empty: beside this program, then in PATH
    QString workspace; ///< absolute
    QString logFolder; ///< empty: <state>/lifeguard/logs
    QString runtimeFolder; ///< for the beat file; empty: <state>/lifeguard/run
};

/// What Docker has for those who want to start pools.
struct DockerOverview
{
    std::optional<Error> problem; ///< why it cannot be used, and what to do about it
    QList<DockerImage> images;
};

/// Owns pools: keeps each at its count, replaces what dies, stops what is not wanted, returns the jobs of the dead, and
/// tells what it knows as values. Lives on the GUI (or main) thread and never waits: everything is a signal or a future.
/// With a read-only store it only watches: no pool can be started.
class WorkerPoolManager : public QObject
{
    Q_OBJECT

public:
    WorkerPoolManager(Store &store, const Clock &clock, ManagerPaths paths, QObject *parent = nullptr);
    ~WorkerPoolManager() override;

    /// Registers this manager in the database and cleans up after earlier ones. Call after Store::open() succeeded;
    /// ready() or failed() follows.
    void start();

    // Commands. Each answers by signals.
    /// Adds a pool and starts its workers; the error names the field that is wrong. Answers the pool's name.
    Result<QString> startPool(const WorkerConfig &config);
    /// Starts a stopped, paused or crash-looping pool again, with its count.
    void restartPool(const QString &name);
    /// Stops all workers of the pool; the pool stays in the list, stopped.
    void stopPool(const QString &name);
    /// Stops and forgets a pool.
    void removePool(const QString &name);
    void setPoolCount(const QString &name, int count);
    /// Its workers claim nothing more, those at work finish their job; nothing is stopped, so that going on costs no start. A
    /// command of the user's own cannot be told so: its workers end after their job, and are started again.
    void pausePool(const QString &name);
    /// Goes on after a pause; starts a crash-looping or stopped pool again.
    void resumePool(const QString &name);
    void pauseAll(); ///< all that run
    void resumeAll(); ///< all that are paused
    /// TERM, grace, KILL; the pool's count goes down by one.
    void stopWorker(const QString &executorId);
    /// TERM: it claims nothing more and ends when its job is done, however long that takes; the pool's count goes down by one.
    void drainWorker(const QString &executorId);
    /// KILL now; the pool replaces it and its job runs again.
    void killWorker(const QString &executorId);
    /// Stops every pool; allStopped() follows when no worker is left. With grace 0 they are killed at once.
    void stopAll(std::optional<seconds> grace = {});

    // What Docker tells; it is asked with these calls only, and by pools that want it.
    QFuture<DockerOverview> inspectDocker();
    /// All that the engine knows of a worker's container, as indented JSON.
    QFuture<Result<QString>> inspectWorker(const QString &executorId);
    /// Program and arguments that open a shell in a worker's container, in a terminal window of the user's.
    [[nodiscard]] Result<QStringList> shellCommand(const QString &executorId) const;

    [[nodiscard]] QList<PoolInfo> pools() const;
    [[nodiscard]] QList<WorkerInfo> workers() const;
    /// What that worker of this manager has used lately; empty for others.
    [[nodiscard]] UsageHistory historyOf(const QString &executorId) const;
    [[nodiscard]] bool hasLiveWorkers() const;
    [[nodiscard]] QString managerId() const { return m_managerId; }

Q_SIGNALS:
    void ready();
    /// It could not be begun, or nothing can be written any more: this manager is of no use.
    void failed(const lifeguard::Error &error);
    /// Something could not be written, and is tried again until it can (the disk is full); once, until it works again.
    void writeFailed(const lifeguard::Error &error);
    /// The whole list, after any change; at most every 50 ms, and once a second for ages and loads.
    void workersChanged(const QList<lifeguard::WorkerInfo> &workers);
    void poolsChanged(const QList<lifeguard::PoolInfo> &pools);
    /// Something happened that is also written to the event log.
    void eventHappened(const lifeguard::Event &event);
    void allStopped();

private:
    struct Pool
    {
        WorkerConfig config;
        PoolState state = PoolState::Starting;
        QString reason;
        PoolHistory history;
        milliseconds lastDeath{0};
        QString lastDeathReason;
        milliseconds startAfter{0}; ///< no worker is started before (back-off)
        int unreplaced = 0; ///< ended, and not to be replaced
        bool removeWhenEmpty = false;
        bool isAdopted = false; ///< of an earlier manager, and nobody has asked for it since
        // How it runs (poolmodes.cpp). config has the mode and image that were chosen, once isSettled.
        ExecutionMode wantedMode = ExecutionMode::Direct;
        QString wantedImage;
        QString modeReason; ///< why that mode was chosen; empty: the user did
        bool isSettled = false; ///< else no worker is started yet
        int settleRound = 0; ///< the number of its last question, over all pools: a removed one's answer is not for the next of its name
    };

    void reconcile(const QString &poolName);
    void startWorkers(const QString &poolName, int count);
    /// Without a grace it is drained.
    void endWorker(ManagedWorker &worker, EndCause cause, const QString &why, std::optional<seconds> grace);
    void setHold(const QString &poolName, bool hold);
    void lowerCount(const QString &poolName);
    void recycleIfDue(ManagedWorker &worker);
    void stopSurplus(const QString &poolName, int surplus);
    void settleMode(const QString &poolName);
    [[nodiscard]] bool isSettling(const QString &poolName, int round) const;
    void onModeChosen(const QString &poolName, const ModeChoice &choice);
    void onEngineReconnected();
    void onPreparing(const QString &image, const QString &what);
    void onPrepared(const QString &preparedId, const QString &executorId);
    [[nodiscard]] StartRequest requestFor(const ManagedWorker &worker) const;
    void onStarted(const QString &executorId, const ProcessIdentity &process);
    void onExited(const WorkerExit &exit);
    void closeRows(const QString &executorId, qint64 begunJob, int tries);
    void leaveEnded(const QString &poolName, Pool &pool, const QString &reason);
    void afterEnding(const QString &poolName, WorkerEnding ending, const QString &reason);
    void adopt(const QList<OwnedWorker> &workers);
    void storeSpec(const QString &poolName);
    void launch(const QStringList &executorIds);
    void startNext();
    void onSnapshot(const StoreSnapshot &snapshot);
    void noticeJumps();
    [[nodiscard]] RescueView rescueView() const;
    void lookForOrphans();
    void tellManagers(const RescueReport &report);
    void writeWhenFree(std::function<Status(Database &)> task);
    void reportWriteError(const Error &error);
    [[nodiscard]] milliseconds storeNow() const;
    [[nodiscard]] Observation observationOf(ManagedWorker &worker, milliseconds now);
    QHash<QString, Observation> observe(const QHash<QString, WorkerStats> &stats);
    void onAssessed(const QHash<QString, Verdict> &verdicts);
    void tickStore();
    void publishSoon();
    void publish();
    void recordEvent(const QString &kind, const QString &message, const QString &pool, const ManagedWorker *worker = nullptr, qint64 jobId = 0);
    void forget();
    void finishIfEmpty();
    [[nodiscard]] Beat beatOf(const ManagedWorker &worker) const;
    [[nodiscard]] bool isStoreUnavailable() const { return m_isLocked || m_readFails || m_tickFails; }
    [[nodiscard]] QList<ManagedWorker *> liveOf(const QString &poolName);
    [[nodiscard]] int nextIndex(const QString &poolName) const;

    Store &m_store;
    const Clock &m_clock;
    ManagerPaths m_paths;
    QString m_managerId;
    bool m_ready = false;
    bool m_tickUnderWay = false;
    bool m_lookUnderWay = false;
    bool m_hasReportedWriteError = false; ///< told, and not over
    bool m_leftOpen = false; ///< the rows of a worker that ended could not be closed: the next manager does it
    bool m_stoppingAll = false; ///< until allStopped() was emitted and another pool is started
    bool m_allStopped = false;
    int m_closing = 0; ///< ended workers whose rows are not closed yet

    std::unique_ptr<RoutingWorkerExecutor> m_executor;
    std::unique_ptr<HealthMonitor> m_monitor;
    std::shared_ptr<BeatFile> m_beats;
    QList<int> m_freeSlots;
    std::map<QString, Pool> m_pools;
    std::map<QString, ManagedWorker> m_workers; ///< by executor id; those that ended stay for a while
    QStringList m_prepared; ///< have their name, and are to be written down
    QStringList m_toStart; ///< written down, and to be started
    StoreSnapshot m_snapshot;
    // What makes ages lie: jumps of the clocks, and times in which nothing could be learnt from the database.
    ClockJumpDetector m_jumps;
    int m_jumpCount = 0;
    milliseconds m_lastLook{0};
    milliseconds m_unavailableFor{0};
    bool m_isLocked = false;
    bool m_readFails = false;
    bool m_tickFails = false;
    std::shared_ptr<HeartbeatTracker> m_heartbeats; ///< used on the thread that writes only
    std::shared_ptr<OrphanWatch> m_orphans; ///< looks on the thread that reads
    milliseconds m_mirroredAt{0};
    std::optional<QSet<QString>> m_managers; ///< that stand in the database, when last told
    int m_settleRounds = 0;
    QTimer m_storeTimer;
    QTimer m_publishTimer;
};

} // namespace lifeguard
