// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/httpmessages.h"

#include <algorithm>

namespace lifeguard {
namespace {

bool isVerb(const QByteArray &verb)
{
    const auto isVerbCharacter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-'; };
    return !verb.isEmpty() && std::all_of(verb.begin(), verb.end(), isVerbCharacter);
}

bool isReservedHeader(const QByteArray &header)
{
    const QByteArray name = header.toLower();
    return name == "host" || name == "connection" || name == "content-length" || name == "transfer-encoding" || name == "expect";
}

bool isOneLine(const QByteArray &text)
{
    return !text.contains('\r') && !text.contains('\n') && !text.contains('\0');
}

} // namespace

QByteArray httpVerb(QNetworkAccessManager::Operation operation, const QNetworkRequest &request)
{
    switch (operation) {
    case QNetworkAccessManager::HeadOperation:
        return "HEAD";
    case QNetworkAccessManager::GetOperation:
        return "GET";
    case QNetworkAccessManager::PutOperation:
        return "PUT";
    case QNetworkAccessManager::PostOperation:
        return "POST";
    case QNetworkAccessManager::DeleteOperation:
        return "DELETE";
    default:
        break;
    }
    const QByteArray verb = request.attribute(QNetworkRequest::CustomVerbAttribute).toByteArray();
    return isVerb(verb) ? verb : QByteArray();
}

QByteArray httpRequestHead(const QByteArray &verb, const QNetworkRequest &request, const QByteArray &bodyHeader, bool closes)
{
    const QUrl url = request.url();
    QByteArray head = verb + ' ' + (url.path().isEmpty() ? QByteArray("/") : url.path(QUrl::FullyEncoded).toLatin1());
    if (url.hasQuery())
        head += '?' + url.query(QUrl::FullyEncoded).toLatin1();
    const QString host = url.host(QUrl::FullyEncoded); // an IPv6 address is in brackets already
    head += " HTTP/1.1\r\nHost: " + (host.contains(u':') && !host.startsWith(u'[') ? u'[' + host + u']' : host).toLatin1();
    if (url.port() != -1)
        head += ':' + QByteArray::number(url.port());
    head += "\r\nUser-Agent: lifeguard/" LIFEGUARD_VERSION "\r\n";
    const QList<QByteArray> names = request.rawHeaderList();
    for (const QByteArray &name : names) {
        const QByteArray value = request.rawHeader(name);
        if (!isReservedHeader(name) && isOneLine(name) && isOneLine(value))
            head += name + ": " + value + "\r\n";
    }
    if (closes)
        head += "Connection: close\r\n";
    return head + bodyHeader + "\r\n";
}

QNetworkReply::NetworkError networkErrorOf(int status)
{
    switch (status) {
    case 401:
        return QNetworkReply::AuthenticationRequiredError;
    case 400:
    case 418:
        return QNetworkReply::ProtocolInvalidOperationError;
    case 403:
        return QNetworkReply::ContentAccessDenied;
    case 404:
        return QNetworkReply::ContentNotFoundError;
    case 405:
        return QNetworkReply::ContentOperationNotPermittedError;
    case 407:
        return QNetworkReply::ProxyAuthenticationRequiredError;
    case 409:
        return QNetworkReply::ContentConflictError;
    case 410:
        return QNetworkReply::ContentGoneError;
    case 500:
        return QNetworkReply::InternalServerError;
    case 501:
        return QNetworkReply::OperationNotImplementedError;
    case 503:
        return QNetworkReply::ServiceUnavailableError;
    default:
        return status >= 500 ? QNetworkReply::UnknownServerError : status >= 400 ? QNetworkReply::UnknownContentError : QNetworkReply::NoError;
    }
}

} // namespace lifeguard
