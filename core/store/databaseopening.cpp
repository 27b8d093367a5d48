// SPDX-License-Identifier: GPL-3.0-or-later
// Database: which files are opened, and how they get their tables.
#include "core/base/logging.h"
#include "core/store/database.h"
#include "core/store/sqliteconnection.h"
#include "core/store/sqltext.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlError>

namespace lifeguard {
namespace {

constexpr int newestClxVersion = 11; // shared/FACTS.md: versions 1 to 11 exist
constexpr int newestOwnVersion = 3; ///< the last of resources/sql/sqlite/migrations/lifeguard_NNNN.sql
/// Files up to this size are checked whole when opened; of larger ones only the pages that are read.
constexpr qint64 fullCheckLimit = 16 * 1024 * 1024;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Database", text);
}

/// Copies a database with its write-ahead log, so that it can be read where no shared memory can be made beside it.
Result<std::unique_ptr<QTemporaryDir>> copyOf(const QString &path)
{
    auto folder = std::make_unique<QTemporaryDir>();
    const QString copy = folder->filePath(QFileInfo(path).fileName());
    const QString log = path + QStringLiteral("-wal");
    if (!folder->isValid() || !QFile::copy(path, copy) || (QFile::exists(log) && !QFile::copy(log, copy + QStringLiteral("-wal"))))
        return failure(ErrorCode::Io,
                       tr("%1 is in a folder that cannot be written, and could not be copied to %2 to be watched. Make room there, or set TMPDIR to a folder "
                          "that can be written.")
                           .arg(path, QDir::tempPath()));
    return folder;
}

bool isSpent(const std::chrono::steady_clock::time_point &deadline)
{
    return std::chrono::steady_clock::now() >= deadline;
}

} // namespace

Result<std::unique_ptr<Database>> Database::open(const QString &path, OpenMode mode, std::chrono::milliseconds busyTimeout)
{
    const QFileInfo file(path);
    const QString absolute = file.absoluteFilePath();
    if (path.isEmpty())
        return failure(ErrorCode::InvalidArgument, tr("No database is named. Name one with --db FILE or DB_PATH."));
    if (file.isDir())
        return failure(ErrorCode::Foreign, tr("%1 is a folder, not a database. Name a file in it.").arg(absolute));
    const bool missing = !file.exists();
    if (missing && mode != OpenMode::Create)
        return failure(ErrorCode::NotFound, tr("%1 does not exist. Make it with 'lifeguardctl init --db FILE', or check the name.").arg(absolute));
    if (missing && !QFileInfo(file.absolutePath()).isDir())
        return failure(ErrorCode::NotFound, tr("The folder %1 does not exist. Make it first.").arg(file.absolutePath()));
    if (missing && !QFileInfo(file.absolutePath()).isWritable())
        return failure(ErrorCode::PermissionDenied, tr("%1 cannot be made: the folder is not writable for you.").arg(absolute));
    if (!missing && !file.isReadable())
        return failure(ErrorCode::PermissionDenied, tr("%1 cannot be read: you have no permission.").arg(absolute));
    if (!missing && mode != OpenMode::ReadOnly && (!file.isWritable() || !QFileInfo(file.absolutePath()).isWritable()))
        return failure(ErrorCode::ReadOnly, tr("%1 cannot be written: the file or its folder is read-only for you. Open it with --read-only to watch.").arg(absolute));

    DatabaseInfo info;
    info.path = absolute;
    info.created = missing;
    info.readOnly = mode == OpenMode::ReadOnly;
    QString opened = absolute;
    std::unique_ptr<QTemporaryDir> copy;
    if (!missing) {
        const auto deadline = std::chrono::steady_clock::now() + busyTimeout;
        int tries = 0;
        for (;;) {
            Result<DatabaseInfo> found = probe(opened, mode);
            if (found) {
                info = *found;
                info.path = absolute;
                break;
            }
            const ErrorCode code = found.error().code;
            const bool noSharedMemory = code == ErrorCode::ReadOnly || code == ErrorCode::PermissionDenied;
            if (mode == OpenMode::ReadOnly && noSharedMemory && !copy && !QFileInfo(file.absolutePath()).isWritable()) {
                Result<std::unique_ptr<QTemporaryDir>> made = copyOf(absolute);
                if (!made)
                    return tl::unexpected(made.error());
                copy = std::move(*made);
                opened = copy->filePath(file.fileName());
                continue;
            }
            if (code != ErrorCode::Busy || isSpent(deadline))
                return tl::unexpected(found.error());
            pauseForLock(++tries);
        }
    }
    if (copy)
        info.notice = tr("The folder of %1 cannot be written: what is shown is a copy, as it was when it was opened.").arg(absolute);

    const QString name = nextConnectionName();
    if (const Status connected = openConnection(name, opened, info.readOnly); !connected) {
        closeConnection(name);
        return tl::unexpected(connected.error());
    }
    std::unique_ptr<Database> database(new Database(name, info, busyTimeout));
    database->m_copy = std::move(copy);
    if (!info.readOnly) {
        if (const Status ready = database->migrate(); !ready)
            return tl::unexpected(ready.error());
    }
    database->loadColumns();
    return database;
}

Result<DatabaseInfo> Database::probe(const QString &path, OpenMode mode)
{
    const QString name = nextConnectionName();
    const auto look = [&]() -> Result<DatabaseInfo> {
        if (const Status opened = openConnection(name, path, true); !opened)
            return tl::unexpected(opened.error());
        const auto scalar = [&](const QString &sql) -> Result<QVariant> {
            QSqlQuery query(QSqlDatabase::database(name, false));
            if (!query.exec(sql))
                return failure(describe(query.lastError(), path));
            return query.next() ? query.value(0) : QVariant();
        };
        const auto tables = scalar(QStringLiteral("SELECT group_concat(name, ' ') FROM sqlite_master WHERE type = 'table'"));
        if (!tables)
            return tl::unexpected(tables.error());
        const QStringList names = tables->toString().split(u' ', Qt::SkipEmptyParts);
        DatabaseInfo info;
        info.path = path;
        info.readOnly = mode == OpenMode::ReadOnly;
        if (names.isEmpty()) {
            if (mode == OpenMode::Create)
                return info;
            return failure(ErrorCode::Foreign, tr("%1 is empty. Make its tables with 'lifeguardctl init --db FILE', or choose another file.").arg(path));
        }
        if (!names.contains(QStringLiteral("jobs")) || !names.contains(QStringLiteral("workers")))
            return failure(ErrorCode::Foreign, tr("%1 is a database of another program: it has no tables 'jobs' and 'workers'. Choose another file.").arg(path));
        if (names.contains(QStringLiteral("schema_version"))) {
            const auto version = scalar(QStringLiteral("SELECT max(version) FROM schema_version"));
            if (!version)
                return tl::unexpected(version.error());
            info.clxVersion = version->toInt();
        }
        // The oldest version of Lifeguard's tables that a program must know to use the file. A file of a newer version is opened as long
        // as its minimum allows it.
        int minimumVersion = 0;
        for (const auto &[table, sql] : {std::pair("lifeguard_schema_version", "SELECT max(version) FROM lifeguard_schema_version"),
                                         std::pair("lifeguard_migrations", "SELECT max(minimum_version) FROM lifeguard_migrations")}) {
            if (!names.contains(QLatin1String(table)))
                continue;
            const auto version = scalar(QLatin1String(sql));
            if (!version)
                return tl::unexpected(version.error());
            minimumVersion = std::max(minimumVersion, version->toInt());
        }
        if (info.clxVersion > newestClxVersion || minimumVersion > newestOwnVersion) {
            return failure(ErrorCode::TooNew,
                           tr("%1 needs a newer program: its tables have version %2, and this program supports versions up to %3. Update Lifeguard. "
                              "The file was not changed.")
                               .arg(path)
                               .arg(info.clxVersion > newestClxVersion ? info.clxVersion : minimumVersion)
                               .arg(info.clxVersion > newestClxVersion ? newestClxVersion : newestOwnVersion));
        }
        // The columns without which nothing can be shown.
        const auto essential = scalar(QStringLiteral("SELECT (SELECT count(*) FROM (SELECT id, job_type, status, priority, input_file, output_file, "
                                                     "content_hash, payload, attempts, max_attempts, worker_id FROM jobs LIMIT 1)) + "
                                                     "(SELECT count(*) FROM (SELECT id, worker_type, container_id, status, last_heartbeat FROM workers LIMIT 1))"));
        if (!essential) {
            if (essential.error().code == ErrorCode::Database)
                return failure(ErrorCode::Foreign, tr("%1 is a database of another program: its tables 'jobs' and 'workers' have other columns.").arg(path), essential.error().detail);
            return tl::unexpected(essential.error());
        }
        if (QFileInfo(path).size() <= fullCheckLimit) {
            const auto check = scalar(QStringLiteral("PRAGMA quick_check(1)"));
            if (!check)
                return tl::unexpected(check.error());
            if (check->toString() != QStringLiteral("ok"))
                return failure(ErrorCode::Corrupt, tr("%1 is damaged. Restore it from a backup, or save what can be read with 'sqlite3 FILE .recover'.").arg(path), check->toString());
        }
        return info;
    };
    Result<DatabaseInfo> result = look();
    closeConnection(name);
    return result;
}

Status Database::migrate()
{
    const auto pragma = [this](const QString &sql) -> Result<QString> {
        QSqlQuery query(QSqlDatabase::database(m_connection, false));
        LockWait wait;
        while (!query.exec(sql)) {
            if (!isBusy(query.lastError()) || !pause(wait))
                return failure(describe(query.lastError(), m_info.path));
        }
        return query.next() ? query.value(0).toString() : QString();
    };
    const Result<QString> mode = pragma(QStringLiteral("PRAGMA journal_mode = WAL"));
    if (!mode)
        return tl::unexpected(mode.error());
    if (*mode != QStringLiteral("wal"))
        return failure(ErrorCode::Database, tr("%1 cannot be switched to write-ahead logging (it stays '%2'). Put it on a local disk.").arg(m_info.path, *mode));
    if (const auto synchronous = pragma(QStringLiteral("PRAGMA synchronous = NORMAL")); !synchronous)
        return tl::unexpected(synchronous.error());
    loadColumns();
    // A file of a newer version has all tables and columns of this one.
    if (hasTable(QStringLiteral("jobs")) && hasTable(QStringLiteral("lifeguard_migrations")))
        return {};
    const Status migrated = transaction([this]() -> Status {
        loadColumns(); // another program may have made them meanwhile
        QStringList scripts;
        if (!hasTable(QStringLiteral("jobs")))
            scripts.append(QStringLiteral("clx_0011"));
        if (!hasTable(QStringLiteral("lifeguard_schema_version")))
            scripts.append(QStringLiteral("lifeguard_0001"));
        if (!hasColumn(QStringLiteral("lifeguard_workers"), QStringLiteral("spec")))
            scripts.append(QStringLiteral("lifeguard_0002"));
        if (!hasTable(QStringLiteral("lifeguard_migrations")))
            scripts.append(QStringLiteral("lifeguard_0003"));
        for (const QString &script : scripts) {
            const Result<QStringList> statements = sqlScript(script);
            if (!statements)
                return tl::unexpected(statements.error());
            for (const QString &statement : *statements) {
                if (const Status done = execText(statement); !done)
                    return done;
            }
        }
        if (scripts.contains(QStringLiteral("clx_0011")))
            m_info.clxVersion = newestClxVersion;
        return {};
    });
    loadColumns();
    return migrated;
}

void Database::loadColumns()
{
    m_columns.clear();
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    query.setForwardOnly(true);
    if (!query.exec(QStringLiteral("SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'"))) {
        qCWarning(lcStore) << "cannot read the columns:" << query.lastError().text();
        return;
    }
    while (query.next())
        m_columns[query.value(0).toString()].insert(query.value(1).toString());
    if (query.exec(QStringLiteral("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'jobs'")) && query.next()) {
        const QString definition = query.value(0).toString();
        m_knowsCancelled = !definition.contains(QLatin1String("'pending'")) || definition.contains(QLatin1String("'cancelled'"));
    }
}

} // namespace lifeguard
