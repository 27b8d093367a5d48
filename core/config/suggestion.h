// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace lifeguard {

/// Returns the number of characters to insert, remove, replace or swap with their neighbour in order to turn one text
/// into the other.
[[nodiscard]] int editDistance(const QString &a, const QString &b);

/// Returns the name that a user who wrote this one probably meant, or an empty text if none is similar. Upper and lower
/// case, hyphens and underscores are equal.
[[nodiscard]] QString similarName(const QString &name, const QStringList &names);

/// Returns the sentence "Did you mean 'x'?", or, if no name is similar, "Allowed are a, b, c."
[[nodiscard]] QString suggestion(const QString &name, const QStringList &names);

} // namespace lifeguard
