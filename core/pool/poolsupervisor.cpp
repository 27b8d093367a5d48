// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/poolsupervisor.h"

#include "core/pool/beatslots.h"
#include "core/pool/commandreceiver.h"
#include "core/pool/containertools.h"
#include "core/pool/managermodel.h"
#include "core/pool/moderesolver.h"
#include "core/pool/poolblockages.h"
#include "core/pool/poolcommands.h"
#include "core/pool/pooljournal.h"
#include "core/pool/poolpublisher.h"
#include "core/pool/poolreconciler.h"
#include "core/pool/poolscaler.h"
#include "core/pool/rescuescheduler.h"
#include "core/pool/rollingrecycle.h"
#include "core/pool/verdicthandler.h"
#include "core/pool/workeradopter.h"
#include "core/pool/workercommands.h"
#include "core/pool/workerendhandler.h"
#include "core/pool/workerobserver.h"
#include "core/pool/workerrowtracker.h"
#include "core/pool/workerstopper.h"
#include "core/store/store.h"

namespace lifeguard {

PoolSupervisor::PoolSupervisor(Store &store, const Clock &clock, Scheduler &scheduler, ManagerModel &model,
                               ManagerExecutor executor, std::unique_ptr<BeatSlots> beatSlots,
                               const LaunchSettings &settings, QObject *parent)
    : QObject(parent)
    , m_model(model)
    , m_storeClock(clock)
    , m_executor(std::move(executor))
    , m_beatSlots(std::move(beatSlots))
{
    PoolTable &pools = m_model.pools;
    WorkerTable &workers = m_model.workers;
    WorkerExecutor &executing = *m_executor.workers;
    ContainerEngine &engine = *m_executor.containers;
    const QString &id = settings.managerId;
    m_journal = std::make_unique<PoolJournal>(store, clock, scheduler, id);
    m_journal->setShutdownTest([this] { return m_model.pools.isShuttingDown(); });
    m_stopper = std::make_unique<WorkerStopper>(clock, executing, *m_journal);
    m_launcher = std::make_unique<WorkerLauncher>(clock, m_storeClock, workers, executing, *m_journal, *m_beatSlots,
                                                  settings);
    m_reconciler = std::make_unique<PoolReconciler>(clock, scheduler, m_model, *m_launcher, *m_stopper);
    m_endHandler = std::make_unique<WorkerEndHandler>(clock, pools, workers, *m_reconciler, *m_journal, *m_beatSlots,
                                                      m_model.snapshot);
    m_modeResolver = std::make_unique<ModeResolver>(scheduler, pools, engine, *m_journal);
    m_rowTracker = std::make_unique<WorkerRowTracker>(pools, workers, *m_reconciler, *m_journal);
    m_blockages = std::make_unique<PoolBlockages>(pools, workers, *m_journal);
    m_observer = std::make_unique<WorkerObserver>(clock, scheduler, m_storeClock, workers, executing, m_model.snapshot,
                                                  *m_journal);
    m_scaler = std::make_unique<PoolScaler>(store, clock, scheduler, m_storeClock, m_model, *m_reconciler, *m_journal,
                                            id);
    m_verdictHandler = std::make_unique<VerdictHandler>(workers, *m_stopper, *m_reconciler, *m_journal);
    m_rescueScheduler = std::make_unique<RescueScheduler>(store, clock, scheduler, m_storeClock, workers, id);
    m_adopter = std::make_unique<WorkerAdopter>(m_storeClock, pools, workers, *m_launcher, *m_journal);
    m_containerTools = std::make_unique<ContainerTools>(workers, executing, engine);
    m_recycle = std::make_unique<RollingRecycle>(pools, workers, *m_stopper, *m_reconciler);
    m_workerCommands = std::make_unique<WorkerCommands>(pools, workers, *m_stopper, *m_reconciler, *m_journal);
    m_commands = std::make_unique<PoolCommands>(clock, scheduler, pools, workers, *m_modeResolver, *m_stopper,
                                                *m_reconciler, *m_scaler, *m_endHandler, *m_recycle, *m_workerCommands,
                                                *m_journal);
    m_receiver = std::make_unique<CommandReceiver>(store, clock, scheduler, pools, *m_commands, *m_workerCommands,
                                                   *m_journal, id);
    m_publisher = std::make_unique<PoolPublisher>(store, clock, scheduler, pools, id);
    connectStore(store);
    connectExecutor();
    connectCollaborators();
}

PoolSupervisor::~PoolSupervisor()
{
    m_executor.workers->disconnect();
    m_executor.workers.reset(); // kills the remaining processes while all objects that it uses still exist
    m_journal->flush();
    // The file is kept if rows are open: the slots of their workers contain the begun jobs, which the next manager
    // reads.
    if (m_model.workers.hasLive() || m_journal->hasOpenRows())
        return;
    m_beatSlots->removeFile();
    m_journal->removeManager();
}

void PoolSupervisor::connectStore(Store &store)
{
    using Outage = StoreClock::Outage;
    WorkerObserver *observer = m_observer.get();
    connect(&store, &Store::lockedChanged, observer,
            [observer](bool isLocked) { observer->setOutage(Outage::Locked, isLocked); });
    connect(&store, &Store::readFailed, observer, [observer] { observer->setOutage(Outage::ReadsFail, true); });
    connect(m_rescueScheduler.get(), &RescueScheduler::writeFinished, observer,
            [observer](bool isSuccess) { observer->setOutage(Outage::WritesFail, !isSuccess); });
}

void PoolSupervisor::connectExecutor()
{
    const WorkerExecutor *executor = m_executor.workers.get();
    connect(executor, &WorkerExecutor::workerExited, m_endHandler.get(), &WorkerEndHandler::handle);
    connect(executor, &WorkerExecutor::imagePreparationChanged, m_modeResolver.get(), &ModeResolver::showProgress);
    connect(executor, &WorkerExecutor::engineReconnected, this, &PoolSupervisor::onEngineReconnected);
    connect(executor, &WorkerExecutor::limitIgnored, this, &PoolSupervisor::onLimitIgnored);
}

void PoolSupervisor::connectCollaborators()
{
    connect(m_launcher.get(), &WorkerLauncher::notStarted, m_endHandler.get(), &WorkerEndHandler::handle);
    connect(m_modeResolver.get(), &ModeResolver::settled, this, [this](const QString &pool) {
        m_scaler->update(); // before the pool is brought to its count
        m_reconciler->reconcile(pool);
    });
    connect(m_observer.get(), &WorkerObserver::assessed, this, [this](const QHash<QString, Verdict> &verdicts) {
        m_verdictHandler->apply(verdicts);
        Q_EMIT changed();
    });
    connect(m_rescueScheduler.get(), &RescueScheduler::rescued, this,
            [this](const RescueReport &report) { onRescued(report, EventKind::Rescued, "rescued"); });

    connect(m_endHandler.get(), &WorkerEndHandler::allStopped, this, &PoolSupervisor::allStopped);
    connect(m_journal.get(), &PoolJournal::writeFailed, this, &PoolSupervisor::writeFailed);
    connect(m_journal.get(), &PoolJournal::failed, this, &PoolSupervisor::failed);
    connect(m_journal.get(), &PoolJournal::eventRecorded, this, &PoolSupervisor::eventHappened);
    connect(m_journal.get(), &PoolJournal::eventRecorded, this, &PoolSupervisor::changed);
    connect(m_launcher.get(), &WorkerLauncher::changed, this, &PoolSupervisor::changed);
    connect(m_scaler.get(), &PoolScaler::changed, this, &PoolSupervisor::changed);
    connect(m_reconciler.get(), &PoolReconciler::changed, this, &PoolSupervisor::changed);
    connect(m_modeResolver.get(), &ModeResolver::changed, this, &PoolSupervisor::changed);
    connect(m_endHandler.get(), &WorkerEndHandler::changed, this, &PoolSupervisor::changed);
    connect(m_receiver.get(), &CommandReceiver::changed, m_publisher.get(), &PoolPublisher::update);
    connect(m_receiver.get(), &CommandReceiver::changed, this, &PoolSupervisor::changed);
}

void PoolSupervisor::start()
{
    m_observer->checkClocks(); // starts the store time
    m_rescueScheduler->registerManager([this] { return !m_model.pools.isShuttingDown(); },
                                       [this](const Result<ManagerRegistration> &registration) {
                                           onRegistered(registration);
                                       });
}

void PoolSupervisor::setLogSize(qint64 bytes)
{
    m_rescueScheduler->setLogSize(bytes);
}

void PoolSupervisor::recordEvent(EventKind kind, const Message &message)
{
    m_journal->recordEvent(kind, message);
}

void PoolSupervisor::onRegistered(const Result<ManagerRegistration> &registration)
{
    if (!registration) {
        Q_EMIT failed(registration.error());
        return;
    }
    m_isReady = true;
    m_observer->start();
    onRescued(registration->rescued, EventKind::CleanedUp, "cleaned_up");
    for (const QString &pool : m_adopter->adopt(registration->adopted))
        m_reconciler->reconcile(pool);
    m_scaler->start();
    m_receiver->start();
    Q_EMIT ready();
    Q_EMIT changed();
}

void PoolSupervisor::onRescued(const RescueReport &report, EventKind kind, const char *messageCode)
{
    // Makes the engine search for containers of managers that are gone, but only if managers or their workers have
    // changed.
    if (!report.endedWorkers.isEmpty() || m_managers != report.managers) {
        m_managers = report.managers;
        m_executor.containers->setManagers(report.managers);
    }
    if (report.isRegisteredAgain) {
        m_journal->recordEvent(kind, Message("registered_again"));
        m_publisher->publishAgain();
    }
    if (report.isEmpty())
        return;
    const Message workers("workers_had_ended", report.endedWorkers.size(), {});
    const Message jobs("jobs_were_returned", report.jobs.size(), {});
    m_journal->recordEvent(kind, Message(messageCode, {workers.asArgument(), jobs.asArgument()}));
}

void PoolSupervisor::onSnapshotChanged()
{
    m_observer->setOutage(StoreClock::Outage::ReadsFail, false);
    m_rowTracker->apply(m_model.snapshot.snapshot());
    m_executor.containers->setJobLimits(m_model.snapshot.jobLimits());
    m_blockages->update();
    m_scaler->onSnapshotChanged();
    m_recycle->update();
}

void PoolSupervisor::publishPools()
{
    if (m_isReady)
        m_publisher->update();
}

void PoolSupervisor::refuseCommands()
{
    m_receiver->refuseAll();
}

CommandAnswer PoolSupervisor::carryOut(const ManagerCommand &command)
{
    return m_receiver->carryOut(command);
}

void PoolSupervisor::onEngineReconnected()
{
    if (m_model.pools.isShuttingDown())
        return;
    for (auto &[name, pool] : m_model.pools.all()) {
        if (pool.handleEngineReconnected())
            m_reconciler->reconcile(name);
    }
    Q_EMIT changed();
}

void PoolSupervisor::onLimitIgnored(const QString &executorId, const Message &reason)
{
    if (const ManagedWorker *worker = m_model.workers.find(executorId)) {
        m_journal->recordEvent(EventKind::WorkerLimit,
                               Message("worker_limit_ignored", {worker->name(), reason.asArgument()}), *worker);
    }
}

} // namespace lifeguard
