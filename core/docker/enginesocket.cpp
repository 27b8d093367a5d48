// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/enginesocket.h"

#include <QFile>
#include <QLocalSocket>
#include <QNetworkProxy>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpSocket>

namespace lifeguard {
namespace {

QNetworkReply::NetworkError errorOf(QLocalSocket::LocalSocketError error)
{
    switch (error) {
    case QLocalSocket::ConnectionRefusedError:
        return QNetworkReply::ConnectionRefusedError;
    case QLocalSocket::ServerNotFoundError: // the socket file does not exist
        return QNetworkReply::HostNotFoundError;
    case QLocalSocket::SocketAccessError:
        return QNetworkReply::ContentAccessDenied;
    case QLocalSocket::PeerClosedError:
        return QNetworkReply::RemoteHostClosedError;
    case QLocalSocket::SocketTimeoutError:
        return QNetworkReply::TimeoutError;
    default:
        return QNetworkReply::UnknownNetworkError;
    }
}

QNetworkReply::NetworkError errorOf(QAbstractSocket::SocketError error)
{
    switch (error) {
    case QAbstractSocket::ConnectionRefusedError:
        return QNetworkReply::ConnectionRefusedError;
    case QAbstractSocket::HostNotFoundError:
        return QNetworkReply::HostNotFoundError;
    case QAbstractSocket::RemoteHostClosedError:
        return QNetworkReply::RemoteHostClosedError;
    case QAbstractSocket::SocketAccessError:
        return QNetworkReply::ContentAccessDenied;
    case QAbstractSocket::SocketTimeoutError:
        return QNetworkReply::TimeoutError;
    case QAbstractSocket::SslHandshakeFailedError:
    case QAbstractSocket::SslInternalError:
    case QAbstractSocket::SslInvalidUserDataError:
        return QNetworkReply::SslHandshakeFailedError;
    default:
        return QNetworkReply::UnknownNetworkError;
    }
}

QSslKey readKey(const QByteArray &pem)
{
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Rsa, QSsl::Ec, QSsl::Dsa}) {
        const QSslKey key(pem, algorithm);
        if (!key.isNull())
            return key;
    }
    return {};
}

[[nodiscard]] Result<QByteArray> contentOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Io, EngineSocket::tr("%1 cannot be read: %2").arg(path, file.errorString()));
    return file.readAll();
}

[[nodiscard]] Result<QSslConfiguration> configurationOf(const DockerEndpoint &endpoint)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setPeerVerifyMode(endpoint.verifiesPeer ? QSslSocket::VerifyPeer : QSslSocket::VerifyNone);
    if (!endpoint.caFile.isEmpty()) {
        const auto pem = contentOf(endpoint.caFile);
        if (!pem)
            return failure(pem.error());
        const QList<QSslCertificate> certificates = QSslCertificate::fromData(*pem);
        if (certificates.isEmpty())
            return failure(ErrorCode::Corrupt, EngineSocket::tr("%1 contains no certificate.").arg(endpoint.caFile));
        configuration.setCaCertificates(certificates);
    }
    if (!endpoint.certificateFile.isEmpty()) {
        const auto pem = contentOf(endpoint.certificateFile);
        if (!pem)
            return failure(pem.error());
        const QList<QSslCertificate> certificates = QSslCertificate::fromData(*pem);
        if (certificates.isEmpty())
            return failure(ErrorCode::Corrupt,
                           EngineSocket::tr("%1 contains no certificate.").arg(endpoint.certificateFile));
        configuration.setLocalCertificateChain(certificates);
    }
    if (!endpoint.keyFile.isEmpty()) {
        const auto pem = contentOf(endpoint.keyFile);
        if (!pem)
            return failure(pem.error());
        const QSslKey key = readKey(*pem);
        if (key.isNull())
            return failure(ErrorCode::Corrupt,
                           EngineSocket::tr("%1 contains no private key, or a private key with a password.")
                               .arg(endpoint.keyFile));
        configuration.setPrivateKey(key);
    }
    return configuration;
}

} // namespace

EngineSocket::EngineSocket(const DockerEndpoint &endpoint, QObject *parent) : QObject(parent), m_endpoint(endpoint)
{
    if (m_endpoint.kind == DockerEndpoint::Kind::Local)
        createLocalSocket();
    else
        createTcpSocket();
    connect(m_device, &QIODevice::readyRead, this, &EngineSocket::readyRead);
    connect(m_device, &QIODevice::bytesWritten, this, &EngineSocket::bytesWritten);
}

EngineSocket::~EngineSocket()
{
    m_device->disconnect(this); // the destructor of the device emits signals
}

void EngineSocket::createLocalSocket()
{
    m_local = std::make_unique<QLocalSocket>();
    m_device = m_local.get();
    m_local->setReadBufferSize(bufferSize);
    connect(m_local.get(), &QLocalSocket::connected, this, &EngineSocket::reportOpened);
    connect(m_local.get(), &QLocalSocket::errorOccurred, this,
            [this](QLocalSocket::LocalSocketError error) { reportEnd(errorOf(error), m_local->errorString()); });
    connect(m_local.get(), &QLocalSocket::disconnected, this,
            [this] { reportEnd(QNetworkReply::RemoteHostClosedError, m_local->errorString()); });
}

void EngineSocket::createTcpSocket()
{
    const bool tls = m_endpoint.kind == DockerEndpoint::Kind::Tls;
    auto secure = tls ? std::make_unique<QSslSocket>() : nullptr;
    if (secure)
        connect(secure.get(), &QSslSocket::encrypted, this, &EngineSocket::reportOpened);
    m_tcp = secure ? std::unique_ptr<QTcpSocket>(std::move(secure)) : std::make_unique<QTcpSocket>();
    m_device = m_tcp.get();
    m_tcp->setReadBufferSize(bufferSize);
    m_tcp->setProxy(QNetworkProxy::NoProxy);
    connect(m_tcp.get(), &QAbstractSocket::connected, this, [this, tls] {
        m_tcp->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        m_tcp->setSocketOption(QAbstractSocket::KeepAliveOption, 1); // without keep-alive, a stream would stay open
                                                                     // forever if the network is down
        if (!tls)
            reportOpened();
    });
    connect(m_tcp.get(), &QAbstractSocket::errorOccurred, this,
            [this](QAbstractSocket::SocketError error) { reportEnd(errorOf(error), m_tcp->errorString()); });
    connect(m_tcp.get(), &QAbstractSocket::disconnected, this,
            [this] { reportEnd(QNetworkReply::RemoteHostClosedError, m_tcp->errorString()); });
}

void EngineSocket::open()
{
    switch (m_endpoint.kind) {
    case DockerEndpoint::Kind::Local:
        m_local->connectToServer(m_endpoint.socketPath);
        break;
    case DockerEndpoint::Kind::Tcp:
        m_tcp->connectToHost(m_endpoint.host, m_endpoint.port);
        break;
    case DockerEndpoint::Kind::Tls:
        openTls();
        break;
    }
}

void EngineSocket::openTls()
{
    const auto configuration = configurationOf(m_endpoint);
    if (!configuration)
        return reportEnd(QNetworkReply::SslHandshakeFailedError, configuration.error().message);
    auto *secure = static_cast<QSslSocket *>(m_tcp.get());
    secure->setSslConfiguration(*configuration);
    secure->connectToHostEncrypted(m_endpoint.host, m_endpoint.port);
}

void EngineSocket::reportOpened()
{
    m_isOpen = true;
    Q_EMIT opened();
}

void EngineSocket::reportEnd(QNetworkReply::NetworkError error, const QString &message)
{
    m_isOpen = false;
    if (m_ended)
        return;
    m_ended = true;
    Q_EMIT ended(error, message);
}

QByteArray EngineSocket::read(qint64 limit)
{
    return m_device->isReadable() ? m_device->read(limit) : QByteArray();
}

qint64 EngineSocket::bytesAvailable() const
{
    return m_device->isReadable() ? m_device->bytesAvailable() : 0;
}

void EngineSocket::write(const QByteArray &bytes)
{
    m_device->write(bytes);
}

qint64 EngineSocket::bytesToWrite() const
{
    return m_device->bytesToWrite();
}

} // namespace lifeguard
