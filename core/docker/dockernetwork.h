// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerendpoint.h"
#include "core/docker/socketpool.h"

#include <QNetworkAccessManager>

namespace lifeguard {

/// A QNetworkAccessManager that serves the URLs of one engine (those that begin with its DockerEndpoint::baseUrl()) over a local socket, TCP
/// or TLS, and leaves other URLs to Qt. It also serves engines at a TCP port, because Qt opens at most six connections to a host, and streams
/// would use up the connections that start and stop need. Here each pending request has a connection of its own, without a limit.
///
/// Idle connections are kept for a while and reused for idempotent requests (GET, HEAD, PUT, DELETE, OPTIONS). The engine may close an idle
/// connection at the moment of its reuse, which leaves unknown whether the request was served; therefore a POST always gets a new connection.
/// Redirections are not followed, cookies and caches are not used, and no compression is requested.
class DockerNetwork : public QNetworkAccessManager
{
    Q_OBJECT

public:
    /// A request attribute, true for a stream. A stream gets a new connection, which is not reused.
    static constexpr auto StreamAttribute = QNetworkRequest::Attribute(QNetworkRequest::User + 1);

    explicit DockerNetwork(const DockerEndpoint &endpoint, QObject *parent = nullptr);

    [[nodiscard]] const SocketPool &pool() const { return *m_pool; }

protected:
    QNetworkReply *createRequest(Operation operation, const QNetworkRequest &request, QIODevice *outgoing) override;

private:
    SocketPool *m_pool; ///< a child of this object, like the replies
    QUrl m_base;
};

} // namespace lifeguard
