// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QHash>
#include <QSet>
#include <QString>

namespace lifeguard {

/// The tables and columns of an opened file. Files of all versions of CLX's schema are supported, so statements omit
/// the columns that a file lacks. A value class.
class FileSchema
{
public:
    /// Reads the schema through this connection, which must belong to the current thread.
    [[nodiscard]] static Result<FileSchema> read(const QString &connection, const QString &path);

    [[nodiscard]] bool hasTable(const QString &table) const { return m_columns.contains(table); }
    [[nodiscard]] bool hasColumn(const QString &table, const QString &column) const;
    /// Returns whether the file has a table, an index or a trigger of this name.
    [[nodiscard]] bool hasObject(const QString &name) const { return m_objects.contains(name); }
    /// Returns whether triggers keep the table lifeguard_job_counts up to date.
    [[nodiscard]] bool countsJobs() const;
    /// Returns whether triggers keep the counts of lifeguard_submissions up to date.
    [[nodiscard]] bool countsSubmissions() const;
    /// Returns whether the CHECK of jobs.status accepts 'cancelled'. A file that CLX migrated from version 1 has the
    /// columns of a newer version, but still rejects this status.
    [[nodiscard]] bool acceptsCancelled() const { return m_acceptsCancelled; }

private:
    QHash<QString, QSet<QString>> m_columns; ///< by table
    QSet<QString> m_objects; ///< names of tables, indexes and triggers
    bool m_acceptsCancelled = true;
};

} // namespace lifeguard
