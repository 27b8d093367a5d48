// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/systemclock.h"
#include "core/config/configuration.h"
#include "core/config/workerconfig.h"
#include "core/health/diagnosis.h"
#include "core/model/event.h"
#include "core/model/poolinfo.h"
#include "core/model/storesnapshot.h"
#include "core/model/workerinfo.h"
#include "core/pool/historypruner.h"
#include "core/pool/timerscheduler.h"
#include "core/pool/workerpoolmanager.h"
#include "core/store/store.h"

#include <QList>
#include <QObject>
#include <QString>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>

namespace lifeguard {

class HookRunner;

struct ManagerSessionOptions
{
    QString database; ///< absolute path; the file is created if it does not exist, unless readOnly or mustExist is set
    QString workspace; ///< absolute path
    QString workerProgram; ///< path of lifeguard-worker; if empty, it is searched for beside this program, then in PATH
    bool mustExist = false; ///< a missing file is not created
    bool readOnly = false; ///< only watch the database: no pool can be launched
    bool allowNetworkFile = false; ///< the user confirms that only this machine uses a file on a network file system
    QStringList outputRoots; ///< added to WorkerConfig::outputRoots of all pools that are launched
    ManagerLimits limits; ///< for pools that scale
    QList<WorkerConfig> pools; ///< launched when the manager is ready
    RetentionConfig retention; ///< how long history is kept
    QList<HookConfig> hooks; ///< called for events of this manager

    /// Takes the settings of a configuration: all except its paths and its pools.
    void use(const Configuration &configuration);
    seconds shutdownSlack{30}; ///< how long stop() waits for workers after their grace period
};

/// A store and the pool manager that works on it, from opening the database until the last worker has ended. The window
/// and `lifeguardctl run` use the same session. Use it from the thread that created it; no function blocks.
///
/// Start-up: open() opens the database, then starts the manager, and finally launches the pools of the options. While
/// another program keeps the database locked, the manager waits. Shutdown: stop() stops all workers, and
/// stop(seconds(0)) kills those that are left; stopped() is emitted when the last one has ended and its rows are
/// written. The destructor finishes pending writes.
class ManagerSession : public QObject
{
    Q_OBJECT

public:
    /// How long the workers may take to end after the database was replaced. Lifeguard's own workers notice the
    /// replacement, and remove their temporary outputs, within 1 s.
    static constexpr seconds replacedGrace{2};

    /// Uses the clock of the machine, and runs workers as processes of this machine or as containers of its Docker
    /// Engine.
    explicit ManagerSession(ManagerSessionOptions options, QObject *parent = nullptr);
    /// For tests. The clock must outlive the session.
    ManagerSession(ManagerSessionOptions options, const Clock &clock, ExecutorFactory createExecutor,
                   QObject *parent = nullptr);
    ~ManagerSession() override;

    /// Begins the start-up; opened() and ready(), or failed(), follow. Call it once.
    void open();

    [[nodiscard]] const ManagerSessionOptions &options() const { return m_options; }
    [[nodiscard]] Store &store() { return m_store; }
    /// Returns the manager; null before opened().
    [[nodiscard]] WorkerPoolManager *manager() { return m_manager.get(); }

    [[nodiscard]] bool isOpen() const { return m_manager != nullptr; }
    /// Returns whether the manager has started: pools can be launched, unless the session is read-only.
    [[nodiscard]] bool isReady() const { return m_phase == Phase::Ready; }
    /// Returns whether failed() was emitted.
    [[nodiscard]] bool hasFailed() const { return m_phase == Phase::Failed; }
    /// Returns whether the database was deleted, moved, replaced or restored while it was open. failed() was emitted,
    /// nothing more is written, and the workers were killed. Another session can open the file again.
    [[nodiscard]] bool isDatabaseReplaced() const { return m_isDatabaseReplaced; }
    /// Returns whether the database is locked, by another program or by a worker.
    [[nodiscard]] bool isLocked() const { return m_locked; }
    /// Returns a text that says which program has locked the database, while isLocked().
    [[nodiscard]] QString lockedText() const { return m_store.lockedText(); }
    [[nodiscard]] bool isStopping() const { return m_shutdown != Shutdown::No; }
    [[nodiscard]] bool hasLiveWorkers() const;
    /// Returns the newest snapshot of the database; an empty one before the first snapshotRead().
    [[nodiscard]] const StoreSnapshot &snapshot() const { return m_snapshot; }

    /// Starts a pool and returns its name, which is the given one if that is free (WorkerPoolManager::startPool()).
    /// Fails if the session is not ready or is being stopped, or if the configuration is wrong.
    [[nodiscard]] Result<QString> launch(const WorkerConfig &config, const QString &name = {},
                                         CountSource source = CountSource::Launch);
    /// Returns the configuration with which launch() starts a pool: with the output roots of the options.
    [[nodiscard]] WorkerConfig extended(const WorkerConfig &config) const;

    /// Applies the settings of a configuration, except its paths and its pools, from now on.
    void configure(const Configuration &configuration);

    /// Agrees to the announced first deletion of history (StoreSnapshot::pruningStartsAt), which then begins. The
    /// result is without meaning; fails if the database cannot be written.
    [[nodiscard]] QFuture<Result<int>> consentToPruning();

    /// Stops all pools. Workers that have not ended after the grace period are killed; without an argument, each pool's
    /// own grace period applies. Can be called again with a shorter grace period. If no worker is running, stopped() is
    /// emitted from the event loop, without waiting for a database that is being opened. If workers are left 30 s after
    /// the grace period, because they or their container engine cannot be reached, stopped() is emitted all the same.
    void stop(std::optional<seconds> grace = {});

    /// Examines a worker. Calls report on this thread whenever there are new findings (Diagnosis::isInProgress()
    /// returns whether more follow), but never after context was destroyed. worker: used if the database no longer has
    /// a row of this worker.
    void diagnose(const WorkerInfo &worker, QObject *context, std::function<void(const Diagnosis &)> report);

Q_SIGNALS:
    /// The database is open. notice: a message for the user about a restriction, such as an old schema; usually empty.
    void opened(const QString &notice);
    /// The manager has started. The pools of the options are launched next.
    void ready();
    /// The database could not be opened, the manager could not be started, a running manager can no longer write to
    /// the database, or the file was replaced. The session cannot be used any more.
    void failed(const lifeguard::Error &error);
    /// A pool of the options could not be launched.
    void launchFailed(const lifeguard::WorkerConfig &config, const lifeguard::Error &error);
    /// The database could not be read, and reading is retried when the database changes. Or another program makes the
    /// write-ahead log grow.
    void readFailed(const lifeguard::Error &error);
    /// The manager could not write to the database and retries. Emitted once until a write succeeds.
    void writeFailed(const lifeguard::Error &error);
    /// A hook could not be called, or failed.
    void hookFailed(const lifeguard::Error &error);
    /// A program locked the database (lockedText()), or released it. Commands wait while it is locked.
    void lockedChanged(bool locked);
    void snapshotRead(const lifeguard::StoreSnapshot &snapshot);
    void workersChanged(const QList<lifeguard::WorkerInfo> &workers);
    void poolsChanged(const QList<lifeguard::PoolInfo> &pools);
    void eventHappened(const lifeguard::Event &event);
    /// No worker is left, or those that are left do not end. Emitted once after stop().
    void stopped();

private:
    enum class Phase {
        Closed, ///< open() was not called yet
        Opening, ///< the database is being opened
        Starting, ///< the manager registers itself in the database
        Ready,
        Failed,
    };
    enum class Shutdown { No, Stopping, Stopped };

    void checkNetworkFile(const DatabaseInfo &info);
    void startManager(const DatabaseInfo &info);
    void launchPools();
    void startPruning();
    void fail(const Error &error);
    void onDatabaseReplaced(const Error &error);
    void finishShutdown(bool isOverdue);
    [[nodiscard]] seconds longestGrace(std::optional<seconds> grace) const;

    ManagerSessionOptions m_options;
    const Clock &m_clock;
    ExecutorFactory m_createExecutor;
    Phase m_phase = Phase::Closed;
    Shutdown m_shutdown = Shutdown::No;
    bool m_locked = false;
    bool m_isDatabaseReplaced = false;
    QTimer m_shutdownLimit;
    StoreSnapshot m_snapshot;
    Store m_store;
    TimerScheduler m_scheduler;
    std::unique_ptr<HookRunner> m_hooks; ///< null before opened()
    std::unique_ptr<HistoryPruner> m_pruner; ///< null before ready(), and if the database is open read-only
    std::unique_ptr<WorkerPoolManager> m_manager; ///< Declared last: it uses the store until it is destroyed.
};

} // namespace lifeguard
