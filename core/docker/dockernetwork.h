// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerendpoint.h"
#include "core/docker/socketpool.h"

#include <QNetworkAccessManager>

namespace lifeguard {

/// A QNetworkAccessManager that serves the URLs of one engine (those that begin with its DockerEndpoint::baseUrl()) by itself, over a
/// local socket, TCP or TLS; other URLs go Qt's way. Engines at a TCP port are served here as well, since Qt opens no more than
/// six connections to a host, and streams would use up those that start and stop need. Here each request under way has a
/// connection of its own, without a limit.
///
/// Connections are kept for a while and used again by requests that may be sent twice (GET, HEAD, PUT, DELETE, OPTIONS): the engine may
/// close a kept connection just when it is used, and then nobody knows whether the request was served. A POST always gets a new
/// one. Redirections are not followed, cookies and caches not used, and nothing asks for compression.
class DockerNetwork : public QNetworkAccessManager
{
    Q_OBJECT

public:
    /// True for a request whose answer does not end by itself: its connection is new, and goes with it.
    static constexpr auto StreamAttribute = QNetworkRequest::Attribute(QNetworkRequest::User + 1);

    explicit DockerNetwork(const DockerEndpoint &endpoint, QObject *parent = nullptr);

    [[nodiscard]] const SocketPool &pool() const { return *m_pool; }

protected:
    QNetworkReply *createRequest(Operation operation, const QNetworkRequest &request, QIODevice *outgoing) override;

private:
    SocketPool *m_pool; ///< a child, as the replies are
    QUrl m_base;
};

} // namespace lifeguard
