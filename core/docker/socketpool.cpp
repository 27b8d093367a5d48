// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/socketpool.h"

#include <QTimer>

namespace lifeguard {

SocketPool::SocketPool(DockerEndpoint endpoint, QObject *parent) : QObject(parent), m_endpoint(std::move(endpoint)) {}

EngineSocket *SocketPool::takeIdle(QObject *parent)
{
    if (m_idle.isEmpty())
        return nullptr;
    EngineSocket *socket = m_idle.takeLast();
    delete socket->findChild<QTimer *>(QString(), Qt::FindDirectChildrenOnly);
    socket->disconnect(this);
    socket->setParent(parent);
    return socket;
}

void SocketPool::keep(EngineSocket *socket)
{
    socket->setParent(this);
    if (!socket->isOpen() || socket->bytesAvailable() > 0 || m_idle.size() >= maxIdle) {
        socket->deleteLater();
        return;
    }
    m_idle.append(socket);
    connect(socket, &EngineSocket::ended, this, [this, socket] { discard(socket); });
    connect(socket, &EngineSocket::readyRead, this, [this, socket] { discard(socket); }); // unsolicited data
    auto *timer = new QTimer(socket);
    timer->setSingleShot(true);
    connect(timer, &QTimer::timeout, this, [this, socket] { discard(socket); });
    timer->start(idleTime);
}

void SocketPool::discard(EngineSocket *socket)
{
    m_idle.removeOne(socket);
    socket->disconnect(this);
    socket->deleteLater();
}

} // namespace lifeguard
