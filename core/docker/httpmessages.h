// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QNetworkReply>
#include <QNetworkRequest>

namespace lifeguard {

/// Returns the verb to send; empty if a custom verb contains invalid characters.
[[nodiscard]] QByteArray httpVerb(QNetworkAccessManager::Operation operation, const QNetworkRequest &request);

/// Returns the head of a request: the request line and the headers, with the final blank line. bodyHeader: the header
/// that describes the length of the body, with its line end; empty if there is no body. closes: whether the connection
/// is closed after this request. Omits the headers of the request that would conflict with these (Host, Connection,
/// Content-Length, Transfer-Encoding, Expect), and headers that contain a line break.
[[nodiscard]] QByteArray httpRequestHead(const QByteArray &verb, const QNetworkRequest &request,
                                         const QByteArray &bodyHeader, bool closes);

/// Returns the error that QNetworkReply uses for a status; NoError below 400.
[[nodiscard]] QNetworkReply::NetworkError networkErrorOf(int status);

} // namespace lifeguard
