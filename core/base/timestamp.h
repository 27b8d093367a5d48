// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>

namespace lifeguard {

/// Time as CLX's databases store it: naive UTC text, "YYYY-MM-DD HH:MM:SS.zzz". Text compares in the order of time.
[[nodiscard]] QString toSqlTime(const QDateTime &time);

/// Reads a stored time as UTC, with or without fractions, with a blank or a T between date and time. Invalid if empty or
/// unreadable.
[[nodiscard]] QDateTime fromSqlTime(const QString &text);

} // namespace lifeguard
