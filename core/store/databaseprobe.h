// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/databaseinfo.h"

#include <QCoreApplication>
#include <QVariant>

namespace lifeguard {

/// Checks whether a file can be used as a database, without writing to it (docs/protocol.md, "Opening a database").
/// Error messages name the file and the reason.
class DatabaseProbe
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::DatabaseProbe)

public:
    DatabaseProbe(const QString &path, OpenMode mode, IntegrityCheck check = IntegrityCheck::Full)
        : m_path(path)
        , m_mode(mode)
        , m_check(check)
    {
    }

    /// Checks existence, kind and permissions of the file and its folder. Codes: InvalidArgument, NotFound,
    /// PermissionDenied, Foreign, ReadOnly.
    [[nodiscard]] Status checkFile() const;
    /// Opens the existing file read-only and checks its tables, versions and integrity. Codes: Foreign, Corrupt,
    /// TooNew, Busy, ReadOnly, PermissionDenied.
    [[nodiscard]] Result<DatabaseInfo> inspect() const;

private:
    [[nodiscard]] Result<DatabaseInfo> inspect(const QString &connection) const;
    [[nodiscard]] Status checkVersions(const QString &connection, const QStringList &tables, int clxVersion) const;
    [[nodiscard]] Status checkColumns(const QString &connection) const;
    [[nodiscard]] Status checkIntegrity(const QString &connection) const;
    [[nodiscard]] Result<QVariant> scalar(const QString &connection, const QString &sql) const;

    QString m_path;
    OpenMode m_mode;
    IntegrityCheck m_check;
};

} // namespace lifeguard
