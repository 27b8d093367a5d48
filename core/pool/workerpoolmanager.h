// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/health/usagehistory.h"
#include "core/model/commandanswer.h"
#include "core/model/event.h"
#include "core/model/managercommand.h"
#include "core/model/poolinfo.h"
#include "core/model/workerinfo.h"
#include "core/pool/dockeroverview.h"
#include "core/pool/executorfactory.h"
#include "core/pool/managermodel.h"
#include "core/pool/managerpaths.h"
#include "core/pool/timerscheduler.h"

#include <QFuture>
#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>

namespace lifeguard {

class PoolCommands;
class PoolSupervisor;
class Scheduler;
class Store;
class WorkerCommands;
struct CommandAnswer;

/// Owns the pools: keeps each pool at its count, replaces dead workers, stops surplus workers, returns the jobs of dead
/// workers, and publishes the state as values. With a read-only store it only watches, and no pool can be started.
///
/// Lives on the main thread and never blocks; signals report the results of commands. This class is a facade over
/// PoolSupervisor, which starts, observes and stops workers, PoolCommands and WorkerCommands; they exist once the
/// manager has started.
class WorkerPoolManager : public QObject
{
    Q_OBJECT

public:
    /// createExecutor: localExecutorFactory(), or a fake in tests. scheduler: replaced in tests. The store and the
    /// clock must outlive the manager.
    WorkerPoolManager(Store &store, const Clock &clock, ExecutorFactory createExecutor, ManagerPaths paths,
                      QObject *parent = nullptr,
                      std::unique_ptr<Scheduler> scheduler = std::make_unique<TimerScheduler>());
    /// Kills the remaining workers, and removes the manager's row from the database unless rows of workers are open.
    ~WorkerPoolManager() override;

    /// Registers this manager in the database, adopts detached workers, and rescues the jobs of managers that are gone.
    /// Call it once, after Store::open() has succeeded; ready() or failed() follows.
    void start();

    /// Sets the limits for pools that scale. They apply from the next decision on.
    void setLimits(const ManagerLimits &limits) { m_model.limits = limits; }
    /// Sets the size in bytes at which the log of a running worker is shortened. Does nothing before start().
    void setLogSize(qint64 bytes);

    // Commands for pools. They do nothing if there is no such pool, or if they do not apply in its present state.
    /// Adds a pool and starts its workers; or launches an adopted pool that matches the configuration. Returns the name
    /// of the pool. InvalidArgument: the message names the fields that are wrong. ReadOnly, Database: no pool can be
    /// started (yet).
    /// name: as in a configuration file; if it is empty or taken, the name is made from it or the type ("noop-2").
    /// source: where config.count comes from.
    [[nodiscard]] Result<QString> startPool(const WorkerConfig &config, const QString &name = {},
                                            CountSource source = CountSource::Launch);
    /// Gives the pool a new configuration of the same type. Its workers are replaced one by one: each ends after its
    /// job, without a time limit. InvalidArgument: the message names the fields that are wrong.
    [[nodiscard]] Status reconfigurePool(const QString &name, const WorkerConfig &config, CountSource source);
    /// Starts a stopped, paused or crash-looping pool again, with its count. Ends a suspension of scaling.
    void restartPool(const QString &name);
    /// Stops all workers of the pool. The pool stays in the list, stopped.
    void stopPool(const QString &name);
    /// Stops the pool, and removes it when it has stopped.
    void removePool(const QString &name);
    /// Sets the count. Suspends scaling until resumeScaling() or restartPool(). Surplus workers are drained.
    void setPoolCount(const QString &name, int count, CountSource source = CountSource::Hand);
    /// Lets the count of the pool follow the pending jobs again, after a user has set it or has ended a worker.
    void resumeScaling(const QString &name);
    /// Pauses the pool: its workers claim no more jobs, and busy workers finish their job. No process is stopped, so
    /// that resuming is fast. A command of the user cannot be paused: its workers end after their job, and resumePool()
    /// starts new ones.
    void pausePool(const QString &name);
    /// Resumes a paused pool; starts a crash-looping or stopped pool again.
    void resumePool(const QString &name);
    void pauseAll(); ///< all pools that are running
    void resumeAll(); ///< all pools that are paused
    /// Stops every pool; allStopped() follows when no worker is left. A grace period of 0 kills the workers at once.
    void stopAll(std::optional<seconds> grace = {});

    /// Writes an event that is not about a pool or a worker. Does nothing before the manager has started, and with a
    /// read-only store.
    void recordEvent(EventKind kind, const Message &message);

    /// Carries out a command for pools or workers of this manager, exactly as one of another program. The answer is a
    /// sentence for the user.
    CommandAnswer carryOut(const ManagerCommand &command);
    /// Refuses the commands of other programs from now on, because the program is ending.
    void refuseCommands();

    // Commands for workers of this manager.
    /// Sends TERM, and KILL after the grace period. The pool's count is lowered by one.
    void stopWorker(const QString &executorId);
    /// Sends TERM: the worker ends after its job, without a time limit. The pool's count is lowered by one.
    void drainWorker(const QString &executorId);
    /// Sends KILL. The pool replaces the worker, and its job runs again.
    void killWorker(const QString &executorId);

    // Docker (ContainerTools). Only these functions and Docker pools contact the engine.
    /// Returns whether Docker can be used, and its images.
    [[nodiscard]] QFuture<DockerOverview> inspectDocker();
    /// Returns the complete description of a worker's container, as indented JSON.
    [[nodiscard]] QFuture<Result<QString>> inspectWorker(const QString &executorId);
    /// Returns program and arguments that open a shell in a worker's container in a terminal window.
    [[nodiscard]] Result<QStringList> shellCommand(const QString &executorId) const;

    [[nodiscard]] QList<PoolInfo> pools() const;
    /// Returns the workers of this manager, and all other workers in the database.
    [[nodiscard]] QList<WorkerInfo> workers() const;
    /// Returns the recent CPU and memory use of a worker of this manager; empty for others.
    [[nodiscard]] UsageHistory historyOf(const QString &executorId) const;
    [[nodiscard]] bool hasLiveWorkers() const { return m_model.workers.hasLive(); }
    [[nodiscard]] QString managerId() const { return m_managerId; }

Q_SIGNALS:
    void ready();
    /// The manager could not start, or can no longer write to the database. It cannot be used any more.
    void failed(const lifeguard::Error &error);
    /// A write failed and is repeated (the disk is full, for example). Emitted once until a write succeeds.
    void writeFailed(const lifeguard::Error &error);
    /// The whole list of workers. Emitted after any change, at most every 50 ms, and about once a second while workers
    /// run, because ages and loads change.
    void workersChanged(const QList<lifeguard::WorkerInfo> &workers);
    void poolsChanged(const QList<lifeguard::PoolInfo> &pools);
    /// An event has happened. It is also written to the event log.
    void eventHappened(const lifeguard::Event &event);
    /// All workers have ended after stopAll(), and their rows are closed.
    void allStopped();

private:
    void onSnapshot(const StoreSnapshot &snapshot);
    [[nodiscard]] Status createSupervisor();
    /// Runs a command, if the manager has started.
    template<typename Answer, typename... Parameters, typename... Arguments>
    void run(Answer (PoolCommands::*command)(Parameters...), const Arguments &...arguments);
    void run(CommandAnswer (WorkerCommands::*command)(const QString &), const QString &executorId);
    [[nodiscard]] Error unavailableError() const;
    void publishSoon();
    void publish();

    Store &m_store;
    const Clock &m_clock;
    const std::unique_ptr<Scheduler> m_scheduler;
    const ExecutorFactory m_createExecutor;
    ManagerPaths m_paths;
    const QString m_managerId;
    QTimer m_publishTimer;
    ManagerModel m_model;
    std::unique_ptr<PoolSupervisor> m_supervisor; ///< null before start(), and if the store is read-only
};

} // namespace lifeguard
