// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/job.h"

class QJsonObject;

namespace lifeguard {

/// Why no job can have this type, as a sentence: the same rules as for a pool of it, whatever runs that; empty: it can.
[[nodiscard]] QString wrongWithType(const QString &type);

/// The object that the JSON text is. The error says, as a sentence, in which line and column it is none. Pure.
[[nodiscard]] Result<QJsonObject> readPayloadObject(const QByteArray &json);

/// The job of this type that a payload makes: paths and correlation id are those that it names, its hash is payloadHash(). The
/// error (InvalidArgument) is a sentence on the type, else on the payload. Pure.
[[nodiscard]] Result<NewJob> payloadJob(const QString &type, const QByteArray &json, int priority = 0);

} // namespace lifeguard
