// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/httpexchange.h"

#include "core/http/httpconnection.h"
#include "core/http/httplog.h"

#include <QDateTime>
#include <QLocale>

namespace lifeguard {
namespace {

/// Returns whether responses of this status have no body.
bool isBodyless(int status)
{
    return status < 200 || status == 204 || status == 304;
}

QByteArray dateHeader()
{
    return QLocale::c()
        .toString(QDateTime::currentDateTimeUtc(), QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'"))
        .toLatin1();
}

} // namespace

HttpExchange::HttpExchange(HttpConnection &connection, HttpRequest request)
    : QObject(&connection)
    , m_connection(connection)
    , m_request(std::move(request))
{
}

QByteArray HttpExchange::takeBody()
{
    QByteArray body = std::exchange(m_body, {});
    if (!body.isEmpty())
        m_connection.continueReading();
    return body;
}

void HttpExchange::respond(const HttpResponse &response)
{
    if (m_response != Response::NotBegun)
        return;
    beginResponse(response.status, response.headers, response.body.size());
    write(response.body);
    endResponse();
}

void HttpExchange::beginResponse(int status, const HttpHeaders &headers, std::optional<qint64> length)
{
    if (m_response != Response::NotBegun)
        return;
    m_response = Response::Body;
    m_sendsBody = m_request.method != "HEAD" && !isBodyless(status);
    HttpHeaders all = headers;
    all.emplaceBack("Date", dateHeader());
    bool endsWithConnection = false;
    if (!isBodyless(status)) {
        if (length) {
            m_remaining = length;
            all.emplaceBack("Content-Length", QByteArray::number(*length));
        } else if (m_request.version == 11) {
            m_sendsChunks = m_sendsBody;
            all.emplaceBack("Transfer-Encoding", "chunked");
        } else {
            endsWithConnection = true;
        }
    }
    if (!m_connection.keepsAlive() || endsWithConnection) {
        m_connection.closeAfterResponse();
        all.emplaceBack("Connection", "close");
    } else if (m_request.version == 10) {
        all.emplaceBack("Connection", "keep-alive");
    }
    m_connection.send(httpHead(status, all));
}

void HttpExchange::write(const QByteArray &bytes)
{
    if (m_response != Response::Body || bytes.isEmpty() || !m_sendsBody)
        return;
    if (m_remaining) {
        if (bytes.size() > *m_remaining) {
            qCWarning(lcHttp, "A response is longer than its Content-Length.");
            abort();
            return;
        }
        *m_remaining -= bytes.size();
    }
    if (m_sendsChunks)
        m_connection.send(QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n");
    else
        m_connection.send(bytes);
    m_wasWritable = isWritable();
}

void HttpExchange::endResponse()
{
    if (m_response != Response::Body)
        return;
    if (m_sendsBody && m_remaining.value_or(0) > 0) {
        qCWarning(lcHttp, "A response is shorter than its Content-Length.");
        abort();
        return;
    }
    if (m_sendsChunks)
        m_connection.send("0\r\n\r\n");
    m_response = Response::Ended;
    m_connection.endExchange();
}

bool HttpExchange::isWritable() const
{
    return m_connection.isWritable();
}

void HttpExchange::abort()
{
    m_connection.close();
}

} // namespace lifeguard
