// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/event.h"
#include "core/pool/executorfactory.h"
#include "core/pool/storeclock.h"
#include "core/pool/workerlauncher.h"

#include <QObject>
#include <QSet>

#include <memory>
#include <optional>

namespace lifeguard {

class BeatSlots;
class CommandReceiver;
struct CommandAnswer;
struct ManagerCommand;
class ContainerTools;
class ModeResolver;
class PoolBlockages;
class PoolCommands;
class PoolJournal;
class PoolPublisher;
class PoolReconciler;
class PoolScaler;
class RescueScheduler;
class RollingRecycle;
class Scheduler;
class Store;
class VerdictHandler;
class WorkerAdopter;
class WorkerCommands;
class WorkerEndHandler;
class WorkerObserver;
class WorkerRowTracker;
class WorkerStopper;
struct ManagerModel;
struct ManagerRegistration;
struct RescueReport;
struct StoreSnapshot;

/// Creates and connects the objects that start, observe and stop workers and write to the database. It has no other
/// task. Created when the manager starts. Lives on the main thread.
class PoolSupervisor : public QObject
{
    Q_OBJECT

public:
    /// The store, the clock, the scheduler and the model must outlive the supervisor.
    PoolSupervisor(Store &store, const Clock &clock, Scheduler &scheduler, ManagerModel &model,
                   ManagerExecutor executor, std::unique_ptr<BeatSlots> beatSlots, const LaunchSettings &settings,
                   QObject *parent = nullptr);
    /// Kills the remaining processes, and removes the manager's row from the database unless rows of workers are open.
    ~PoolSupervisor() override;

    /// Registers the manager in the database, adopts detached workers and rescues jobs. ready() or failed() follows.
    void start();
    [[nodiscard]] bool isReady() const { return m_isReady; }
    /// Applies the snapshot that is in the model.
    void onSnapshotChanged();

    /// Publishes the pools for other programs, if they have changed.
    void publishPools();
    /// Refuses the commands of other programs from now on, because the program is ending.
    void refuseCommands();
    /// Carries out a command of this program itself, exactly as one of another program.
    CommandAnswer carryOut(const ManagerCommand &command);
    void setLogSize(qint64 bytes);
    void recordEvent(EventKind kind, const Message &message);

    [[nodiscard]] PoolCommands &commands() { return *m_commands; }
    [[nodiscard]] WorkerCommands &workerCommands() { return *m_workerCommands; }
    [[nodiscard]] ContainerTools &containerTools() { return *m_containerTools; }

Q_SIGNALS:
    void ready();
    // As in WorkerPoolManager.
    void failed(const lifeguard::Error &error);
    void writeFailed(const lifeguard::Error &error);
    void eventHappened(const lifeguard::Event &event);
    void allStopped();
    /// The state that the views show has changed.
    void changed();

private:
    void connectStore(Store &store);
    void connectExecutor();
    void connectCollaborators();
    void onRegistered(const Result<ManagerRegistration> &registration);
    void onRescued(const RescueReport &report, EventKind kind, const char *messageCode);
    void onEngineReconnected();
    void onLimitIgnored(const QString &executorId, const Message &reason);

    ManagerModel &m_model;
    StoreClock m_storeClock;
    bool m_isReady = false;
    std::optional<QSet<QString>> m_managers; ///< the managers that the container engine was last given

    // Each object uses only those declared before it.
    ManagerExecutor m_executor;
    std::unique_ptr<BeatSlots> m_beatSlots;
    std::unique_ptr<PoolJournal> m_journal;
    std::unique_ptr<WorkerStopper> m_stopper;
    std::unique_ptr<WorkerLauncher> m_launcher;
    std::unique_ptr<PoolReconciler> m_reconciler;
    std::unique_ptr<WorkerEndHandler> m_endHandler;
    std::unique_ptr<ModeResolver> m_modeResolver;
    std::unique_ptr<WorkerRowTracker> m_rowTracker;
    std::unique_ptr<PoolBlockages> m_blockages;
    std::unique_ptr<WorkerObserver> m_observer;
    std::unique_ptr<PoolScaler> m_scaler;
    std::unique_ptr<VerdictHandler> m_verdictHandler;
    std::unique_ptr<RescueScheduler> m_rescueScheduler;
    std::unique_ptr<WorkerAdopter> m_adopter;
    std::unique_ptr<ContainerTools> m_containerTools;
    std::unique_ptr<RollingRecycle> m_recycle;
    std::unique_ptr<WorkerCommands> m_workerCommands;
    std::unique_ptr<PoolCommands> m_commands;
    std::unique_ptr<CommandReceiver> m_receiver;
    std::unique_ptr<PoolPublisher> m_publisher;
};

} // namespace lifeguard
