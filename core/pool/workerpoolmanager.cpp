// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerpoolmanager.h"

#include "core/base/beatfile.h"
#include "core/base/paths.h"
#include "core/base/stalefolders.h"
#include "core/pool/beatslots.h"
#include "core/pool/containertools.h"
#include "core/pool/poolcommands.h"
#include "core/pool/poolinfobuilder.h"
#include "core/pool/poolsupervisor.h"
#include "core/pool/workercommands.h"
#include "core/pool/workerinfobuilder.h"
#include "core/pool/workerlogs.h"
#include "core/store/store.h"

#include <QDir>
#include <QUuid>
#include <QtConcurrent>

#include <tuple>

namespace lifeguard {
namespace {

constexpr milliseconds publishInterval{50};

} // namespace

WorkerPoolManager::WorkerPoolManager(Store &store, const Clock &clock, ExecutorFactory createExecutor,
                                     ManagerPaths paths, QObject *parent, std::unique_ptr<Scheduler> scheduler)
    : QObject(parent)
    , m_store(store)
    , m_clock(clock)
    , m_scheduler(std::move(scheduler))
    , m_createExecutor(std::move(createExecutor))
    , m_paths(std::move(paths))
    , m_managerId(QUuid::createUuid().toString(QUuid::WithoutBraces))
{
    qRegisterMetaType<QList<WorkerInfo>>();
    qRegisterMetaType<QList<PoolInfo>>();
    m_paths.workspace = QDir(m_paths.workspace).absolutePath();
    if (m_paths.workerProgram.isEmpty())
        m_paths.workerProgram = siblingProgram(QStringLiteral("lifeguard-worker"));
    if (m_paths.logFolder.isEmpty())
        m_paths.logFolder = stateFolder() + QStringLiteral("/logs");
    if (m_paths.runtimeFolder.isEmpty())
        m_paths.runtimeFolder = stateFolder() + QStringLiteral("/run");
    connect(&m_store, &Store::snapshotRead, this, &WorkerPoolManager::onSnapshot);
    m_publishTimer.setSingleShot(true);
    connect(&m_publishTimer, &QTimer::timeout, this, &WorkerPoolManager::publish);
}

WorkerPoolManager::~WorkerPoolManager()
{
    if (!m_supervisor)
        return;
    m_supervisor.reset(); // kills the remaining workers
    std::ignore = QtConcurrent::run([] { removeStaleFolders(); });
}

void WorkerPoolManager::start()
{
    publishSoon();
    if (m_store.isReadOnly()) {
        QMetaObject::invokeMethod(this, &WorkerPoolManager::ready, Qt::QueuedConnection);
        return;
    }
    if (const Status created = createSupervisor(); !created) {
        QMetaObject::invokeMethod(
            this, [this, error = created.error()] { Q_EMIT failed(error); }, Qt::QueuedConnection);
        return;
    }
    m_supervisor->start();
}

void WorkerPoolManager::setLogSize(qint64 bytes)
{
    if (m_supervisor)
        m_supervisor->setLogSize(bytes);
}

Status WorkerPoolManager::createSupervisor()
{
    Q_ASSERT(!m_supervisor);
    for (const QString &folder : {m_paths.logFolder, m_paths.runtimeFolder}) {
        if (const Status made = makeFolder(folder); !made)
            return made;
    }
    const QString beatPath = m_paths.runtimeFolder + u'/' + m_managerId + QStringLiteral(".beats");
    Result<std::unique_ptr<BeatSlots>> beatSlots = BeatSlots::create(beatPath);
    if (!beatSlots)
        return failure(beatSlots.error());
    std::ignore = QtConcurrent::run([logs = m_paths.logFolder, beats = m_paths.runtimeFolder] {
        WorkerLogs::removeOld(logs);
        BeatFile::removeLeftovers(beats);
        removeStaleFolders();
    });

    const LaunchSettings settings{m_managerId, m_store.path(), m_store.file(), m_paths.workspace, m_paths.logFolder};
    m_supervisor = std::make_unique<PoolSupervisor>(m_store, m_clock, *m_scheduler, m_model,
                                                    m_createExecutor(
                                                        {m_managerId, m_store.path(), m_paths.workerProgram}),
                                                    std::move(*beatSlots), settings);
    connect(m_supervisor.get(), &PoolSupervisor::ready, this, &WorkerPoolManager::ready);
    connect(m_supervisor.get(), &PoolSupervisor::failed, this, &WorkerPoolManager::failed);
    connect(m_supervisor.get(), &PoolSupervisor::writeFailed, this, &WorkerPoolManager::writeFailed);
    connect(m_supervisor.get(), &PoolSupervisor::eventHappened, this, &WorkerPoolManager::eventHappened);
    connect(m_supervisor.get(), &PoolSupervisor::allStopped, this, &WorkerPoolManager::allStopped);
    connect(m_supervisor.get(), &PoolSupervisor::changed, this, &WorkerPoolManager::publishSoon);
    return {};
}

void WorkerPoolManager::onSnapshot(const StoreSnapshot &snapshot)
{
    m_model.snapshot.set(snapshot);
    if (m_supervisor)
        m_supervisor->onSnapshotChanged();
    publishSoon();
}

void WorkerPoolManager::publishSoon()
{
    if (!m_publishTimer.isActive())
        m_publishTimer.start(publishInterval);
}

void WorkerPoolManager::publish()
{
    Q_EMIT workersChanged(workers());
    Q_EMIT poolsChanged(pools());
    if (m_supervisor)
        m_supervisor->publishPools();
}

QList<PoolInfo> WorkerPoolManager::pools() const
{
    return PoolInfoBuilder(m_model.pools, m_model.workers, m_model.snapshot, m_clock.steadyNow()).build();
}

QList<WorkerInfo> WorkerPoolManager::workers() const
{
    const WorkerInfoBuilder builder(m_model.snapshot, m_clock.steadyNow(), m_clock.utcNow());
    QList<WorkerInfo> infos;
    for (const auto &[id, worker] : m_model.workers.all())
        infos.append(builder.build(worker));
    const StoreSnapshot &snapshot = m_model.snapshot.snapshot();
    QHash<QString, QString> managers;
    for (const PublishedPool &pool : snapshot.pools) {
        if (pool.managerId != m_managerId)
            managers.insert(pool.managerId, pool.managerName());
    }
    for (const WorkerRow &row : snapshot.workers) {
        if (m_model.workers.contains(row.executorId))
            continue;
        infos.append(builder.build(row));
        infos.last().manager = managers.value(row.managerId);
    }
    return infos;
}

UsageHistory WorkerPoolManager::historyOf(const QString &executorId) const
{
    const ManagedWorker *worker = m_model.workers.find(executorId);
    return worker ? worker->signs.history() : UsageHistory();
}

Error WorkerPoolManager::unavailableError() const
{
    if (m_store.isReadOnly()) {
        return {ErrorCode::ReadOnly,
                tr("The pool cannot be started because the database is open read-only. Open it without --read-only."),
                {}};
    }
    return {ErrorCode::Database, tr("The database is not open yet."), {}};
}

Result<QString> WorkerPoolManager::startPool(const WorkerConfig &config, const QString &name, CountSource source)
{
    if (!m_supervisor || !m_supervisor->isReady())
        return failure(unavailableError());
    publishSoon();
    return m_supervisor->commands().startPool(config, name, source);
}

Status WorkerPoolManager::reconfigurePool(const QString &name, const WorkerConfig &config, CountSource source)
{
    if (!m_supervisor || !m_supervisor->isReady())
        return failure(unavailableError());
    publishSoon();
    return m_supervisor->commands().reconfigurePool(name, config, source);
}

template<typename Answer, typename... Parameters, typename... Arguments>
void WorkerPoolManager::run(Answer (PoolCommands::*command)(Parameters...), const Arguments &...arguments)
{
    if (!m_supervisor)
        return;
    (void)(m_supervisor->commands().*command)(arguments...);
    publishSoon();
}

void WorkerPoolManager::run(CommandAnswer (WorkerCommands::*command)(const QString &), const QString &executorId)
{
    if (!m_supervisor)
        return;
    (void)(m_supervisor->workerCommands().*command)(executorId);
    publishSoon();
}

void WorkerPoolManager::recordEvent(EventKind kind, const Message &message)
{
    if (m_supervisor)
        m_supervisor->recordEvent(kind, message);
}

void WorkerPoolManager::restartPool(const QString &name)
{
    run(&PoolCommands::restartPool, name);
}

void WorkerPoolManager::stopPool(const QString &name)
{
    run(&PoolCommands::stopPool, name);
}

void WorkerPoolManager::removePool(const QString &name)
{
    run(&PoolCommands::removePool, name);
}

void WorkerPoolManager::setPoolCount(const QString &name, int count, CountSource source)
{
    run(&PoolCommands::setPoolCount, name, count, source);
}

void WorkerPoolManager::resumeScaling(const QString &name)
{
    run(&PoolCommands::resumeScaling, name);
}

void WorkerPoolManager::pausePool(const QString &name)
{
    run(&PoolCommands::pausePool, name, std::optional<seconds>());
}

void WorkerPoolManager::resumePool(const QString &name)
{
    run(&PoolCommands::resumePool, name);
}

void WorkerPoolManager::pauseAll()
{
    run(&PoolCommands::pauseAll);
}

void WorkerPoolManager::resumeAll()
{
    run(&PoolCommands::resumeAll);
}

void WorkerPoolManager::stopWorker(const QString &executorId)
{
    run(&WorkerCommands::stopWorker, executorId);
}

void WorkerPoolManager::drainWorker(const QString &executorId)
{
    run(&WorkerCommands::drainWorker, executorId);
}

void WorkerPoolManager::killWorker(const QString &executorId)
{
    run(&WorkerCommands::killWorker, executorId);
}

void WorkerPoolManager::stopAll(std::optional<seconds> grace)
{
    if (m_supervisor)
        run(&PoolCommands::stopAll, grace);
    else
        QMetaObject::invokeMethod(this, &WorkerPoolManager::allStopped, Qt::QueuedConnection);
}

CommandAnswer WorkerPoolManager::carryOut(const ManagerCommand &command)
{
    if (!m_supervisor)
        return CommandAnswer::refused(Message::literal(unavailableError().message));
    publishSoon();
    return m_supervisor->carryOut(command);
}

void WorkerPoolManager::refuseCommands()
{
    if (m_supervisor)
        m_supervisor->refuseCommands();
}

QFuture<DockerOverview> WorkerPoolManager::inspectDocker()
{
    if (!m_supervisor)
        return QtFuture::makeReadyFuture(DockerOverview{unavailableError(), {}});
    return m_supervisor->containerTools().inspectDocker();
}

QFuture<Result<QString>> WorkerPoolManager::inspectWorker(const QString &executorId)
{
    if (!m_supervisor)
        return QtFuture::makeReadyFuture(Result<QString>(failure(unavailableError())));
    return m_supervisor->containerTools().inspectWorker(executorId);
}

Result<QStringList> WorkerPoolManager::shellCommand(const QString &executorId) const
{
    if (!m_supervisor)
        return failure(unavailableError());
    return m_supervisor->containerTools().shellCommand(executorId);
}

} // namespace lifeguard
