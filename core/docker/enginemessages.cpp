// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/enginemessages.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>
#include <QVersionNumber>

namespace lifeguard {
namespace {

constexpr qsizetype maxMessageLength = 500; ///< of a plain-text body

QString tr(const char *text, const char *disambiguation = nullptr)
{
    return QCoreApplication::translate("lifeguard::DockerClient", text, disambiguation);
}

bool isUsersOwn(const DockerEndpoint &endpoint)
{
    return endpoint.socketPath.startsWith(QLatin1String("/run/user/"));
}

bool isPodman(const DockerEndpoint &endpoint)
{
    return endpoint.socketPath.endsWith(QLatin1String("/podman.sock"));
}

/// Returns the error for a socket of Podman.
Error podmanError(const DockerEndpoint &endpoint, QNetworkReply::NetworkError error, const QString &detail)
{
    if (error == QNetworkReply::ContentAccessDenied) {
        return {ErrorCode::PermissionDenied,
                tr("No permission to access %1, the socket of Podman for root. Use your own: systemctl --user enable "
                   "--now podman.socket, and DOCKER_HOST=unix://$XDG_RUNTIME_DIR/podman/podman.sock")
                    .arg(endpoint.toString()),
                detail};
    }
    return {ErrorCode::Io,
            tr("Podman's API service is not running: nothing listens at %1. Start it with: %2")
                .arg(endpoint.toString(), isUsersOwn(endpoint) ? QStringLiteral("systemctl --user start podman.socket")
                                                               : QStringLiteral("systemctl start podman.socket")),
            detail};
}

Error localError(const DockerEndpoint &endpoint, QNetworkReply::NetworkError error, const QString &detail,
                 InstalledEngine installed)
{
    if (isPodman(endpoint))
        return podmanError(endpoint, error, detail);
    if (error == QNetworkReply::ContentAccessDenied) {
        return {ErrorCode::PermissionDenied,
                tr("No permission to access %1. Add yourself to the group docker (sudo usermod -aG docker $USER) and "
                   "log in again.")
                    .arg(endpoint.toString()),
                detail};
    }
    if (error == QNetworkReply::HostNotFoundError && installed == InstalledEngine::Podman) {
        return {ErrorCode::Io,
                tr("Docker is not installed: its socket (%1) does not exist. Podman is installed, but its API service "
                   "is not running. Start it with: systemctl --user enable --now podman.socket")
                    .arg(endpoint.toString()),
                detail};
    }
    if (error == QNetworkReply::HostNotFoundError && installed == InstalledEngine::None)
        return {ErrorCode::Io,
                tr("Docker is not installed: neither its socket (%1) nor its programs exist.").arg(endpoint.toString()),
                detail};
    return {ErrorCode::Io,
            tr("The Docker engine is not running: nothing listens at %1. Start it with: %2")
                .arg(endpoint.toString(), isUsersOwn(endpoint) ? QStringLiteral("systemctl --user start docker")
                                                               : QStringLiteral("systemctl start docker")),
            detail};
}

/// Returns whether Podman answered 500 where Docker answers 409: the state of the container does not permit the
/// request, or its name is in use. cause: the error without its context, as Podman reports it.
bool isConflict(const QString &cause)
{
    return cause == QLatin1String("that name is already in use") || cause == QLatin1String("container state improper");
}

} // namespace

InstalledEngine installedEngine()
{
    const auto isInstalled = [](const QString &program) {
        const QStringList otherFolders{QStringLiteral("/usr/bin"), QStringLiteral("/usr/sbin"),
                                       QStringLiteral("/usr/local/bin"), QStringLiteral("/usr/local/sbin")};
        return !QStandardPaths::findExecutable(program).isEmpty()
            || !QStandardPaths::findExecutable(program, otherFolders).isEmpty();
    };
    if (isInstalled(QStringLiteral("docker")) || isInstalled(QStringLiteral("dockerd")))
        return InstalledEngine::Docker;
    return isInstalled(QStringLiteral("podman")) ? InstalledEngine::Podman : InstalledEngine::None;
}

Error connectionError(const DockerEndpoint &endpoint, QNetworkReply::NetworkError error, const QString &detail,
                      InstalledEngine installed)
{
    const QString where = endpoint.source.isEmpty()
                            ? endpoint.toString()
                            : tr("%1 (%2)", "address of the engine, and the setting that it comes from")
                                  .arg(endpoint.toString(), endpoint.source);
    switch (error) {
    case QNetworkReply::ConnectionRefusedError:
    case QNetworkReply::HostNotFoundError:
    case QNetworkReply::ContentAccessDenied:
        if (endpoint.kind == DockerEndpoint::Kind::Local)
            return localError(endpoint, error, detail, installed);
        if (error == QNetworkReply::HostNotFoundError)
            return {ErrorCode::Io, tr("The Docker engine at %1 cannot be found: the host is unknown.").arg(where),
                    detail};
        return {ErrorCode::Io, tr("The Docker engine is not running: nothing listens at %1.").arg(where), detail};
    case QNetworkReply::TimeoutError:
        return {ErrorCode::TimedOut, tr("The Docker engine at %1 does not respond.").arg(where), detail};
    case QNetworkReply::SslHandshakeFailedError:
        return {ErrorCode::Io,
                tr("A secure connection to the Docker engine at %1 cannot be established: %2").arg(where, detail),
                detail};
    case QNetworkReply::ProtocolFailure:
        return {ErrorCode::ToolFailed,
                tr("The program that listens at %1 does not respond like a Docker engine.").arg(where), detail};
    case QNetworkReply::OperationCanceledError:
        return {ErrorCode::Cancelled, tr("The request to the Docker engine was cancelled."), detail};
    default:
        return {ErrorCode::Io, tr("The connection to the Docker engine at %1 was interrupted.").arg(where), detail};
    }
}

Error responseError(int status, const QString &reason, const QByteArray &body)
{
    ErrorCode code = ErrorCode::ToolFailed;
    switch (status) {
    case 400:
        code = ErrorCode::InvalidArgument;
        break;
    case 401:
    case 403:
        code = ErrorCode::PermissionDenied;
        break;
    case 404:
        code = ErrorCode::NotFound;
        break;
    case 409:
        code = ErrorCode::Busy;
        break;
    default:
        break;
    }
    const QString detail = QString::number(status) + u' ' + reason;
    const QJsonDocument document = QJsonDocument::fromJson(body);
    if (status == 500 && isConflict(document.object().value(QLatin1String("cause")).toString()))
        code = ErrorCode::Busy;
    QString message = document.isObject() ? document.object().value(QLatin1String("message")).toString()
                                          : QString::fromUtf8(body.left(maxMessageLength));
    message = message.trimmed();
    if (message.isEmpty())
        message = tr("The Docker engine answered %1.").arg(detail);
    return {code, message, detail};
}

QString negotiatedApiVersion(const QString &newest, const QString &oldest)
{
    const QVersionNumber preferred(1, 43);
    const QVersionNumber upper = QVersionNumber::fromString(newest);
    const QVersionNumber lower = QVersionNumber::fromString(oldest);
    if (upper.segmentCount() < 2)
        return {};
    const QVersionNumber negotiated = qMax(qMin(upper, preferred), qMin(lower, upper));
    return QStringLiteral("%1.%2").arg(negotiated.majorVersion()).arg(negotiated.minorVersion());
}

} // namespace lifeguard
