// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/httpresponse.h"

#include <QObject>

#include <optional>

namespace lifeguard {

class HttpConnection;

/// One request and its response, for the handler of a route. The handler responds at once or later; the exchange is
/// deleted after the end of the response, or after aborted(). Keep only a QPointer to it. Lives on the thread of the
/// server.
///
/// A long response: beginResponse(), then write() while isWritable(), continued at writable(), and endResponse().
/// A long request (HttpRouter::addStreamed()): takeBody() at bodyReceived() until isBodyComplete(). Nothing more is
/// read from the client while HttpLimits::bodyBuffer bytes are not taken.
class HttpExchange : public QObject
{
    Q_OBJECT

public:
    [[nodiscard]] const HttpRequest &request() const { return m_request; }

    /// Returns the bytes of the body that were received since the last call.
    [[nodiscard]] QByteArray takeBody();
    /// Returns whether the whole body was received; takeBody() may still have a part of it.
    [[nodiscard]] bool isBodyComplete() const { return m_isBodyComplete; }

    /// Sends a whole response. Does nothing after the response has begun.
    void respond(const HttpResponse &response);
    /// Begins a response. length: of the body; without it, the body is sent in chunks.
    void beginResponse(int status, const HttpHeaders &headers, std::optional<qint64> length = {});
    /// Sends a part of the body. The bytes are kept in memory until the client has received them; see isWritable().
    void write(const QByteArray &bytes);
    void endResponse();
    /// Returns whether fewer than HttpLimits::writeBuffer bytes wait for the client.
    [[nodiscard]] bool isWritable() const;
    /// Closes the connection, so that the client sees that the response is incomplete.
    void abort();

Q_SIGNALS:
    /// A part of the body was received, or its end.
    void bodyReceived();
    /// isWritable() has become true again.
    void writable();
    /// The client is gone, was too slow, or broke off its request. Not emitted after endResponse().
    void aborted();

private:
    friend class HttpConnection;
    HttpExchange(HttpConnection &connection, HttpRequest request);

    enum class Response { NotBegun, Body, Ended };

    HttpConnection &m_connection; ///< the parent
    const HttpRequest m_request;
    QByteArray m_body;
    Response m_response = Response::NotBegun;
    std::optional<qint64> m_remaining; ///< bytes of a body of known length
    bool m_isBodyComplete = false;
    bool m_isHandled = false; ///< the handler was called
    bool m_sendsBody = true;
    bool m_sendsChunks = false;
    bool m_wasWritable = true;
};

} // namespace lifeguard
