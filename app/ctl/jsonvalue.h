// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/message.h"

#include <QDateTime>
#include <QJsonValue>
#include <QString>

#include <optional>

namespace lifeguard::ctl {

// JSON values in which null represents a missing value, as NULL does in the database.

/// Returns null for an empty text.
[[nodiscard]] QJsonValue valueOrNull(const QString &text);
/// Returns the time as the database stores it (UTC); null for an invalid time.
[[nodiscard]] QJsonValue valueOrNull(const QDateTime &time);
/// Returns null for 0, which is not a valid id.
[[nodiscard]] QJsonValue valueOrNull(qint64 id);
/// Returns the duration in seconds.
[[nodiscard]] QJsonValue valueOrNull(const std::optional<milliseconds> &duration);

/// Returns the code of a message; null if its text is not in the catalogue.
[[nodiscard]] QJsonValue messageCode(const Message &message);
/// Returns the count and the arguments of a message as an object; null if it has none.
[[nodiscard]] QJsonValue messageParameters(const Message &message);

} // namespace lifeguard::ctl
