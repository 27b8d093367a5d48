// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/routingworkerexecutor.h"

#include "core/base/futurecallbacks.h"
#include "core/executor/directworkerexecutor.h"

#include <QDir>
#include <QPromise>

namespace lifeguard {

RoutingWorkerExecutor::RoutingWorkerExecutor(const QString &workerProgram, QString databasePath, QString managerId,
                                             QObject *parent)
    : WorkerExecutor(parent)
    , m_databasePath(std::move(databasePath))
    , m_managerId(std::move(managerId))
    , m_direct(std::make_unique<DirectWorkerExecutor>(workerProgram))
{
    relay(*m_direct);
}

RoutingWorkerExecutor::~RoutingWorkerExecutor() = default;

void RoutingWorkerExecutor::relay(WorkerExecutor &executor)
{
    connect(&executor, &WorkerExecutor::workerPrepared, this, &WorkerExecutor::workerPrepared);
    connect(&executor, &WorkerExecutor::workerStarted, this, &WorkerExecutor::workerStarted);
    connect(&executor, &WorkerExecutor::workerExited, this, &WorkerExecutor::workerExited);
    connect(&executor, &WorkerExecutor::imagePreparationChanged, this, &WorkerExecutor::imagePreparationChanged);
    connect(&executor, &WorkerExecutor::engineReconnected, this, &WorkerExecutor::engineReconnected);
    connect(&executor, &WorkerExecutor::limitIgnored, this, &WorkerExecutor::limitIgnored);
}

Result<DockerWorkerExecutor *> RoutingWorkerExecutor::docker()
{
    if (!m_docker) {
        Result<DockerEndpoint> endpoint = DockerEndpoint::find(QProcessEnvironment::systemEnvironment(),
                                                               QDir::homePath());
        if (!endpoint)
            return failure(endpoint.error());
        m_docker = std::make_unique<DockerWorkerExecutor>(*endpoint, m_databasePath, m_managerId);
        relay(*m_docker);
        if (m_managers)
            m_docker->setManagers(*m_managers);
        m_docker->setJobLimits(m_jobLimits);
    }
    return m_docker.get();
}

QFuture<ImageInspection> RoutingWorkerExecutor::inspectImage(const QString &image)
{
    const Result<DockerWorkerExecutor *> executor = docker();
    if (!executor)
        return QtFuture::makeReadyFuture(ImageInspection{executor.error(), {}, {}});
    return (*executor)->inspectImage(image);
}

QFuture<Status> RoutingWorkerExecutor::ensureImage(const QString &image)
{
    const Result<DockerWorkerExecutor *> executor = docker();
    if (!executor)
        return QtFuture::makeReadyFuture(Status(failure(executor.error())));
    return (*executor)->ensureImage(image);
}

QFuture<Result<QList<DockerImage>>> RoutingWorkerExecutor::images()
{
    const Result<DockerWorkerExecutor *> executor = docker();
    if (!executor)
        return QtFuture::makeReadyFuture(Result<QList<DockerImage>>(failure(executor.error())));
    return (*executor)->images();
}

QFuture<Result<QJsonObject>> RoutingWorkerExecutor::inspectContainer(const QString &id)
{
    const Result<DockerWorkerExecutor *> executor = docker();
    if (!executor)
        return QtFuture::makeReadyFuture(Result<QJsonObject>(failure(executor.error())));
    return (*executor)->inspectContainer(id);
}

Result<DockerEndpoint> RoutingWorkerExecutor::endpoint()
{
    const Result<DockerWorkerExecutor *> executor = docker();
    if (!executor)
        return failure(executor.error());
    return (*executor)->endpoint();
}

void RoutingWorkerExecutor::setManagers(const QSet<QString> &managers)
{
    m_managers = managers;
    if (m_docker)
        m_docker->setManagers(managers);
}

void RoutingWorkerExecutor::setJobLimits(const QHash<QString, seconds> &limits)
{
    m_jobLimits = limits;
    if (m_docker)
        m_docker->setJobLimits(limits);
}

WorkerExecutor &RoutingWorkerExecutor::ownerOf(const QString &executorId) const
{
    return m_docker && m_docker->isWorkerRunning(executorId) ? static_cast<WorkerExecutor &>(*m_docker) : *m_direct;
}

WorkerExecutor *RoutingWorkerExecutor::executorFor(const StartRequest &request)
{
    if (request.config.mode != ExecutionMode::Docker)
        return m_direct.get();
    const Result<DockerWorkerExecutor *> executor = docker();
    if (executor)
        return *executor;
    const WorkerExit exit{
        request.executorId, WorkerExit::Kind::FailedToStart, -1, Message::literal(executor.error().message), {}, {}};
    QMetaObject::invokeMethod(
        this, [this, exit] { Q_EMIT workerExited(exit); }, Qt::QueuedConnection);
    return nullptr;
}

void RoutingWorkerExecutor::prepareWorker(const StartRequest &request)
{
    if (WorkerExecutor *executor = executorFor(request))
        executor->prepareWorker(request);
}

void RoutingWorkerExecutor::startWorker(const StartRequest &request)
{
    if (WorkerExecutor *executor = executorFor(request))
        executor->startWorker(request);
}

void RoutingWorkerExecutor::adoptWorker(const StartRequest &request, const ProcessIdentity &process)
{
    if (WorkerExecutor *executor = executorFor(request))
        executor->adoptWorker(request, process);
}

void RoutingWorkerExecutor::stopWorker(const QString &executorId, seconds grace)
{
    ownerOf(executorId).stopWorker(executorId, grace);
}

void RoutingWorkerExecutor::drainWorker(const QString &executorId)
{
    ownerOf(executorId).drainWorker(executorId);
}

void RoutingWorkerExecutor::killWorker(const QString &executorId)
{
    ownerOf(executorId).killWorker(executorId);
}

bool RoutingWorkerExecutor::isWorkerRunning(const QString &executorId) const
{
    return ownerOf(executorId).isWorkerRunning(executorId);
}

QFuture<QHash<QString, WorkerStats>> RoutingWorkerExecutor::workerStats()
{
    if (!m_docker)
        return m_direct->workerStats();
    auto promise = std::make_shared<QPromise<QHash<QString, WorkerStats>>>();
    promise->start();
    whenFinished(m_direct->workerStats(), this, [this, promise](QHash<QString, WorkerStats> stats) {
        whenFinished(m_docker->workerStats(), this,
                     [promise, stats](const QHash<QString, WorkerStats> &containers) mutable {
                         stats.insert(containers);
                         promise->addResult(stats);
                         promise->finish();
                     });
    });
    return promise->future();
}

void RoutingWorkerExecutor::cleanup()
{
    m_direct->cleanup();
    if (m_docker)
        m_docker->cleanup();
}

} // namespace lifeguard
