// SPDX-License-Identifier: GPL-3.0-or-later
// WorkerPoolManager: what users ask of Docker itself.
#include "core/pool/workerpoolmanager.h"

#include "core/base/future.h"
#include "core/executor/routingworkerexecutor.h"

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

/// A terminal of the user's, and what comes before the command in it; empty: there is none.
QStringList terminalCommand()
{
    struct Terminal
    {
        QString program;
        QStringList before;
    };
    const QStringList flag{QStringLiteral("-e")};
    const QList<Terminal> terminals{
        {qEnvironmentVariable("TERMINAL"), flag},
        {QStringLiteral("xdg-terminal-exec"), {}},
        {QStringLiteral("x-terminal-emulator"), flag}, // Debian's, behind which all take -e so
        {QStringLiteral("gnome-terminal"), {QStringLiteral("--")}},
        {QStringLiteral("konsole"), flag},
        {QStringLiteral("xfce4-terminal"), {QStringLiteral("-x")}},
        {QStringLiteral("xterm"), flag},
    };
    for (const Terminal &terminal : terminals) {
        const QString program = terminal.program.isEmpty() ? QString() : QStandardPaths::findExecutable(terminal.program);
        if (!program.isEmpty())
            return QStringList{program} + terminal.before;
    }
    return {};
}

} // namespace

QFuture<DockerOverview> WorkerPoolManager::inspectDocker()
{
    if (!m_executor)
        return answered(DockerOverview{Error{ErrorCode::ReadOnly, tr("The database is open read-only: no pool can be started."), {}}, {}});
    const Result<DockerWorkerExecutor *> docker = m_executor->docker();
    if (!docker)
        return answered(DockerOverview{docker.error(), {}});
    auto promise = std::make_shared<QPromise<DockerOverview>>();
    promise->start();
    whenAnswered((*docker)->client().images(), this, [promise](const Result<QList<DockerImage>> &images) {
        promise->addResult(images ? DockerOverview{{}, *images} : DockerOverview{images.error(), {}});
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
    QStringList command = terminalCommand();
    if (command.isEmpty())
        return failure(ErrorCode::ToolMissing, tr("No terminal was found ($TERMINAL, x-terminal-emulator, …); for example: apt install xterm."));
    command.append(program);
    // A context has settings that only the program knows; the user's own environment leads it to them.
    if (const DockerEndpoint &endpoint = (*docker)->client().endpoint(); endpoint.kind != DockerEndpoint::Kind::Tls)
        command += {QStringLiteral("-H"), endpoint.toString()};
    return command + QStringList{QStringLiteral("exec"), QStringLiteral("-it"), executorId, QStringLiteral("sh")};
}

} // namespace lifeguard
