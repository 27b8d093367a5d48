// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/databasecopy.h"
#include "core/store/databaseinfo.h"
#include "core/store/databaseprobe.h"
#include "core/store/lockretry.h"

#include <QCoreApplication>
#include <QStringList>

#include <memory>

namespace lifeguard {

/// What is found out about a database file before it is opened, without changing it.
class DatabaseInspection
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::DatabaseInspection)

public:
    /// Inspects the file. Tries again while the file is locked, until the timeout of locks. A file that is to be read
    /// in a folder that cannot be written is copied. path: absolute, without links. Codes: those of DatabaseProbe, Io,
    /// DiskFull.
    [[nodiscard]] static Result<DatabaseInspection> of(const QString &path, OpenMode mode, IntegrityCheck check,
                                                       const LockPolicy &locks);
    /// Returns sentences for the user about properties of the file that can lead to a loss of data or of privacy.
    [[nodiscard]] static QStringList warnings(const QString &path);

    DatabaseInfo info;
    std::unique_ptr<DatabaseCopy> copy; ///< null unless the file had to be copied
};

} // namespace lifeguard
