// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QNetworkReply>
#include <QNetworkRequest>

namespace lifeguard {

/// The verb that goes over the wire; empty where it is none: a custom one with other characters than a verb may have.
[[nodiscard]] QByteArray httpVerb(QNetworkAccessManager::Operation operation, const QNetworkRequest &request);

/// What a request begins with: its line, and the headers up to and with the blank line. bodyHeader: the one that says how the body is
/// delimited, with its line end; empty: there is none. closes: the connection serves this request alone. The request's own headers
/// about these matters are left out, as is one that holds a line break.
[[nodiscard]] QByteArray httpRequestHead(const QByteArray &verb, const QNetworkRequest &request, const QByteArray &bodyHeader, bool closes);

/// What QNetworkReply calls an answer of that status: NoError below 400.
[[nodiscard]] QNetworkReply::NetworkError networkErrorOf(int status);

} // namespace lifeguard
