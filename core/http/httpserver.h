// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/http/httpaddress.h"
#include "core/http/httplimits.h"
#include "core/http/httprouter.h"

#include <QList>
#include <QLocalServer>
#include <QObject>
#include <QTcpServer>
#include <QTimer>

namespace lifeguard {

class HttpConnection;
class HttpSocket;

/// A server for HTTP/1.0 and 1.1 on TCP or on a local socket. Runs on the event loop of the thread that created it, and
/// never blocks; handlers must not block either. Has no encryption and no authentication: those are up to the routes,
/// or to a proxy.
class HttpServer : public QObject
{
    Q_OBJECT

public:
    explicit HttpServer(HttpLimits limits = {}, QObject *parent = nullptr);
    /// Closes all connections at once.
    ~HttpServer() override;

    /// The routes. To be filled before the server listens.
    [[nodiscard]] HttpRouter &router() { return m_router; }
    /// Begins to accept connections. The error says why the address cannot be used, for users.
    [[nodiscard]] Status listen(const HttpAddress &address);
    /// The same for a local socket, which only this user can open.
    [[nodiscard]] Status listenLocal(const QString &path);
    /// Returns the address in use, with the port that was chosen for port 0.
    [[nodiscard]] HttpAddress address() const;
    [[nodiscard]] qsizetype connectionCount() const { return m_connections.size(); }

    /// Accepts no more connections, and closes the present ones when they have sent the response of their current
    /// request, or after the grace period. stopped() follows from the event loop.
    void stop(milliseconds grace);

Q_SIGNALS:
    void stopped();

private:
    void acceptTcp();
    void acceptLocal();
    void accept(HttpSocket *socket);
    [[nodiscard]] bool closeLongestIdle();
    void remove(HttpConnection *connection);
    void reportIfStopped();

    const HttpLimits m_limits;
    HttpRouter m_router;
    QTcpServer m_tcp;
    QLocalServer m_local;
    QTimer m_stopTimer;
    QTimer m_resumeTimer;
    QList<HttpConnection *> m_connections; ///< children
    bool m_isStopping = false;
};

} // namespace lifeguard
