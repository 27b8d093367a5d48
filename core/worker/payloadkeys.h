// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// What our workers do with a key of a job's payload.
enum class PayloadKeyUse {
    Honoured, ///< it determines the output as in CLX and CLM
    Identity, ///< it only identifies the job, its files or the tools; the columns of the job take precedence
    Refused, ///< the job fails
};

/// A key that CLX, CLM or Lifeguard write to the payloads of jobs.
struct PayloadKey
{
    QString name;
    QJsonValue::Type type; ///< of the value; null is always accepted
    PayloadKeyUse use;

    bool operator==(const PayloadKey &) const = default;
};

/// Returns the keys of a job type, in the order of the documentation; an empty list for types of the user.
[[nodiscard]] QList<PayloadKey> payloadKeys(const QString &jobType);

/// Checks the payload of a job, so that no key is ignored silently. Returns a note for each key that is not known.
/// Fails with InvalidArgument, naming the key, if a value has the wrong type or if the key is refused. Pure.
[[nodiscard]] Result<QStringList> checkPayload(const QString &jobType, const QJsonObject &payload);

} // namespace lifeguard
