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

Error localError(const DockerEndpoint &endpoint, QNetworkReply::NetworkError error, const QString &detail, bool isInstalled)
{
    if (error == QNetworkReply::ContentAccessDenied) {
        return {ErrorCode::PermissionDenied,
                tr("No permission to access %1. Add yourself to the group docker (sudo usermod -aG docker $USER) and log in again.")
                    .arg(endpoint.toString()),
                detail};
    }
    if (error == QNetworkReply::HostNotFoundError && !isInstalled)
        return {ErrorCode::Io, tr("Docker is not installed: neither its socket (%1) nor its programs exist.").arg(endpoint.toString()), detail};
    const bool isRootless = endpoint.socketPath.startsWith(QLatin1String("/run/user/"));
    return {ErrorCode::Io,
            tr("The Docker engine is not running: nothing listens at %1. Start it with: %2")
                .arg(endpoint.toString(), isRootless ? QStringLiteral("systemctl --user start docker") : QStringLiteral("systemctl start docker")),
            detail};
}

} // namespace

bool isDockerInstalled()
{
    const QStringList otherFolders{QStringLiteral("/usr/bin"), QStringLiteral("/usr/sbin"), QStringLiteral("/usr/local/bin"),
                                QStringLiteral("/usr/local/sbin")};
    for (const auto &program : {QStringLiteral("docker"), QStringLiteral("dockerd")}) {
        if (!QStandardPaths::findExecutable(program).isEmpty() || !QStandardPaths::findExecutable(program, otherFolders).isEmpty())
            return true;
    }
    return false;
}

Error connectionError(const DockerEndpoint &endpoint, QNetworkReply::NetworkError error, const QString &detail, bool isInstalled)
{
    const QString where = endpoint.source.isEmpty() ? endpoint.toString() : tr("%1 (%2)", "address of the engine, and the setting that it comes from").arg(endpoint.toString(), endpoint.source);
    switch (error) {
    case QNetworkReply::ConnectionRefusedError:
    case QNetworkReply::HostNotFoundError:
    case QNetworkReply::ContentAccessDenied:
        if (endpoint.kind == DockerEndpoint::Kind::Local)
            return localError(endpoint, error, detail, isInstalled);
        if (error == QNetworkReply::HostNotFoundError)
            return {ErrorCode::Io, tr("The Docker engine at %1 cannot be found: the host is unknown.").arg(where), detail};
        return {ErrorCode::Io, tr("The Docker engine is not running: nothing listens at %1.").arg(where), detail};
    case QNetworkReply::TimeoutError:
        return {ErrorCode::TimedOut, tr("The Docker engine at %1 does not respond.").arg(where), detail};
    case QNetworkReply::SslHandshakeFailedError:
        return {ErrorCode::Io, tr("A secure connection to the Docker engine at %1 cannot be established: %2").arg(where, detail), detail};
    case QNetworkReply::ProtocolFailure:
        return {ErrorCode::ToolFailed, tr("The program that listens at %1 does not respond like a Docker engine.").arg(where), detail};
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
    QString message = document.isObject() ? document.object().value(QLatin1String("message")).toString() : QString::fromUtf8(body.left(maxMessageLength));
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
