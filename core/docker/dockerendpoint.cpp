// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/dockerendpoint.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr quint16 plainPort = 2375;
constexpr quint16 tlsPort = 2376;
constexpr qint64 fileLimit = 1024 * 1024; ///< bytes of a configuration file

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::DockerEndpoint", text);
}

QString folderOfSettings(const QProcessEnvironment &environment, const QString &home)
{
    const QString folder = environment.value(QStringLiteral("DOCKER_CONFIG"));
    return folder.isEmpty() ? home + QStringLiteral("/.docker") : folder;
}

QString existing(const QString &path)
{
    return QFileInfo::exists(path) ? path : QString();
}

void setCertificates(DockerEndpoint &endpoint, const QString &folder)
{
    endpoint.caFile = existing(folder + QStringLiteral("/ca.pem"));
    endpoint.certificateFile = existing(folder + QStringLiteral("/cert.pem"));
    endpoint.keyFile = existing(folder + QStringLiteral("/key.pem"));
}

/// Reads a JSON object from a file. Returns an empty object if there is no file.
[[nodiscard]] Result<QJsonObject> readObject(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return QJsonObject();
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::PermissionDenied, tr("%1 cannot be read: %2").arg(path, file.errorString()));
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(file.read(fileLimit), &error);
    if (!document.isObject())
        return failure(ErrorCode::Corrupt,
                       tr("The Docker configuration %1 is invalid: it is not a JSON object.").arg(path),
                       error.errorString());
    return document.object();
}

[[nodiscard]] Result<DockerEndpoint> fromHostVariable(const QProcessEnvironment &environment, const QString &home)
{
    const bool tls = !environment.value(QStringLiteral("DOCKER_TLS_VERIFY")).isEmpty();
    auto endpoint = DockerEndpoint::parse(environment.value(QStringLiteral("DOCKER_HOST")), tls);
    if (!endpoint)
        return failure(endpoint.error().code, tr("DOCKER_HOST: %1").arg(endpoint.error().message));
    endpoint->source = QStringLiteral("DOCKER_HOST");
    if (endpoint->kind == DockerEndpoint::Kind::Tls) {
        const QString folder = environment.value(QStringLiteral("DOCKER_CERT_PATH"));
        setCertificates(*endpoint, folder.isEmpty() ? folderOfSettings(environment, home) : folder);
        if (!folder.isEmpty() && endpoint->caFile.isEmpty())
            return failure(ErrorCode::NotFound, tr("DOCKER_CERT_PATH: %1 contains no file ca.pem.").arg(folder));
    }
    return endpoint;
}

[[nodiscard]] Result<DockerEndpoint> fromContext(const QString &name, const QString &settings)
{
    const QString hash = QString::fromLatin1(
        QCryptographicHash::hash(name.toUtf8(), QCryptographicHash::Sha256).toHex());
    const QString path = settings + QStringLiteral("/contexts/meta/") + hash + QStringLiteral("/meta.json");
    if (!QFileInfo::exists(path))
        return failure(ErrorCode::NotFound,
                       tr("The Docker context '%1' does not exist. To list all contexts: docker context ls").arg(name),
                       path);
    const auto meta = readObject(path);
    if (!meta)
        return failure(meta.error());
    const QJsonObject docker =
        meta->value(QLatin1String("Endpoints")).toObject().value(QLatin1String("docker")).toObject();
    const QString host = docker.value(QLatin1String("Host")).toString();
    if (host.isEmpty())
        return failure(ErrorCode::Corrupt,
                       tr("The Docker context '%1' contains no engine address (%2).").arg(name, path));
    DockerEndpoint certificates;
    setCertificates(certificates, settings + QStringLiteral("/contexts/tls/") + hash + QStringLiteral("/docker"));
    const bool skipsVerify = docker.value(QLatin1String("SkipTLSVerify")).toBool();
    const bool tls = skipsVerify || !certificates.caFile.isEmpty() || !certificates.certificateFile.isEmpty();
    auto endpoint = DockerEndpoint::parse(host, tls);
    if (!endpoint)
        return failure(endpoint.error().code, tr("Docker context '%1': %2").arg(name, endpoint.error().message));
    endpoint->source = tr("Docker context '%1'").arg(name);
    if (endpoint->kind == DockerEndpoint::Kind::Tls) {
        endpoint->caFile = certificates.caFile;
        endpoint->certificateFile = certificates.certificateFile;
        endpoint->keyFile = certificates.keyFile;
        endpoint->verifiesPeer = !skipsVerify;
    }
    return endpoint;
}

DockerEndpoint defaultEndpoint(const QProcessEnvironment &environment)
{
    QStringList sockets{QStringLiteral("/var/run/docker.sock")};
    const QString runtime = environment.value(QStringLiteral("XDG_RUNTIME_DIR"));
    if (!runtime.isEmpty())
        sockets += {runtime + QStringLiteral("/docker.sock"), runtime + QStringLiteral("/podman/podman.sock")};
    sockets.append(QStringLiteral("/run/podman/podman.sock"));
    DockerEndpoint endpoint;
    endpoint.source = tr("the default");
    const auto found = std::find_if(sockets.cbegin(), sockets.cend(),
                                    [](const QString &path) { return QFileInfo::exists(path); });
    endpoint.socketPath = found == sockets.cend() ? sockets.constFirst() : *found;
    return endpoint;
}

} // namespace

QString DockerEndpoint::toString() const
{
    if (kind == Kind::Local)
        return QStringLiteral("unix://") + socketPath;
    const QString name = host.contains(u':') ? u'[' + host + u']' : host;
    return QStringLiteral("tcp://") + name + u':' + QString::number(port);
}

QUrl DockerEndpoint::baseUrl() const
{
    if (kind == Kind::Local)
        return QUrl(QStringLiteral("unix+http://localhost"));
    QUrl url;
    url.setScheme(kind == Kind::Tls ? QStringLiteral("https") : QStringLiteral("http"));
    url.setHost(host);
    url.setPort(port);
    return url;
}

Result<DockerEndpoint> DockerEndpoint::parse(const QString &url, bool tls)
{
    const QString text = url.trimmed();
    const qsizetype colon = text.indexOf(QLatin1String("://"));
    const QString scheme = text.left(qMax<qsizetype>(colon, 0)).toLower();
    const QString rest = text.mid(colon + 3);
    DockerEndpoint endpoint;
    if (scheme == QLatin1String("unix")) {
        if (!rest.startsWith(u'/') || rest.contains(QChar::Null))
            return failure(ErrorCode::InvalidArgument,
                           tr("'%1' is not a valid socket address. Example: unix:///var/run/docker.sock").arg(text));
        endpoint.socketPath = QDir::cleanPath(rest);
        return endpoint;
    }
    if (scheme == QLatin1String("ssh"))
        return failure(ErrorCode::InvalidArgument, tr("Addresses with ssh:// are not supported. Forward the socket of "
                                                      "the engine with ssh -L and use its address with unix://."));
    if (scheme == QLatin1String("npipe"))
        return failure(ErrorCode::InvalidArgument, tr("Addresses with npipe:// (a Windows pipe) are not supported."));
    const bool secure = scheme == QLatin1String("https");
    if (!secure && scheme != QLatin1String("tcp") && scheme != QLatin1String("http")) {
        // The address may contain a password, so the message does not repeat it.
        return failure(ErrorCode::InvalidArgument,
                       tr("This is not a valid address of a Docker engine. Use unix://PATH or tcp://HOST:PORT."));
    }
    const QUrl address(QStringLiteral("tcp://") + rest, QUrl::StrictMode);
    const bool isPlainAddress = address.isValid() && address.userInfo().isEmpty() && !address.hasQuery()
                             && !address.hasFragment() && (address.path().isEmpty() || address.path() == u'/');
    if (!isPlainAddress || address.port(1) == 0)
        return failure(
            ErrorCode::InvalidArgument,
            tr("This is not a valid address of a Docker engine. Use %1://HOST:PORT, without a user name or a path.")
                .arg(scheme));
    endpoint.kind = tls || secure ? Kind::Tls : Kind::Tcp;
    endpoint.host = address.host().isEmpty() ? QStringLiteral("localhost") : address.host();
    endpoint.port = quint16(address.port(endpoint.kind == Kind::Tls ? tlsPort : plainPort));
    return endpoint;
}

Result<DockerEndpoint> DockerEndpoint::find(const QProcessEnvironment &environment, const QString &home)
{
    if (!environment.value(QStringLiteral("DOCKER_HOST")).isEmpty())
        return fromHostVariable(environment, home);
    const QString settings = folderOfSettings(environment, home);
    QString context = environment.value(QStringLiteral("DOCKER_CONTEXT"));
    if (context.isEmpty()) {
        const auto configuration = readObject(settings + QStringLiteral("/config.json"));
        if (!configuration)
            return failure(configuration.error());
        context = configuration->value(QLatin1String("currentContext")).toString();
    }
    if (!context.isEmpty() && context != QLatin1String("default"))
        return fromContext(context, settings);
    return defaultEndpoint(environment);
}

} // namespace lifeguard
