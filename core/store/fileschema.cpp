// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/fileschema.h"

#include "core/store/sqliteconnection.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>

namespace lifeguard {

Result<FileSchema> FileSchema::read(const QString &connection, const QString &path)
{
    FileSchema schema;
    QSqlQuery query(QSqlDatabase::database(connection, false));
    query.setForwardOnly(true);
    if (!query.exec(QStringLiteral(
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'")))
        return failure(databaseError(query.lastError(), path));
    while (query.next())
        schema.m_columns[query.value(0).toString()].insert(query.value(1).toString());
    if (!query.exec(QStringLiteral("SELECT name FROM sqlite_master")))
        return failure(databaseError(query.lastError(), path));
    while (query.next())
        schema.m_objects.insert(query.value(0).toString());
    if (!query.exec(QStringLiteral("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'jobs'")))
        return failure(databaseError(query.lastError(), path));
    if (query.next()) {
        const QString definition = query.value(0).toString();
        const bool hasCheck = definition.contains(QLatin1String("'pending'"));
        schema.m_acceptsCancelled = !hasCheck || definition.contains(QLatin1String("'cancelled'"));
    }
    return schema;
}

bool FileSchema::hasColumn(const QString &table, const QString &column) const
{
    return m_columns.value(table).contains(column);
}

bool FileSchema::countsJobs() const
{
    for (const char *name : {"lifeguard_job_counts", "lifeguard_jobs_inserted", "lifeguard_jobs_changed",
                             "lifeguard_jobs_retyped", "lifeguard_jobs_deleted"}) {
        if (!hasObject(QLatin1String(name)))
            return false;
    }
    return true;
}

bool FileSchema::countsSubmissions() const
{
    return hasObject(QStringLiteral("lifeguard_jobs_of_submission_changed"))
        && hasObject(QStringLiteral("lifeguard_jobs_forgotten"));
}

} // namespace lifeguard
