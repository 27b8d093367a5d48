// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/httpsocket.h"

#include <QLocalSocket>
#include <QTcpSocket>

#include <sys/socket.h>

namespace lifeguard {
namespace {

constexpr qint64 readBufferSize = 64 * 1024; ///< also bounds the requests that a client sends before it has the answer

} // namespace

template<typename Socket>
void HttpSocket::init(Socket *socket)
{
    socket->setParent(this);
    socket->setReadBufferSize(readBufferSize);
    m_device = socket;
    m_abort = [socket] { socket->abort(); };
    m_descriptor = [socket] { return qintptr(socket->socketDescriptor()); };
    connect(socket, &Socket::readyRead, this, &HttpSocket::readyRead);
    connect(socket, &Socket::bytesWritten, this, &HttpSocket::bytesWritten);
    connect(socket, &Socket::disconnected, this, &HttpSocket::disconnected);
}

HttpSocket::HttpSocket(QTcpSocket *socket, QObject *parent) : QObject(parent)
{
    init(socket);
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
}

HttpSocket::HttpSocket(QLocalSocket *socket, QObject *parent) : QObject(parent)
{
    init(socket);
}

void HttpSocket::shutdownWriting()
{
    if (const qintptr descriptor = m_descriptor(); descriptor >= 0)
        ::shutdown(int(descriptor), SHUT_WR);
}

void HttpSocket::abort()
{
    m_abort();
}

} // namespace lifeguard
