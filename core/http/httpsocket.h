// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIODevice>
#include <QObject>

#include <functional>

class QLocalSocket;
class QTcpSocket;

namespace lifeguard {

/// What a connection of a server needs from a TCP socket or a local socket, which have no common class in Qt. Owns the
/// socket.
class HttpSocket : public QObject
{
    Q_OBJECT

public:
    explicit HttpSocket(QTcpSocket *socket, QObject *parent = nullptr);
    explicit HttpSocket(QLocalSocket *socket, QObject *parent = nullptr);

    [[nodiscard]] QIODevice &device() { return *m_device; }
    /// Sends an end after all that was written; the other direction stays open.
    void shutdownWriting();
    /// Closes the connection at once, without sending what is still buffered.
    void abort();

Q_SIGNALS:
    void readyRead();
    void bytesWritten(qint64 bytes);
    void disconnected();

private:
    template<typename Socket>
    void init(Socket *socket);

    QIODevice *m_device = nullptr;
    std::function<void()> m_abort;
    std::function<qintptr()> m_descriptor;
};

} // namespace lifeguard
