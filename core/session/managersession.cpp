// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/managersession.h"

#include "core/base/futurecallbacks.h"
#include "core/health/diagnoser.h"
#include "core/pool/diagnosisrequests.h"
#include "core/store/lockholders.h"

#include <QPointer>
#include <QTimer>

namespace lifeguard {

namespace {

const SystemClock &systemClock()
{
    static const SystemClock clock;
    return clock;
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
    connect(&m_store, &Store::snapshotRead, this, [this](const StoreSnapshot &snapshot) {
        m_snapshot = snapshot;
        Q_EMIT snapshotRead(snapshot);
    });
    connect(&m_store, &Store::readFailed, this, &ManagerSession::readFailed);
    connect(&m_store, &Store::logPrevented, this, &ManagerSession::readFailed);
    connect(&m_store, &Store::lockedChanged, this, [this](bool locked) {
        m_locked = locked;
        m_lockedText = locked ? LockHolders::lockedText(m_store.path()) : QString();
        Q_EMIT lockedChanged(locked);
    });
}

ManagerSession::~ManagerSession() = default;

void ManagerSession::open()
{
    Q_ASSERT(m_phase == Phase::Closed);
    m_phase = Phase::Opening;
    const OpenMode mode = m_options.readOnly ? OpenMode::ReadOnly : OpenMode::Create;
    whenFinished(m_store.open(m_options.database, mode), this, [this](const Result<DatabaseInfo> &info) {
        if (!info) {
            fail(info.error());
        } else if (m_shutdown == Shutdown::No) {
            startManager(*info);
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
    connect(m_manager.get(), &WorkerPoolManager::workersChanged, this, &ManagerSession::workersChanged);
    connect(m_manager.get(), &WorkerPoolManager::poolsChanged, this, &ManagerSession::poolsChanged);
    connect(m_manager.get(), &WorkerPoolManager::eventHappened, this, &ManagerSession::eventHappened);
    connect(m_manager.get(), &WorkerPoolManager::writeFailed, this, &ManagerSession::writeFailed);
    connect(m_manager.get(), &WorkerPoolManager::failed, this, &ManagerSession::fail);
    connect(m_manager.get(), &WorkerPoolManager::allStopped, this, &ManagerSession::finishShutdown);
    connect(m_manager.get(), &WorkerPoolManager::ready, this, [this] {
        m_phase = Phase::Ready;
        Q_EMIT ready();
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

void ManagerSession::fail(const Error &error)
{
    m_phase = Phase::Failed;
    Q_EMIT failed(error);
}

bool ManagerSession::hasLiveWorkers() const
{
    return m_manager && m_manager->hasLiveWorkers();
}

Result<QString> ManagerSession::launch(const WorkerConfig &config)
{
    if (isStopping()) {
        return failure(ErrorCode::Cancelled, tr("The pool cannot be launched because Lifeguard is shutting down."));
    }
    if (!isReady()) {
        return failure(ErrorCode::Database, tr("The pool cannot be launched because no database is open yet."));
    }
    return m_manager->startPool(config);
}

void ManagerSession::stop(std::optional<seconds> grace)
{
    if (m_shutdown == Shutdown::Stopped) {
        return;
    }
    m_shutdown = Shutdown::Stopping;
    const bool live = hasLiveWorkers();
    if (m_manager) {
        m_manager->stopAll(grace);
    }
    if (!live) {
        QTimer::singleShot(0, this, &ManagerSession::finishShutdown);
    }
}

void ManagerSession::finishShutdown()
{
    if (m_shutdown != Shutdown::Stopping || hasLiveWorkers()) {
        return;
    }
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
