// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QStringList>

#include <functional>

namespace lifeguard {

class FileSchema;

/// Determines which migrations a file needs and which files this program supports.
///
/// Our own tables (lifeguard_…) change additively: a migration adds tables, and columns that may be NULL. The file
/// stores the oldest version of the program that may use it (lifeguard_migrations.minimum_version), and only older
/// programs refuse it. A program that opens a file of a newer version ignores unknown tables and columns.
///
/// Programs of versions 1 and 2 do not read lifeguard_migrations. They refuse a file in which lifeguard_schema_version
/// is higher than their own version, so no additive migration adds a row there; one that raises the minimum must.
class SchemaMigrator
{
public:
    static constexpr int newestClxVersion = 11; ///< versions 1 to 11 of CLX's schema exist
    static constexpr int ownVersion = 6; ///< the newest version of our own tables: the last
                                         ///< resources/sql/sqlite/migrations/lifeguard_NNNN.sql

    /// The queries that return the minimum version that a file requires; a file may lack either table. Programs of
    /// versions 1 and 2 compare the result of the first query with their own version.
    struct MinimumQuery
    {
        const char *table;
        const char *sql;
    };
    static constexpr MinimumQuery minimumQueries[] = {{"lifeguard_schema_version",
                                                       "SELECT max(version) FROM lifeguard_schema_version"},
                                                      {"lifeguard_migrations",
                                                       "SELECT max(minimum_version) FROM lifeguard_migrations"}};

    /// Returns the names of the scripts to run, in this order; empty for a file of this version or a newer one.
    [[nodiscard]] static QStringList missingMigrations(const FileSchema &schema);
    /// Runs the statements of the scripts through execute, up to the first error. To be called within a transaction.
    [[nodiscard]] static Status apply(const QStringList &scripts,
                                      const std::function<Status(const QString &statement)> &execute);
};

} // namespace lifeguard
