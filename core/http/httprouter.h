// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/httpresponse.h"

#include <functional>

namespace lifeguard {

class HttpExchange;

/// What answers requests of one method for one path. A value type.
struct HttpRoute
{
    /// Answers a request, at once or later (HttpExchange). Called on the thread of the server, which it must not block.
    using Handler = std::function<void(HttpExchange &exchange)>;

    QByteArray method; ///< "GET" also answers HEAD
    QStringList segments; ///< "{id}" matches any segment that is not empty
    Handler handler;
    qint64 bodyLimit = -1; ///< bytes; -1: that of the server
    bool isStreamed = false; ///< the handler is called after the header; otherwise after the whole body
};

/// The table of routes of a server.
class HttpRouter
{
public:
    /// What a request leads to.
    struct Match
    {
        const HttpRoute *route = nullptr; ///< null: no route
        int errorStatus = 0; ///< 404 or 405, if there is no route
        QByteArray allowed; ///< the methods of the path, for 405
        QHash<QString, QString> parameters;
    };

    /// Answers requests for a path such as "/v1/jobs/{id}" with what the function returns. The body is complete.
    void add(const QByteArray &method, const QString &path,
             std::function<HttpResponse(const HttpRequest &request, const QByteArray &body)> answer);
    /// Adds a route whose handler receives the body in pieces, or sends a long response. bodyLimit in bytes.
    void addStreamed(const QByteArray &method, const QString &path, HttpRoute::Handler handler, qint64 bodyLimit);

    [[nodiscard]] Match match(const HttpRequest &request) const;

private:
    QList<HttpRoute> m_routes;
};

} // namespace lifeguard
