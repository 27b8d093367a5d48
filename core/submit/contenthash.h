// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

class QJsonObject;

namespace lifeguard {

/// Returns the SHA-256 of the data in hexadecimal digits, as CLX hashes the inputs of diagrams.
[[nodiscard]] QString contentHash(const QByteArray &data);

/// Returns the content hash of a job with this payload: two jobs with the same hash and output file have the same
/// result. It is the contentHash() of the payload's data, after
///  - "kind:prog_lang:language:format:" for notebooks, as in CLX,
///  - the name and value of the index, for diagrams other than the first one of a file,
/// or of the whole payload if it has no data.
[[nodiscard]] QString payloadHash(const QString &type, const QJsonObject &payload);

} // namespace lifeguard
