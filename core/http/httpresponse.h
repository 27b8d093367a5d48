// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/httprequest.h"

#include <QJsonObject>

namespace lifeguard {

/// A response with a short body. A value type.
struct HttpResponse
{
    int status = 200;
    HttpHeaders headers; ///< without those about the length of the body and the connection
    QByteArray body;

    bool operator==(const HttpResponse &) const = default;
    [[nodiscard]] static HttpResponse text(int status, const QByteArray &body);
    [[nodiscard]] static HttpResponse json(int status, const QJsonObject &body);
    /// Returns a response that names the error, with one line of text as its body.
    [[nodiscard]] static HttpResponse error(int status, const QByteArray &detail = {});
};

/// Returns the first lines of a response, with the empty line after them. Header names and values that would break
/// the lines are left out.
[[nodiscard]] QByteArray httpHead(int status, const HttpHeaders &headers);

} // namespace lifeguard
