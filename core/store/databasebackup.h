// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QCoreApplication>
#include <QString>

namespace lifeguard {

class Database;

/// Copies a database with SQLite's backup API, while other programs may write to it. The copy contains the database as
/// it was at one moment.
class DatabaseBackup
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::DatabaseBackup)

public:
    /// Writes the copy under a temporary name in the same folder, and renames it when it is complete. mayReplace: an
    /// existing file is replaced; otherwise it is an error. The database must belong to this thread.
    [[nodiscard]] static Status write(Database &database, const QString &path, bool mayReplace);
};

} // namespace lifeguard
