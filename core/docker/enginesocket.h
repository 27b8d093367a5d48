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

/// One connection to an engine, over whichever socket reaches it: a local one, TCP, or TLS with the endpoint's certificates. Reads ahead
/// no more than bufferSize, so that who does not read holds up who writes.
class EngineSocket : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 bufferSize = 64 * 1024; ///< bytes

    EngineSocket(const DockerEndpoint &endpoint, QObject *parent);
    ~EngineSocket() override;

    void open(); ///< answers with opened() or ended(), maybe at once
    [[nodiscard]] bool isOpen() const { return m_isOpen; }
    [[nodiscard]] QByteArray read(qint64 limit);
    [[nodiscard]] qint64 bytesAvailable() const;
    void write(const QByteArray &bytes);
    [[nodiscard]] qint64 bytesToWrite() const;

Q_SIGNALS:
    void opened();
    void arrived(); ///< there is something to read
    void written();
    /// Once: it could not be opened, or has ended (RemoteHostClosedError), or broke. What has come can still be read.
    void ended(QNetworkReply::NetworkError error, const QString &message);

private:
    void makeLocal();
    void makeTcp();
    void openTls();
    void setOpen();
    void end(QNetworkReply::NetworkError error, const QString &message);

    DockerEndpoint m_endpoint;
    std::unique_ptr<QLocalSocket> m_local; ///< this or that one
    std::unique_ptr<QTcpSocket> m_tcp; ///< a QSslSocket for TLS
    QIODevice *m_device = nullptr; ///< whichever there is
    bool m_isOpen = false;
    bool m_ended = false;
};

} // namespace lifeguard
