// SPDX-License-Identifier: GPL-3.0-or-later
// WorkerPoolManager: what users ask of Docker itself.
#include "core/pool/workerpoolmanager.h"

#include "core/base/futurecallbacks.h"

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
    auto promise = std::make_shared<QPromise<DockerOverview>>();
    promise->start();
    whenFinished(m_containers->images(), this, [promise](const Result<QList<DockerImage>> &images) {
        promise->addResult(images ? DockerOverview{{}, *images} : DockerOverview{images.error(), {}});
        promise->finish();
    });
    return promise->future();
}

bool WorkerPoolManager::isRunningInContainer(const QString &executorId) const
{
    const auto worker = m_workers.find(executorId);
    return worker != m_workers.end() && worker->second.config.mode == ExecutionMode::Docker && m_executor && m_executor->isWorkerRunning(executorId);
}

QFuture<Result<QString>> WorkerPoolManager::inspectWorker(const QString &executorId)
{
    using Answer = Result<QString>;
    if (!isRunningInContainer(executorId))
        return answered(Answer(failure(ErrorCode::NotFound, tr("This worker's container is not there any more."))));
    auto promise = std::make_shared<QPromise<Answer>>();
    promise->start();
    whenFinished(m_containers->inspectContainer(executorId), this, [promise](const Result<QJsonObject> &json) {
        promise->addResult(json ? Answer(QString::fromUtf8(QJsonDocument(*json).toJson(QJsonDocument::Indented))) : Answer(failure(json.error())));
        promise->finish();
    });
    return promise->future();
}

Result<QStringList> WorkerPoolManager::shellCommand(const QString &executorId) const
{
    if (!isRunningInContainer(executorId))
        return failure(ErrorCode::NotFound, tr("This worker's container is not there any more."));
    const QString program = QStandardPaths::findExecutable(QStringLiteral("docker"));
    if (program.isEmpty())
        return failure(ErrorCode::ToolMissing, tr("A shell in a container needs the program docker (Debian: apt install docker.io)."));
    QStringList command = terminalCommand();
    if (command.isEmpty())
        return failure(ErrorCode::ToolMissing, tr("No terminal was found ($TERMINAL, x-terminal-emulator, …); for example: apt install xterm."));
    command.append(program);
    // A context has settings that only the program knows; the user's own environment leads it to them.
    const Result<DockerEndpoint> endpoint = m_containers->endpoint();
    if (!endpoint)
        return failure(endpoint.error());
    if (endpoint->kind != DockerEndpoint::Kind::Tls)
        command += {QStringLiteral("-H"), endpoint->toString()};
    return command + QStringList{QStringLiteral("exec"), QStringLiteral("-it"), executorId, QStringLiteral("sh")};
}

} // namespace lifeguard
