// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/httpserver.h"

#include "core/http/httpconnection.h"
#include "core/http/httplog.h"
#include "core/http/httpsocket.h"

#include <QLocalSocket>
#include <QTcpSocket>

#include <utility>

namespace lifeguard {
namespace {

constexpr int refusedConnections = 16; ///< that are answered with 503 at the same time; further ones are closed
constexpr milliseconds resumeDelay{1000};

} // namespace

HttpServer::HttpServer(HttpLimits limits, QObject *parent) : QObject(parent), m_limits(limits)
{
    m_local.setSocketOptions(QLocalServer::UserAccessOption);
    m_stopTimer.setSingleShot(true);
    m_resumeTimer.setSingleShot(true);
    connect(&m_tcp, &QTcpServer::newConnection, this, &HttpServer::acceptTcp);
    connect(&m_local, &QLocalServer::newConnection, this, &HttpServer::acceptLocal);
    // Without free file descriptors, Qt stops accepting.
    connect(&m_tcp, &QTcpServer::acceptError, this, [this] {
        qCWarning(lcHttp).noquote() << "A connection could not be accepted:" << m_tcp.errorString();
        m_tcp.pauseAccepting();
        m_resumeTimer.start(resumeDelay);
    });
    connect(&m_resumeTimer, &QTimer::timeout, this, [this] {
        if (m_tcp.isListening())
            m_tcp.resumeAccepting();
    });
    connect(&m_stopTimer, &QTimer::timeout, this, [this] {
        const QList<HttpConnection *> connections = m_connections;
        for (HttpConnection *connection : connections)
            connection->close();
    });
}

HttpServer::~HttpServer()
{
    m_isStopping = false; // no signal from here on
    const QList<HttpConnection *> connections = m_connections;
    for (HttpConnection *connection : connections)
        connection->close(); // while the router exists
    qDeleteAll(connections);
}

Status HttpServer::listen(const HttpAddress &address)
{
    if (m_tcp.listen(address.host, address.port))
        return {};
    switch (m_tcp.serverError()) {
    case QAbstractSocket::AddressInUseError:
        return failure(ErrorCode::Io,
                       tr("The server cannot use the address %1, because another program uses it. End that program, or "
                          "choose another port.")
                           .arg(address.toString()),
                       m_tcp.errorString());
    case QAbstractSocket::SocketAddressNotAvailableError:
        return failure(
            ErrorCode::InvalidArgument,
            tr("The server cannot use the address %1, because this machine does not have it.").arg(address.toString()),
            m_tcp.errorString());
    case QAbstractSocket::SocketAccessError:
        return failure(
            ErrorCode::PermissionDenied,
            tr("The server is not permitted to use the address %1. Choose a port above 1023.").arg(address.toString()),
            m_tcp.errorString());
    default:
        return failure(ErrorCode::Io,
                       tr("The server cannot use the address %1: %2").arg(address.toString(), m_tcp.errorString()));
    }
}

Status HttpServer::listenLocal(const QString &path)
{
    if (m_local.listen(path))
        return {};
    return failure(ErrorCode::Io, tr("The server cannot use the socket %1: %2").arg(path, m_local.errorString()));
}

HttpAddress HttpServer::address() const
{
    return {m_tcp.serverAddress(), m_tcp.serverPort()};
}

void HttpServer::acceptTcp()
{
    while (QTcpSocket *socket = m_tcp.nextPendingConnection())
        accept(new HttpSocket(socket, this));
}

void HttpServer::acceptLocal()
{
    while (QLocalSocket *socket = m_local.nextPendingConnection())
        accept(new HttpSocket(socket, this));
}

void HttpServer::accept(HttpSocket *socket)
{
    const bool isFull = m_connections.size() >= m_limits.connections && !closeLongestIdle();
    if (isFull && m_connections.size() >= m_limits.connections + refusedConnections) {
        socket->abort();
        socket->deleteLater();
        return;
    }
    auto *connection = new HttpConnection(socket, m_limits, m_router, this);
    m_connections.append(connection);
    connect(connection, &HttpConnection::closed, this, [this, connection] { remove(connection); });
    if (isFull)
        connection->refuseBusy();
}

/// Closes the connection that has waited longest for another request. Returns whether there was one.
bool HttpServer::closeLongestIdle()
{
    HttpConnection *longest = nullptr;
    for (HttpConnection *connection : std::as_const(m_connections)) {
        if (connection->isIdle() && (!longest || connection->idleTime() > longest->idleTime()))
            longest = connection;
    }
    if (!longest)
        return false;
    longest->close();
    return true;
}

void HttpServer::remove(HttpConnection *connection)
{
    m_connections.removeOne(connection);
    connection->deleteLater();
    reportIfStopped();
}

void HttpServer::stop(milliseconds grace)
{
    m_isStopping = true;
    m_resumeTimer.stop();
    m_tcp.close();
    m_local.close();
    m_stopTimer.start(grace);
    const QList<HttpConnection *> connections = m_connections;
    for (HttpConnection *connection : connections)
        connection->closeWhenIdle();
    QMetaObject::invokeMethod(this, &HttpServer::reportIfStopped, Qt::QueuedConnection);
}

void HttpServer::reportIfStopped()
{
    if (!m_isStopping || !m_connections.isEmpty())
        return;
    m_isStopping = false;
    m_stopTimer.stop();
    Q_EMIT stopped();
}

} // namespace lifeguard
