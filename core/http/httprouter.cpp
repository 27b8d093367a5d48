// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/httprouter.h"

#include "core/http/httpexchange.h"

#include <algorithm>

namespace lifeguard {
namespace {

QStringList segmentsOf(const QString &path)
{
    return path == QLatin1String("/") ? QStringList() : path.mid(1).split(QLatin1Char('/'));
}

/// Returns whether the path matches, and the values of the parameters.
bool matches(const QStringList &pattern, const QStringList &segments, QHash<QString, QString> &parameters)
{
    if (pattern.size() != segments.size())
        return false;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        const QString &part = pattern.at(i);
        const bool isParameter = part.startsWith(QLatin1Char('{'));
        if (isParameter ? segments.at(i).isEmpty() : part != segments.at(i))
            return false;
        if (isParameter)
            parameters.insert(part.mid(1, part.size() - 2), segments.at(i));
    }
    return true;
}

} // namespace

void HttpRouter::add(const QByteArray &method, const QString &path,
                     std::function<HttpResponse(const HttpRequest &, const QByteArray &)> answer)
{
    HttpRoute route;
    route.method = method;
    route.segments = segmentsOf(path);
    route.handler = [answer = std::move(answer)](HttpExchange &exchange) {
        const QByteArray body = exchange.takeBody();
        exchange.respond(answer(exchange.request(), body));
    };
    m_routes.append(route);
}

void HttpRouter::addStreamed(const QByteArray &method, const QString &path, HttpRoute::Handler handler,
                             qint64 bodyLimit)
{
    HttpRoute route;
    route.method = method;
    route.segments = segmentsOf(path);
    route.handler = std::move(handler);
    route.bodyLimit = bodyLimit;
    route.isStreamed = true;
    m_routes.append(route);
}

HttpRouter::Match HttpRouter::match(const HttpRequest &request) const
{
    Match match;
    QByteArrayList allowed;
    const HttpRoute *get = nullptr;
    QHash<QString, QString> parametersOfGet;
    for (const HttpRoute &route : m_routes) {
        QHash<QString, QString> parameters;
        if (!matches(route.segments, request.segments, parameters))
            continue;
        if (route.method == request.method) {
            match.route = &route;
            match.parameters = parameters;
            return match;
        }
        if (route.method == "GET" && !get) {
            get = &route;
            parametersOfGet = parameters;
            allowed << "GET"
                    << "HEAD";
        } else if (!allowed.contains(route.method)) {
            allowed << route.method;
        }
    }
    if (get && request.method == "HEAD") {
        match.route = get;
        match.parameters = parametersOfGet;
        return match;
    }
    match.errorStatus = allowed.isEmpty() ? 404 : 405;
    match.allowed = allowed.join(", ");
    return match;
}

} // namespace lifeguard
