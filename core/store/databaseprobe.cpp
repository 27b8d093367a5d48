// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/databaseprobe.h"

#include "core/store/schemamigrator.h"
#include "core/store/sqliteconnection.h"

#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>

#include <algorithm>

namespace lifeguard {
namespace {

/// Files up to this size are checked completely when they are opened. For larger files SQLite checks only the pages
/// that it reads.
constexpr qint64 fullCheckLimit = 16 * 1024 * 1024;

} // namespace

Status DatabaseProbe::checkFile() const
{
    if (m_path.isEmpty())
        return failure(ErrorCode::InvalidArgument, tr("No database was specified. Use --db FILE or set DB_PATH."));
    const QFileInfo file(m_path);
    const QFileInfo folder(file.absolutePath());
    const QString path = file.absoluteFilePath();
    if (file.isDir())
        return failure(ErrorCode::Foreign, tr("%1 is a folder, not a database. Specify a file in it.").arg(path));
    if (!file.exists()) {
        if (m_mode != OpenMode::Create)
            return failure(
                ErrorCode::NotFound,
                tr("%1 does not exist. Create it with 'lifeguardctl init --db FILE', or check the name.").arg(path));
        if (!folder.isDir())
            return failure(ErrorCode::NotFound,
                           tr("The folder %1 does not exist. Create it first.").arg(folder.filePath()));
        if (!folder.isWritable())
            return failure(ErrorCode::PermissionDenied,
                           tr("%1 cannot be created: you have no permission to write to the folder.").arg(path));
        return {};
    }
    if (!file.isReadable())
        return failure(ErrorCode::PermissionDenied, tr("%1 cannot be read: you have no permission.").arg(path));
    if (m_mode != OpenMode::ReadOnly && (!file.isWritable() || !folder.isWritable())) {
        return failure(ErrorCode::ReadOnly, tr("%1 cannot be written: the file or its folder is read-only for you. "
                                               "Open it with --read-only to watch it.")
                                                .arg(path));
    }
    return {};
}

Result<DatabaseInfo> DatabaseProbe::inspect() const
{
    const QString connection = nextConnectionName();
    Result<DatabaseInfo> info = inspect(connection);
    closeConnection(connection);
    return info;
}

Result<DatabaseInfo> DatabaseProbe::inspect(const QString &connection) const
{
    if (const Status opened = openConnection(connection, m_path, true); !opened)
        return failure(opened.error());
    const auto names = scalar(connection,
                              QStringLiteral("SELECT group_concat(name, ' ') FROM sqlite_master WHERE type = 'table'"));
    if (!names)
        return failure(names.error());
    const QStringList tables = names->toString().split(u' ', Qt::SkipEmptyParts);
    DatabaseInfo info;
    info.path = m_path;
    info.readOnly = m_mode == OpenMode::ReadOnly;
    if (tables.isEmpty()) {
        if (m_mode == OpenMode::Create)
            return info;
        return failure(ErrorCode::Foreign,
                       tr("%1 is empty. Create its tables with 'lifeguardctl init --db FILE', or choose another file.")
                           .arg(m_path));
    }
    if (!tables.contains(QStringLiteral("jobs")) || !tables.contains(QStringLiteral("workers"))) {
        return failure(
            ErrorCode::Foreign,
            tr("%1 is a database of another program: it has no tables 'jobs' and 'workers'. Choose another file.")
                .arg(m_path));
    }
    if (tables.contains(QStringLiteral("schema_version"))) {
        const auto version = scalar(connection, QStringLiteral("SELECT max(version) FROM schema_version"));
        if (!version)
            return failure(version.error());
        info.clxVersion = version->toInt();
    }
    if (const Status supported = checkVersions(connection, tables, info.clxVersion); !supported)
        return failure(supported.error());
    if (const Status usable = checkColumns(connection); !usable)
        return failure(usable.error());
    if (const Status intact = checkIntegrity(connection); !intact)
        return failure(intact.error());
    return info;
}

Status DatabaseProbe::checkVersions(const QString &connection, const QStringList &tables, int clxVersion) const
{
    const auto tooNew = [this](int required, int supported) {
        return failure(ErrorCode::TooNew, tr("%1 requires a newer program (schema version %2; this program supports "
                                             "versions up to %3). Update Lifeguard. The file was "
                                             "not changed.")
                                              .arg(m_path)
                                              .arg(required)
                                              .arg(supported));
    };
    if (clxVersion > SchemaMigrator::newestClxVersion)
        return tooNew(clxVersion, SchemaMigrator::newestClxVersion);
    int minimumVersion = 0;
    for (const SchemaMigrator::MinimumQuery &query : SchemaMigrator::minimumQueries) {
        if (!tables.contains(QLatin1String(query.table)))
            continue;
        const auto version = scalar(connection, QLatin1String(query.sql));
        if (!version)
            return failure(version.error());
        minimumVersion = std::max(minimumVersion, version->toInt());
    }
    if (minimumVersion > SchemaMigrator::ownVersion)
        return tooNew(minimumVersion, SchemaMigrator::ownVersion);
    return {};
}

/// Checks that the essential columns exist.
Status DatabaseProbe::checkColumns(const QString &connection) const
{
    const auto essential = scalar(
        connection,
        QStringLiteral("SELECT (SELECT count(*) FROM (SELECT id, job_type, status, priority, input_file, output_file, "
                       "content_hash, payload, attempts, max_attempts, worker_id FROM jobs LIMIT 1)) + "
                       "(SELECT count(*) FROM (SELECT id, worker_type, container_id, status, last_heartbeat FROM "
                       "workers LIMIT 1))"));
    if (essential)
        return {};
    if (essential.error().code == ErrorCode::Database) {
        return failure(
            ErrorCode::Foreign,
            tr("%1 is a database of another program: its tables 'jobs' and 'workers' have other columns.").arg(m_path),
            essential.error().detail);
    }
    return failure(essential.error());
}

Status DatabaseProbe::checkIntegrity(const QString &connection) const
{
    const bool isLarge = m_check == IntegrityCheck::Full && QFileInfo(m_path).size() > fullCheckLimit;
    if (m_check == IntegrityCheck::Skip || isLarge)
        return {};
    const auto check = scalar(connection, QStringLiteral("PRAGMA quick_check(1)"));
    if (!check)
        return failure(check.error());
    if (check->toString() == QStringLiteral("ok"))
        return {};
    return failure(
        ErrorCode::Corrupt,
        tr("%1 is damaged. Restore it from a backup, or recover its data with 'sqlite3 FILE .recover'.").arg(m_path),
        check->toString());
}

Result<QVariant> DatabaseProbe::scalar(const QString &connection, const QString &sql) const
{
    QSqlQuery query(QSqlDatabase::database(connection, false));
    if (!query.exec(sql))
        return failure(databaseError(query.lastError(), m_path));
    return query.next() ? query.value(0) : QVariant();
}

} // namespace lifeguard
