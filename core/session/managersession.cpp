// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/managersession.h"

#include "core/base/futurecallbacks.h"
#include "core/base/paths.h"
#include "core/health/diagnoser.h"
#include "core/hooks/hookrunner.h"
#include "core/pool/diagnosisrequests.h"
#include "core/store/managerrow.h"
#include "core/store/retentionstate.h"
#include "core/store/workerregistry.h"

#include <QPointer>

#include <algorithm>

namespace lifeguard {

namespace {

const SystemClock &systemClock()
{
    static const SystemClock clock;
    return clock;
}

bool callsSubmissionHook(const QList<HookConfig> &hooks)
{
    return std::any_of(hooks.begin(), hooks.end(), [](const HookConfig &hook) {
        return hook.events.contains(toString(EventKind::SubmissionEnded));
    });
}

} // namespace

ManagerSession::ManagerSession(ManagerSessionOptions options, QObject *parent)
    : ManagerSession(std::move(options), systemClock(), localExecutorFactory(), parent)
{
}

ManagerSession::ManagerSession(ManagerSessionOptions options, const Clock &clock, ExecutorFactory createExecutor,
                               QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_clock(clock)
    , m_createExecutor(std::move(createExecutor))
{
    m_shutdownLimit.setSingleShot(true);
    connect(&m_shutdownLimit, &QTimer::timeout, this, [this] { finishShutdown(true); });
    connect(&m_store, &Store::snapshotRead, this, [this](const StoreSnapshot &snapshot) {
        m_snapshot = snapshot;
        Q_EMIT snapshotRead(snapshot);
    });
    connect(&m_store, &Store::databaseReplaced, this, &ManagerSession::onDatabaseReplaced);
    connect(&m_store, &Store::readFailed, this, [this](const Error &error) {
        if (!m_isDatabaseReplaced) {
            Q_EMIT readFailed(error);
        }
    });
    connect(&m_store, &Store::logPrevented, this, &ManagerSession::readFailed);
    connect(&m_store, &Store::lockedChanged, this, [this](bool locked) {
        m_locked = locked;
        Q_EMIT lockedChanged(locked);
    });
}

ManagerSession::~ManagerSession() = default;

void ManagerSession::open()
{
    Q_ASSERT(m_phase == Phase::Closed);
    m_phase = Phase::Opening;
    const OpenMode mode = m_options.readOnly  ? OpenMode::ReadOnly
                        : m_options.mustExist ? OpenMode::ReadWrite
                                              : OpenMode::Create;
    whenFinished(m_store.open(m_options.database, mode), this, [this](const Result<DatabaseInfo> &info) {
        if (!info) {
            fail(info.error());
        } else if (m_shutdown == Shutdown::No && !m_isDatabaseReplaced) {
            checkNetworkFile(*info);
        }
    });
}

/// Starts the manager, unless a manager of another machine may be using a file on a network file system.
void ManagerSession::checkNetworkFile(const DatabaseInfo &info)
{
    if (info.networkFileSystem.isEmpty() || m_options.allowNetworkFile || m_options.readOnly) {
        startManager(info);
        return;
    }
    const auto managers = m_store.read<QList<ManagerRow>>(
        [&clock = m_clock](Database &db) { return WorkerRegistry(db, clock).managers(); });
    whenFinished(managers, this, [this, info](const Result<QList<ManagerRow>> &rows) {
        if (!rows) {
            fail(rows.error());
            return;
        }
        const QString boot = ProcessIdentity::self().bootId;
        const bool hasOtherMachine = std::any_of(rows->cbegin(), rows->cend(), [&boot](const ManagerRow &manager) {
            return manager.process.bootId != boot;
        });
        if (hasOtherMachine) {
            fail({ErrorCode::Foreign,
                  tr("%1 is on a network file system (%2), and a manager of another machine is registered in it, or "
                     "one of this machine from before its last restart. Two machines must not use the file at the same "
                     "time. If only this machine uses it, start with --allow-network-file.")
                      .arg(info.path, info.networkFileSystem),
                  {}});
        } else if (m_shutdown == Shutdown::No && !m_isDatabaseReplaced) {
            startManager(info);
        }
    });
}

void ManagerSession::startManager(const DatabaseInfo &info)
{
    m_phase = Phase::Starting;
    ManagerPaths paths;
    paths.workspace = m_options.workspace;
    paths.workerProgram = m_options.workerProgram;
    m_manager = std::make_unique<WorkerPoolManager>(m_store, m_clock, m_createExecutor, paths);
    m_manager->setLimits(m_options.limits);
    m_hooks = std::make_unique<HookRunner>(info.path, m_manager->managerId());
    m_hooks->setHooks(m_options.hooks);
    connect(this, &ManagerSession::eventHappened, m_hooks.get(), &HookRunner::handle);
    connect(m_hooks.get(), &HookRunner::failed, this, &ManagerSession::hookFailed);
    connect(m_hooks.get(), &HookRunner::idle, this, [this] { finishShutdown(false); });
    connect(m_manager.get(), &WorkerPoolManager::workersChanged, this, &ManagerSession::workersChanged);
    connect(m_manager.get(), &WorkerPoolManager::poolsChanged, this, &ManagerSession::poolsChanged);
    connect(m_manager.get(), &WorkerPoolManager::eventHappened, this, &ManagerSession::eventHappened);
    connect(m_manager.get(), &WorkerPoolManager::writeFailed, this, &ManagerSession::writeFailed);
    connect(m_manager.get(), &WorkerPoolManager::failed, this, &ManagerSession::fail);
    connect(m_manager.get(), &WorkerPoolManager::allStopped, this, [this] { finishShutdown(false); });
    connect(m_manager.get(), &WorkerPoolManager::ready, this, [this] {
        if (m_isDatabaseReplaced) {
            return;
        }
        m_phase = Phase::Ready;
        Q_EMIT ready();
        startPruning();
        launchPools();
    });
    m_manager->start();
    Q_EMIT opened(info.notice);
}

void ManagerSession::launchPools()
{
    if (m_options.readOnly || isStopping()) {
        return;
    }
    for (const WorkerConfig &config : std::as_const(m_options.pools)) {
        if (const Result<QString> name = launch(config); !name) {
            Q_EMIT launchFailed(config, name.error());
        }
    }
}

void ManagerSession::startPruning()
{
    if (m_options.readOnly) {
        return;
    }
    m_pruner = std::make_unique<HistoryPruner>(m_store, m_clock, m_scheduler, m_options.retention,
                                               m_manager->managerId(), stateFolder() + QStringLiteral("/logs"));
    connect(m_pruner.get(), &HistoryPruner::eventHappened, this, &ManagerSession::eventHappened);
    m_pruner->setCallsSubmissionHook(callsSubmissionHook(m_options.hooks));
    m_pruner->start();
    m_manager->setLogSize(m_options.retention.logSize);
}

QFuture<Result<int>> ManagerSession::consentToPruning()
{
    const auto task = [&clock = m_clock](Database &database) -> Result<int> {
        if (const Status given = RetentionState(database, clock).consent(); !given) {
            return failure(given.error());
        }
        return 0;
    };
    const QFuture<Result<int>> written = m_store.write<int>(task);
    whenFinished(written, this, [this](const Result<int> &given) {
        if (given && m_pruner) {
            m_pruner->passNow();
        }
    });
    return written;
}

void ManagerSessionOptions::use(const Configuration &configuration)
{
    retention = configuration.retention;
    limits = {configuration.maxTotalWorkers, configuration.maxMachineWorkers};
    hooks = configuration.hooks;
}

void ManagerSession::configure(const Configuration &configuration)
{
    m_options.use(configuration);
    if (m_manager) {
        m_manager->setLimits(m_options.limits);
        m_hooks->setHooks(m_options.hooks);
    }
    if (m_pruner) {
        m_pruner->setConfig(m_options.retention);
        m_pruner->setCallsSubmissionHook(callsSubmissionHook(m_options.hooks));
        m_manager->setLogSize(m_options.retention.logSize);
    }
}

void ManagerSession::fail(const Error &error)
{
    if (m_isDatabaseReplaced) {
        return; // a write failed because of it
    }
    m_phase = Phase::Failed;
    Q_EMIT failed(error);
}

void ManagerSession::onDatabaseReplaced(const Error &error)
{
    m_isDatabaseReplaced = true;
    m_phase = Phase::Failed;
    Q_EMIT failed(error);
    // Their results cannot be recorded, and workers of other programs do not notice. Also ends all restarts.
    if (m_manager) {
        m_manager->stopAll(replacedGrace);
    }
}

bool ManagerSession::hasLiveWorkers() const
{
    return m_manager && m_manager->hasLiveWorkers();
}

WorkerConfig ManagerSession::extended(const WorkerConfig &config) const
{
    WorkerConfig result = config;
    result.outputRoots += m_options.outputRoots;
    result.outputRoots.removeDuplicates();
    return result;
}

Result<QString> ManagerSession::launch(const WorkerConfig &config, const QString &name, CountSource source)
{
    if (isStopping()) {
        return failure(ErrorCode::Cancelled, tr("The pool cannot be launched because Lifeguard is shutting down."));
    }
    if (!isReady()) {
        return failure(ErrorCode::Database, tr("The pool cannot be launched because no database is open yet."));
    }
    return m_manager->startPool(extended(config), name, source);
}

void ManagerSession::stop(std::optional<seconds> grace)
{
    if (m_shutdown == Shutdown::Stopped) {
        return;
    }
    m_shutdown = Shutdown::Stopping;
    m_store.hurry(); // what cannot be written is left to the next manager
    const bool live = hasLiveWorkers();
    if (m_manager) {
        m_manager->refuseCommands();
        m_manager->stopAll(grace);
    }
    if (!live) {
        QTimer::singleShot(0, this, [this] { finishShutdown(false); });
    }
    // A container engine may not respond, and a process may not end (state D).
    m_shutdownLimit.start(longestGrace(grace) + m_options.shutdownSlack);
}

seconds ManagerSession::longestGrace(std::optional<seconds> grace) const
{
    seconds longest = grace.value_or(seconds(0));
    if (!grace && m_manager) {
        for (const PoolInfo &pool : m_manager->pools()) {
            longest = std::max(longest, pool.config.stopGrace);
        }
    }
    return longest;
}

void ManagerSession::finishShutdown(bool isOverdue)
{
    const bool isBusy = hasLiveWorkers() || (m_hooks && m_hooks->isBusy());
    if (m_shutdown != Shutdown::Stopping || (isBusy && !isOverdue)) {
        return;
    }
    m_shutdownLimit.stop();
    m_shutdown = Shutdown::Stopped;
    Q_EMIT stopped();
}

void ManagerSession::diagnose(const WorkerInfo &worker, QObject *context, std::function<void(const Diagnosis &)> report)
{
    const auto answer = m_store.read<DiagnosisRequest>(
        [id = worker.executorId, &clock = m_clock](Database &db) { return diagnosisRequestOf(db, clock, id); });
    whenFinished(answer, context,
                 [session = QPointer(this), worker, context,
                  report = std::move(report)](const Result<DiagnosisRequest> &stored) {
                     DiagnosisRequest request = stored.value_or(DiagnosisRequest());
                     if (!stored) {
                         request.problem = stored.error().message;
                     }
                     if (!stored || worker.own) {
                         request.worker = worker; // the state in the manager is newer than the row in the database
                     }
                     if (session && session->m_manager) {
                         request.history = session->m_manager->historyOf(worker.executorId);
                     }
                     auto *diagnoser = new Diagnoser(request, context);
                     connect(diagnoser, &Diagnoser::changed, context, report);
                     connect(diagnoser, &Diagnoser::finished, diagnoser, &QObject::deleteLater);
                     diagnoser->start();
                 });
}

} // namespace lifeguard
