// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

class QJsonObject;

namespace lifeguard {

/// Returns the SHA-256 of the data in hexadecimal digits, as CLX hashes the inputs of diagrams.
[[nodiscard]] QString contentHash(const QByteArray &data);

/// Returns the content hash of a job with this payload, as CLX computes it: the contentHash() of the payload's data,
/// after "kind:prog_lang:language:format:" for notebooks; or of the whole payload if it has no data. Everything else on
/// which an output depends is part of its fingerprint (core/model/fingerprint.h).
[[nodiscard]] QString payloadHash(const QString &type, const QJsonObject &payload);

} // namespace lifeguard
