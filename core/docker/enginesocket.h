// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerendpoint.h"

#include <QNetworkReply>
#include <QObject>

#include <memory>

QT_BEGIN_NAMESPACE
class QIODevice;
class QLocalSocket;
class QTcpSocket;
QT_END_NAMESPACE

namespace lifeguard {

/// A connection to an engine over a local socket, TCP, or TLS with the certificates of the endpoint. Buffers at most bufferSize bytes of
/// unread data, so a slow reader throttles the sender.
class EngineSocket : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 bufferSize = 64 * 1024; ///< bytes

    EngineSocket(const DockerEndpoint &endpoint, QObject *parent);
    ~EngineSocket() override;

    void open(); ///< opened() or ended() follows, possibly before this function returns
    [[nodiscard]] bool isOpen() const { return m_isOpen; }
    [[nodiscard]] QByteArray read(qint64 limit);
    [[nodiscard]] qint64 bytesAvailable() const;
    void write(const QByteArray &bytes);
    [[nodiscard]] qint64 bytesToWrite() const;

Q_SIGNALS:
    void opened();
    void readyRead();
    void bytesWritten();
    /// Emitted once, if the connection cannot be opened, was closed by the engine (RemoteHostClosedError) or broke. Received data can still be
    /// read.
    void ended(QNetworkReply::NetworkError error, const QString &message);

private:
    void createLocalSocket();
    void createTcpSocket();
    void openTls();
    void reportOpened();
    void reportEnd(QNetworkReply::NetworkError error, const QString &message);

    DockerEndpoint m_endpoint;
    std::unique_ptr<QLocalSocket> m_local; ///< null unless the endpoint is Local
    std::unique_ptr<QTcpSocket> m_tcp; ///< null if the endpoint is Local; a QSslSocket if it is Tls
    QIODevice *m_device = nullptr; ///< m_local or m_tcp
    bool m_isOpen = false;
    bool m_ended = false;
};

} // namespace lifeguard
