// SPDX-License-Identifier: GPL-3.0-or-later
// WorkerPoolManager: what users ask of Docker itself.
#include "core/pool/workerpoolmanager.h"

#include "core/base/future.h"
#include "core/executor/workerexecutors.h"

#include <QJsonDocument>
#include <QPromise>
#include <QStandardPaths>

namespace lifeguard {
namespace {

template<typename T>
QFuture<T> answered(const T &value)
{
    return QtFuture::makeReadyFuture(value);
}

} // namespace

QFuture<DockerView> WorkerPoolManager::lookAtDocker()
{
    if (!m_executor)
        return answered(DockerView{Error{ErrorCode::ReadOnly, tr("The database is open read-only: no pool can be started."), {}}, {}});
    const Result<DockerWorkerExecutor *> docker = m_executor->docker();
    if (!docker)
        return answered(DockerView{docker.error(), {}});
    auto promise = std::make_shared<QPromise<DockerView>>();
    promise->start();
    whenAnswered((*docker)->client().images(), this, [promise](const Result<QList<DockerImage>> &images) {
        promise->addResult(images ? DockerView{{}, *images} : DockerView{images.error(), {}});
        promise->finish();
    });
    return promise->future();
}

QFuture<Result<QString>> WorkerPoolManager::inspectWorker(const QString &executorId)
{
    using Answer = Result<QString>;
    const Result<DockerWorkerExecutor *> docker = m_executor ? m_executor->docker() : nullptr;
    if (!docker)
        return answered(Answer(failure(docker.error())));
    if (!*docker || !(*docker)->isWorkerRunning(executorId))
        return answered(Answer(failure(ErrorCode::NotFound, tr("This worker's container is not there any more."))));
    auto promise = std::make_shared<QPromise<Answer>>();
    promise->start();
    whenAnswered((*docker)->client().inspectContainerJson(executorId), this, [promise](const Result<QJsonObject> &json) {
        promise->addResult(json ? Answer(QString::fromUtf8(QJsonDocument(*json).toJson(QJsonDocument::Indented))) : Answer(failure(json.error())));
        promise->finish();
    });
    return promise->future();
}

Result<QStringList> WorkerPoolManager::shellCommand(const QString &executorId) const
{
    const Result<DockerWorkerExecutor *> docker = m_executor ? m_executor->docker() : nullptr;
    if (!docker)
        return failure(docker.error());
    if (!*docker || !(*docker)->isWorkerRunning(executorId))
        return failure(ErrorCode::NotFound, tr("This worker's container is not there any more."));
    const QString program = QStandardPaths::findExecutable(QStringLiteral("docker"));
    if (program.isEmpty())
        return failure(ErrorCode::ToolMissing, tr("A shell in a container needs the program docker (Debian: apt install docker.io)."));
    // What comes after -e is the command and its arguments, for all terminals behind Debian's x-terminal-emulator.
    const QString terminal = QStandardPaths::findExecutable(QStringLiteral("x-terminal-emulator"));
    if (terminal.isEmpty())
        return failure(ErrorCode::ToolMissing, tr("No terminal was found (x-terminal-emulator); for example: apt install xterm."));
    QStringList command{terminal, QStringLiteral("-e"), program};
    // A context has settings that only the program knows; the user's own environment leads it to them.
    if (const DockerEndpoint &endpoint = (*docker)->client().endpoint(); endpoint.kind != DockerEndpoint::Kind::Tls)
        command += {QStringLiteral("-H"), endpoint.toString()};
    return command + QStringList{QStringLiteral("exec"), QStringLiteral("-it"), executorId, QStringLiteral("sh")};
}

} // namespace lifeguard
