// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>

namespace lifeguard {

/// Returns a time in the format of CLX's databases: UTC without a zone, "YYYY-MM-DD HH:MM:SS.zzz". The alphabetical
/// order of such texts is the chronological one.
[[nodiscard]] QString toSqlTime(const QDateTime &time);

/// Parses a stored time as UTC, with or without fractions of a second, with a space or a T between date and time.
/// Returns an invalid time if the text is empty or malformed.
[[nodiscard]] QDateTime fromSqlTime(const QString &text);

} // namespace lifeguard
