// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace lifeguard {

/// A database and the workspace that it is opened with.
struct DatabaseChoice
{
    QString database; ///< absolute
    QString workspace; ///< absolute
    bool readOnly = false;

    bool operator==(const DatabaseChoice &) const = default;
};

/// Returns the databases that were opened before, at most ten, the most recent first. They are stored in the user's settings.
[[nodiscard]] QList<DatabaseChoice> recentDatabases();
/// Makes the choice the most recent one. Call it after the database was opened successfully.
void rememberDatabase(const DatabaseChoice &choice);

} // namespace lifeguard
