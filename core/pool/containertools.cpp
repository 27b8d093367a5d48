// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/containertools.h"

#include "core/base/futurecallbacks.h"
#include "core/base/secretmasking.h"
#include "core/base/terminalemulator.h"
#include "core/executor/containerengine.h"
#include "core/executor/workerexecutor.h"
#include "core/pool/workertable.h"

#include <QJsonDocument>
#include <QPromise>
#include <QStandardPaths>

#include <memory>

namespace lifeguard {

ContainerTools::ContainerTools(const WorkerTable &workers, const WorkerExecutor &executor, ContainerEngine &engine,
                               QObject *parent)
    : QObject(parent)
    , m_workers(workers)
    , m_executor(executor)
    , m_engine(engine)
{
}

Status ContainerTools::checkContainer(const QString &executorId) const
{
    const ManagedWorker *worker = m_workers.find(executorId);
    if (worker && worker->config.mode == ExecutionMode::Docker && m_executor.isWorkerRunning(executorId))
        return {};
    return failure(ErrorCode::NotFound, tr("The container of this worker no longer exists."));
}

QFuture<DockerOverview> ContainerTools::inspectDocker()
{
    auto promise = std::make_shared<QPromise<DockerOverview>>();
    promise->start();
    whenFinished(m_engine.images(), this, [promise](const Result<QList<DockerImage>> &images) {
        promise->addResult(images ? DockerOverview{{}, *images} : DockerOverview{images.error(), {}});
        promise->finish();
    });
    return promise->future();
}

QFuture<Result<QString>> ContainerTools::inspectWorker(const QString &executorId)
{
    if (const Status checked = checkContainer(executorId); !checked)
        return QtFuture::makeReadyFuture(Result<QString>(failure(checked.error())));
    auto promise = std::make_shared<QPromise<Result<QString>>>();
    promise->start();
    whenFinished(m_engine.inspectContainer(executorId), this, [promise](const Result<QJsonObject> &container) {
        if (container)
            promise->addResult(QString::fromUtf8(QJsonDocument(maskedJson(*container).toObject()).toJson()));
        else
            promise->addResult(failure(container.error()));
        promise->finish();
    });
    return promise->future();
}

Result<QStringList> ContainerTools::shellCommand(const QString &executorId) const
{
    if (const Status checked = checkContainer(executorId); !checked)
        return failure(checked.error());
    const Result<DockerEndpoint> endpoint = m_engine.endpoint();
    if (!endpoint)
        return failure(endpoint.error());
    const QString docker = QStandardPaths::findExecutable(QStringLiteral("docker"));
    const QString podman = QStandardPaths::findExecutable(QStringLiteral("podman"));
    QStringList command;
    if (!docker.isEmpty()) {
        command.append(docker);
        // Only the program docker reads the TLS settings of a context. It finds them through the user's environment.
        if (endpoint->kind != DockerEndpoint::Kind::Tls)
            command += {QStringLiteral("-H"), endpoint->toString()};
    } else if (!podman.isEmpty() && endpoint->kind != DockerEndpoint::Kind::Tls) {
        command = {podman, QStringLiteral("--url"), endpoint->toString()};
    } else {
        return failure(
            ErrorCode::ToolMissing,
            tr("A shell in a container needs the program docker or podman. On Debian: apt install docker.io"));
    }
    command += {QStringLiteral("exec"), QStringLiteral("-it"), executorId, QStringLiteral("sh")};
    return inTerminalEmulator(command);
}

} // namespace lifeguard
