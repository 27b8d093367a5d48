// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/job.h"

class QJsonObject;

namespace lifeguard {

/// Returns a sentence on why a job cannot have this type, or an empty string if it can. The rules are those for the type of a
/// pool, whatever program its workers run.
[[nodiscard]] QString jobTypeError(const QString &type);

/// Returns the JSON object in a text. The error is a sentence with the line and the column of the mistake. Pure.
[[nodiscard]] Result<QJsonObject> readPayloadObject(const QByteArray &json);

/// Returns a job with this type and payload. It has the paths and the correlation id that the payload names; its hash is
/// payloadHash(). The error (InvalidArgument) is a sentence on the type, or else on the payload. Pure.
[[nodiscard]] Result<NewJob> payloadJob(const QString &type, const QByteArray &json, int priority = 0);

} // namespace lifeguard
