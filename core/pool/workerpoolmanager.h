// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/base/clock.h"
#include "core/executor/workerexecutor.h"
#include "core/health/healthmonitor.h"
#include "core/pool/managedworker.h"
#include "core/pool/poolinfo.h"
#include "core/pool/restartpolicy.h"
#include "core/store/records.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <map>
#include <memory>

namespace lifeguard {

class Store;

/// Where a manager finds programs and keeps its files.
struct ManagerPaths
{
    QString workerProgram; ///< lifeguard-worker; empty: beside this program, then in PATH
    QString workspace; ///< absolute
    QString logFolder; ///< empty: <state>/lifeguard/logs
    QString runtimeFolder; ///< for the beat file; empty: <state>/lifeguard/run
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
    /// Starts a stopped or crash-looping pool again, with its count.
    void restartPool(const QString &name);
    /// Stops all workers of the pool; the pool stays in the list, stopped.
    void stopPool(const QString &name);
    /// Stops and forgets a pool.
    void removePool(const QString &name);
    void setPoolCount(const QString &name, int count);
    /// TERM, grace, KILL; the pool's count goes down by one.
    void stopWorker(const QString &executorId);
    /// KILL now; the pool replaces it and its job runs again.
    void killWorker(const QString &executorId);
    /// Stops every pool; allStopped() follows when no worker is left. With grace 0 they are killed at once.
    void stopAll(std::optional<seconds> grace = {});

    [[nodiscard]] QList<PoolInfo> pools() const;
    [[nodiscard]] QList<WorkerInfo> workers() const;
    [[nodiscard]] bool hasLiveWorkers() const;
    [[nodiscard]] QString managerId() const { return m_managerId; }

Q_SIGNALS:
    void ready();
    void failed(const lifeguard::Error &error);
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
        int deathsInARow = 0;
        milliseconds lastDeath{0};
        milliseconds startAfter{0}; ///< no worker is started before (back-off)
        bool removeWhenEmpty = false;
    };

    void reconcile(const QString &poolName);
    void startWorkers(const QString &poolName, int count);
    void endWorker(ManagedWorker &worker, EndCause cause, const QString &why, seconds grace);
    void stopSurplus(const QString &poolName, int surplus);
    void onStarted(const QString &executorId, const ProcessIdentity &process);
    void onExited(const WorkerExit &exit);
    void closeRows(const QString &executorId, qint64 begunJob, int tries);
    void afterOrderlyEnd(const ManagedWorker &worker, bool finishedAny);
    void afterDeath(const QString &poolName, bool couldStart, const QString &reason);
    void launch(const QStringList &executorIds);
    void startNext();
    void onSnapshot(const StoreSnapshot &snapshot);
    QHash<QString, Observation> observe(const QHash<QString, WorkerStats> &stats);
    void onAssessed(const QHash<QString, Verdict> &verdicts);
    void tickStore();
    void publishSoon();
    void publish();
    void note(const QString &kind, const QString &message, const QString &pool, const ManagedWorker *worker = nullptr, qint64 jobId = 0);
    void forget();
    void finishIfEmpty();
    [[nodiscard]] Beat beatOf(const ManagedWorker &worker) const;
    [[nodiscard]] QList<ManagedWorker *> liveOf(const QString &poolName);
    [[nodiscard]] int nextIndex(const QString &poolName) const;

    Store &m_store;
    const Clock &m_clock;
    ManagerPaths m_paths;
    QString m_managerId;
    bool m_ready = false;
    bool m_tickUnderWay = false;
    bool m_stoppingAll = false; ///< until allStopped() was emitted and another pool is started
    bool m_allStopped = false;
    int m_closing = 0; ///< ended workers whose rows are not closed yet

    std::unique_ptr<WorkerExecutor> m_executor;
    std::unique_ptr<HealthMonitor> m_monitor;
    std::unique_ptr<BeatFile> m_beats;
    QList<int> m_freeSlots;
    std::map<QString, Pool> m_pools;
    std::map<QString, ManagedWorker> m_workers; ///< by executor id; those that ended stay for a while
    QStringList m_toStart; ///< written down, and to be started
    StoreSnapshot m_snapshot;
    QTimer m_storeTimer;
    QTimer m_publishTimer;
};

} // namespace lifeguard
