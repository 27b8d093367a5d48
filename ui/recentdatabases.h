// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace lifeguard {

/// A database with the workspace it was opened with.
struct DatabaseChoice
{
    QString database; ///< absolute
    QString workspace; ///< absolute
    bool readOnly = false; ///< only watched

    bool operator==(const DatabaseChoice &) const = default;
};

/// The databases opened lately, the last one first; kept in the user's settings, at most ten.
[[nodiscard]] QList<DatabaseChoice> recentDatabases();
/// Puts it first. Call it once it was really opened.
void rememberDatabase(const DatabaseChoice &choice);

} // namespace lifeguard
