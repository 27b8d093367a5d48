// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/dockernetwork.h"

#include "core/docker/socketreply.h"

namespace lifeguard {

DockerNetwork::DockerNetwork(const DockerEndpoint &endpoint, QObject *parent)
    : QNetworkAccessManager(parent), m_pool(new SocketPool(endpoint, this)), m_base(endpoint.baseUrl())
{
}

QNetworkReply *DockerNetwork::createRequest(Operation operation, const QNetworkRequest &request, QIODevice *outgoing)
{
    const QUrl url = request.url();
    if (url.scheme() != m_base.scheme() || url.host() != m_base.host() || url.port() != m_base.port())
        return QNetworkAccessManager::createRequest(operation, request, outgoing);
    QNetworkRequest requestWithTimeout = request;
    if (requestWithTimeout.transferTimeout() <= 0)
        requestWithTimeout.setTransferTimeout(transferTimeout());
    return new SocketReply(m_pool, operation, requestWithTimeout, request.attribute(StreamAttribute).toBool(), outgoing, this);
}

} // namespace lifeguard
