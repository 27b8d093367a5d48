// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/job.h"

class QJsonObject;

namespace lifeguard {

/// Returns a sentence that explains why a job cannot have this type; an empty string if it can. The rules are those for
/// the type of a pool, regardless of the program that its workers run.
[[nodiscard]] QString jobTypeError(const QString &type);

/// Returns the JSON object in a text. The error is a sentence with the line and the column of the problem. Pure.
[[nodiscard]] Result<QJsonObject> readPayloadObject(const QByteArray &json);

/// Returns a job with this type and payload. Its paths and its correlation id are those in the payload; its hash is
/// payloadHash(). The error (InvalidArgument) describes the problem of the type, or else of the payload. Pure.
[[nodiscard]] Result<NewJob> payloadJob(const QString &type, const QByteArray &json, int priority = 0);

/// Returns the title of a submission of jobs that need no file: "5 noop jobs".
[[nodiscard]] QString payloadTitle(const QString &type, int count);

} // namespace lifeguard
