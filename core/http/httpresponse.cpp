// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/httpresponse.h"

#include "core/http/httplog.h"

#include <QJsonDocument>

#define BOOST_DISABLE_ASSERTS
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>

#include <algorithm>
#include <cctype>

namespace lifeguard {

namespace http = boost::beast::http;

namespace {

bool isToken(const QByteArray &name)
{
    return !name.isEmpty() && std::all_of(name.cbegin(), name.cend(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
    });
}

bool isOneLine(const QByteArray &value)
{
    return !value.contains('\r') && !value.contains('\n') && !value.contains('\0');
}

boost::beast::string_view viewOf(const QByteArray &text)
{
    return {text.constData(), std::size_t(text.size())};
}

} // namespace

HttpResponse HttpResponse::text(int status, const QByteArray &body)
{
    return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, body};
}

HttpResponse HttpResponse::json(int status, const QJsonObject &body)
{
    return {status, {{"Content-Type", "application/json"}}, QJsonDocument(body).toJson(QJsonDocument::Compact) + '\n'};
}

HttpResponse HttpResponse::error(int status, const QByteArray &detail)
{
    const auto reason = http::obsolete_reason(static_cast<http::status>(status));
    QByteArray line = QByteArray::number(status) + ' ' + QByteArray(reason.data(), qsizetype(reason.size()));
    if (!detail.isEmpty())
        line += ": " + detail;
    return text(status, line + '\n');
}

QByteArray httpHead(int status, const HttpHeaders &headers)
{
    http::response<http::empty_body> response;
    response.version(11);
    response.result(static_cast<unsigned>(status));
    for (const auto &[name, value] : headers) {
        if (isToken(name) && isOneLine(value))
            response.insert(viewOf(name), viewOf(value));
        else
            qCWarning(lcHttp, "A header of a response was left out, because it is malformed.");
    }
    QByteArray bytes;
    http::response_serializer<http::empty_body> serializer(response);
    boost::beast::error_code error;
    while (!serializer.is_done() && !error) {
        serializer.next(error, [&](boost::beast::error_code &, const auto &buffers) {
            std::size_t size = 0;
            for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
                bytes.append(static_cast<const char *>(buffer.data()), qsizetype(buffer.size()));
                size += buffer.size();
            }
            serializer.consume(size);
        });
    }
    return bytes;
}

} // namespace lifeguard
