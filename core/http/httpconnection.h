// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/httplimits.h"
#include "core/http/httprequestparser.h"
#include "core/http/httprouter.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace lifeguard {

class HttpExchange;
class HttpSocket;

/// One connection of a server: reads requests one after the other, passes them to the handlers of their routes, and
/// enforces the limits. Emits closed() exactly once; the server deletes it then.
class HttpConnection : public QObject
{
    Q_OBJECT

public:
    /// Takes over the socket. The router must outlive the connection.
    HttpConnection(HttpSocket *socket, const HttpLimits &limits, const HttpRouter &router, QObject *parent);
    ~HttpConnection() override;

    /// Returns whether the connection waits for a request of which nothing has arrived.
    [[nodiscard]] bool isIdle() const;
    /// Returns how long the connection has been idle; 0 if it is not.
    [[nodiscard]] milliseconds idleTime() const;
    /// Closes the connection when the response of the current request was sent; at once if it is idle.
    void closeWhenIdle();
    /// Answers the connection's first request, or its silence, with 503.
    void refuseBusy();
    void close();

    // For the exchange.
    [[nodiscard]] bool keepsAlive() const;
    [[nodiscard]] bool isWritable() const;
    void closeAfterResponse() { m_closesAfterResponse = true; }
    void send(const QByteArray &bytes);
    void continueReading();
    void endExchange();

Q_SIGNALS:
    void closed();

private:
    enum class Phase {
        Request, ///< reads the header of a request, or waits for it
        Exchange, ///< reads the body, and waits for the response
        Lingering, ///< the last response was given; what the client still sends is dropped
        Closed,
    };
    enum class Wait { Nothing, FirstRequest, NextRequest, Header, Body, Linger };

    void process();
    [[nodiscard]] bool processStep();
    [[nodiscard]] QByteArray readSocket();
    void beginExchange();
    void callHandler();
    void deliverBody();
    void refuse(int status, const QByteArray &detail, const HttpHeaders &headers = {});
    void linger();
    void onBytesWritten(qint64 bytes);
    void updateTimers();
    void waitFor(Wait wait);
    void onReadTimeout();

    HttpSocket *m_socket;
    const HttpLimits m_limits;
    const HttpRouter &m_router;
    HttpRequestParser m_parser;
    HttpExchange *m_exchange = nullptr; ///< a child
    HttpRoute::Handler m_handler; ///< of the exchange
    QTimer m_readTimer;
    QTimer m_writeTimer;
    QElapsedTimer m_sinceIdle;
    Phase m_phase = Phase::Request;
    Wait m_wait = Wait::Nothing;
    qint64 m_readProgress = 0; ///< bytes since the timer began
    qint64 m_writeProgress = 0;
    qint64 m_lingeredBytes = 0;
    bool m_isStreamed = false; ///< the route's handler was called before the body was complete
    bool m_isFirstRequest = true;
    bool m_closesAfterResponse = false;
    bool m_isProcessing = false;
    bool m_hasShutDown = false;
};

} // namespace lifeguard
