// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>
#include <QUrlQuery>

#include <optional>
#include <utility>

namespace lifeguard {

using HttpHeaders = QList<std::pair<QByteArray, QByteArray>>;

/// The header of a request. A value type.
struct HttpRequest
{
    QByteArray method; ///< "GET"; case-sensitive
    QByteArray target; ///< as it was sent
    QStringList segments; ///< of the path, decoded: {"v1", "jobs", "12"}; empty for "/"
    QUrlQuery query;
    int version = 11; ///< 10 or 11
    HttpHeaders headers; ///< in their original order and spelling
    std::optional<quint64> contentLength; ///< nothing if the body is chunked or if there is none
    bool isChunked = false;
    bool keepsAlive = true; ///< the client can send another request
    QHash<QString, QString> parameters; ///< of the path, by the name in the route: {"id": "12"}

    bool operator==(const HttpRequest &) const = default;

    /// Returns the value of the first header of this name, whatever its case; empty if there is none.
    [[nodiscard]] QByteArray header(const char *name) const;
    [[nodiscard]] qsizetype countHeaders(const char *name) const;
    [[nodiscard]] bool hasBody() const { return isChunked || contentLength.value_or(0) > 0; }
    /// Reads segments and query from a target. Returns false for targets that no route can mean: those with encoded
    /// slashes, NUL characters, dot segments or invalid UTF-8.
    [[nodiscard]] bool setTarget(const QByteArray &value);
};

} // namespace lifeguard
