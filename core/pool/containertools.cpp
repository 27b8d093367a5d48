// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/containertools.h"

#include "core/base/futurecallbacks.h"
#include "core/base/secretmasking.h"
#include "core/base/terminalemulator.h"
#include "core/config/workervariables.h"
#include "core/executor/containerengine.h"
#include "core/executor/workerexecutor.h"
#include "core/pool/workertable.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPromise>
#include <QStandardPaths>

#include <algorithm>
#include <array>
#include <memory>

namespace lifeguard {
namespace {

/// The variables of images and of Lifeguard whose values are no secrets.
constexpr std::array shownVariables{"HOME", "LANG", "LOG_LEVEL", "PATH", "PYTHONUNBUFFERED", "TZ"};

bool isShown(const QString &variable)
{
    return isReservedVariable(variable)
        || std::any_of(shownVariables.begin(), shownVariables.end(),
                       [&variable](const char *shown) { return variable == QLatin1String(shown); });
}

/// Returns the inspection of a container without secrets. The values of all variables that a user may have set are
/// secrets, whatever their names.
QJsonObject maskedContainer(const QJsonObject &container)
{
    QJsonObject masked = maskedJson(container).toObject();
    QJsonObject config = masked.value(QLatin1String("Config")).toObject();
    const QJsonArray variables = config.value(QLatin1String("Env")).toArray();
    if (variables.isEmpty())
        return masked;
    QJsonArray shown;
    for (const QJsonValue &each : variables) {
        const QString variable = each.toString();
        const QString name = variable.section(u'=', 0, 0);
        shown.append(isShown(name) ? variable : QString(name + u'=' + maskedVariable));
    }
    config.insert(QLatin1String("Env"), shown);
    masked.insert(QLatin1String("Config"), config);
    return masked;
}

} // namespace

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
            promise->addResult(QString::fromUtf8(QJsonDocument(maskedContainer(*container)).toJson()));
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
