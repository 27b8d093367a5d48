// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fakeworkerexecutor.h"

#include <QJsonObject>

namespace lifeguard::test {

WorkerStats FakeWorkerExecutor::idleStats()
{
    WorkerStats stats;
    stats.state = 'S';
    stats.outputBytes = 0;
    return stats;
}

void FakeWorkerExecutor::record(const QString &call, const QString &executorId)
{
    const StartRequest request = m_running.contains(executorId) ? m_running.value(executorId)
                                                                : m_prepared.value(executorId);
    calls.append(call + u' ' + QString::number(request.index));
}

void FakeWorkerExecutor::prepareWorker(const StartRequest &request)
{
    m_prepared.insert(request.executorId, request);
    if (holdsPreparation)
        preparingIds.append(request.executorId);
    else
        Q_EMIT workerPrepared(request.executorId, request.executorId);
}

void FakeWorkerExecutor::finishPreparation(const QString &preparedId, const QString &executorId)
{
    preparingIds.removeOne(preparedId);
    StartRequest request = m_prepared.take(preparedId);
    request.executorId = executorId;
    m_prepared.insert(executorId, request);
    m_running.insert(executorId, request); // a container exists before it is started
    Q_EMIT workerPrepared(preparedId, executorId);
}

void FakeWorkerExecutor::startWorker(const StartRequest &request)
{
    m_running.insert(request.executorId, request);
    record(QStringLiteral("start"), request.executorId);
    ProcessIdentity process = ProcessIdentity::self();
    process.startTime += quint64(++startCount); // not a process that exists
    Q_EMIT workerStarted(request.executorId, process);
}

void FakeWorkerExecutor::adoptWorker(const StartRequest &request, const ProcessIdentity &)
{
    m_running.insert(request.executorId, request);
    record(QStringLiteral("adopt"), request.executorId);
}

void FakeWorkerExecutor::stopWorker(const QString &executorId, seconds grace)
{
    record(QStringLiteral("stop %1").arg(grace.count()), executorId);
}

void FakeWorkerExecutor::drainWorker(const QString &executorId)
{
    record(QStringLiteral("drain"), executorId);
}

void FakeWorkerExecutor::killWorker(const QString &executorId)
{
    record(QStringLiteral("kill"), executorId);
}

QFuture<QHash<QString, WorkerStats>> FakeWorkerExecutor::workerStats()
{
    QHash<QString, WorkerStats> all = stats;
    for (auto running = m_running.cbegin(); running != m_running.cend(); ++running) {
        if (!all.contains(running.key()))
            all.insert(running.key(), idleStats());
    }
    return QtFuture::makeReadyFuture(all);
}

QFuture<ImageInspection> FakeWorkerExecutor::inspectImage(const QString &image)
{
    inspectedImages.append(image);
    auto promise = std::make_shared<QPromise<ImageInspection>>();
    promise->start();
    const QFuture<ImageInspection> future = promise->future();
    m_inspections.append(promise);
    if (!holdsInspection)
        finishInspection();
    return future;
}

void FakeWorkerExecutor::finishInspection()
{
    for (const auto &promise : std::exchange(m_inspections, {})) {
        promise->addResult(inspection);
        promise->finish();
    }
}

QFuture<Status> FakeWorkerExecutor::ensureImage(const QString &)
{
    return QtFuture::makeReadyFuture(imageStatus);
}

QFuture<Result<QList<DockerImage>>> FakeWorkerExecutor::images()
{
    return QtFuture::makeReadyFuture(Result<QList<DockerImage>>(QList<DockerImage>{inspection.image}));
}

QFuture<Result<QJsonObject>> FakeWorkerExecutor::inspectContainer(const QString &id)
{
    QJsonObject answer = container;
    answer.insert(QStringLiteral("Id"), id);
    return QtFuture::makeReadyFuture(Result<QJsonObject>(answer));
}

void FakeWorkerExecutor::endWorker(const QString &executorId, WorkerExit::Kind kind, int code,
                                   const QStringList &lastLines)
{
    WorkerExit exit;
    exit.executorId = executorId;
    exit.kind = kind;
    exit.code = code;
    exit.message = kind == WorkerExit::Kind::Exited ? Message("exit_code", {code})
                                                    : Message::literal(QStringLiteral("SIGKILL"));
    exit.lastLines = lastLines;
    endWorker(exit);
}

void FakeWorkerExecutor::endWorker(const WorkerExit &exit)
{
    m_running.remove(exit.executorId);
    m_prepared.remove(exit.executorId);
    Q_EMIT workerExited(exit);
}

} // namespace lifeguard::test
