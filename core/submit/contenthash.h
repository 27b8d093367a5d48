// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

class QJsonObject;

namespace lifeguard {

/// SHA-256 (hex) of the data, as CLX hashes the input of diagrams.
[[nodiscard]] QString contentHash(const QByteArray &data);

/// The hash of a job by its payload: two jobs with the same hash and output make the same. Of notebooks as CLX makes it, of
/// "kind:prog_lang:language:format:" and the data; of another page or diagram of a file than its first, of the index and the
/// data; else of the data, or of the whole payload where it brings none.
[[nodiscard]] QString payloadHash(const QString &type, const QJsonObject &payload);

} // namespace lifeguard
