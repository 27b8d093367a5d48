// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"

#include "core/base/logging.h"
#include "core/store/sqltext.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QSqlDatabase>
#include <QSqlError>
#include <QThread>

#include <algorithm>
#include <atomic>

namespace lifeguard {
namespace {

constexpr int newestClxVersion = 11; // shared/FACTS.md: versions 1 to 11 exist
constexpr int newestOwnVersion = 1;
/// Files up to this size are checked whole when opened; of larger ones only the pages that are read.
constexpr qint64 fullCheckLimit = 16 * 1024 * 1024;

// Primary result codes of SQLite (the extended ones carry more in the upper bytes).
constexpr int sqliteBusy = 5;
constexpr int sqliteLocked = 6;
constexpr int sqliteReadOnly = 8;
constexpr int sqliteIoErr = 10;
constexpr int sqliteCorrupt = 11;
constexpr int sqliteFull = 13;
constexpr int sqliteCantOpen = 14;
constexpr int sqliteNotADatabase = 26;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Database", text);
}

int primaryCode(const QSqlError &error)
{
    return error.nativeErrorCode().toInt() & 0xff;
}

bool isBusy(const QSqlError &error)
{
    const int code = primaryCode(error);
    return code == sqliteBusy || code == sqliteLocked;
}

Error describe(const QSqlError &error, const QString &path)
{
    const QString detail = error.text();
    switch (primaryCode(error)) {
    case sqliteBusy:
    case sqliteLocked:
        return {ErrorCode::Busy, tr("%1 is locked by another program. It is tried again; if it stays so, close that program.").arg(path), detail};
    case sqliteReadOnly:
        return {ErrorCode::ReadOnly, tr("%1 cannot be written. Check its permissions, or open it read-only.").arg(path), detail};
    case sqliteIoErr:
        return {ErrorCode::Io, tr("%1 could not be read or written: an error of the disk or file system.").arg(path), detail};
    case sqliteCorrupt:
        return {ErrorCode::Corrupt, tr("%1 is damaged. Restore it from a backup, or save what can be read with 'sqlite3 FILE .recover'.").arg(path), detail};
    case sqliteFull:
        return {ErrorCode::DiskFull, tr("There is no space left on the disk of %1. Make room; nothing was lost.").arg(path), detail};
    case sqliteCantOpen:
        return {ErrorCode::PermissionDenied, tr("%1 cannot be opened. Check the permissions of the file and of its folder.").arg(path), detail};
    case sqliteNotADatabase:
        return {ErrorCode::Foreign, tr("%1 is not a database. Choose another file.").arg(path), detail};
    default:
        return {ErrorCode::Database, tr("The database %1 answered with an error: %2").arg(path, error.databaseText()), detail};
    }
}

QString nextConnectionName()
{
    static std::atomic<int> counter{0};
    return QStringLiteral("lifeguard-%1").arg(++counter);
}

/// Opens a connection; the caller removes it.
Status openConnection(const QString &name, const QString &path, bool readOnly)
{
    if (!QSqlDatabase::isDriverAvailable(QStringLiteral("QSQLITE")))
        return failure(ErrorCode::ToolMissing, tr("Qt's SQLite driver is not installed: apt install libqt6sql6-sqlite"));
    QSqlDatabase connection = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
    connection.setDatabaseName(path);
    // Waiting for locks is done in Database::exec(), fairly; SQLite's own handler starves some (shared/FACTS.md).
    QString options = QStringLiteral("QSQLITE_BUSY_TIMEOUT=0");
    if (readOnly)
        options += QStringLiteral(";QSQLITE_OPEN_READONLY");
    connection.setConnectOptions(options);
    if (!connection.open())
        return failure(describe(connection.lastError(), path));
    return {};
}

void closeConnection(const QString &name)
{
    {
        QSqlDatabase connection = QSqlDatabase::database(name, false);
        connection.close();
    }
    QSqlDatabase::removeDatabase(name);
}

/// Waits a random moment, so that those who wait for a lock get it in turns: short at first, since most transactions take
/// less than 0.1 ms, then longer, up to some 3 ms, so that many who wait do not burn the processor.
void pauseForLock(int tries)
{
    constexpr int longestStep = 10;
    QThread::usleep(static_cast<unsigned long>(50 + QRandomGenerator::global()->bounded(250)) * static_cast<unsigned long>(std::min(tries, longestStep)));
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

Database::Database(QString connection, DatabaseInfo info, std::chrono::milliseconds busyTimeout)
    : m_connection(std::move(connection)), m_info(std::move(info)), m_busyTimeout(busyTimeout)
{
}

Database::~Database()
{
    m_statements.clear();
    closeConnection(m_connection);
}

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
        int ownVersion = 0;
        if (names.contains(QStringLiteral("lifeguard_schema_version"))) {
            const auto version = scalar(QStringLiteral("SELECT max(version) FROM lifeguard_schema_version"));
            if (!version)
                return tl::unexpected(version.error());
            ownVersion = version->toInt();
        }
        if (info.clxVersion > newestClxVersion || ownVersion > newestOwnVersion) {
            return failure(ErrorCode::TooNew,
                           tr("%1 was made by a newer program (version %2; this one knows up to %3). Update Lifeguard; the file was left as it is.")
                               .arg(path)
                               .arg(info.clxVersion > newestClxVersion ? info.clxVersion : ownVersion)
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
    if (hasTable(QStringLiteral("jobs")) && hasTable(QStringLiteral("lifeguard_schema_version")))
        return {};
    return transaction([this]() -> Status {
        loadColumns(); // another program may have made them meanwhile
        QStringList scripts;
        if (!hasTable(QStringLiteral("jobs")))
            scripts.append(QStringLiteral("clx_0011"));
        if (!hasTable(QStringLiteral("lifeguard_schema_version")))
            scripts.append(QStringLiteral("lifeguard_0001"));
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

bool Database::hasColumn(const QString &table, const QString &column) const
{
    return m_columns.value(table).contains(column);
}

bool Database::hasTable(const QString &table) const
{
    return m_columns.contains(table);
}

bool Database::pause(LockWait &wait) const
{
    constexpr std::chrono::milliseconds tellAfter(300);
    constexpr std::chrono::milliseconds hurriedTimeout(1000);
    const auto waited = std::chrono::steady_clock::now() - wait.since;
    const bool hurry = m_hurry && m_hurry->load();
    if (waited >= (hurry ? std::min(m_busyTimeout, hurriedTimeout) : m_busyTimeout))
        return false;
    if (!wait.told && waited >= tellAfter && m_onLocked) {
        wait.told = true;
        m_onLocked();
    }
    pauseForLock(++wait.tries);
    return true;
}

Result<QSqlQuery *> Database::prepared(const char *name, const QStringList &words)
{
    std::string key = name;
    for (const QString &word : words)
        key += '+' + word.toStdString();
    const auto found = m_statements.find(key);
    if (found != m_statements.end())
        return found->second.get();
    const auto has = [this](const QString &table, const QString &column) { return hasColumn(table, column); };
    const Result<QString> text = sqlText(QString::fromLatin1(name), has, words);
    if (!text)
        return tl::unexpected(text.error());
    auto query = std::make_unique<QSqlQuery>(QSqlDatabase::database(m_connection, false));
    query->setForwardOnly(true);
    LockWait wait;
    while (!query->prepare(*text)) {
        if (!isBusy(query->lastError()) || !pause(wait)) {
            Error error = describe(query->lastError(), m_info.path);
            error.detail += QStringLiteral(" [%1]").arg(QString::fromLatin1(name));
            return tl::unexpected(error);
        }
    }
    return m_statements.emplace(std::move(key), std::move(query)).first->second.get();
}

Status Database::exec(QSqlQuery &query)
{
    LockWait wait;
    while (!query.exec()) {
        const QSqlError error = query.lastError();
        query.finish();
        if (!isBusy(error) || !pause(wait))
            return failure(describe(error, m_info.path));
    }
    return {};
}

Status Database::execText(const QString &sql)
{
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    LockWait wait;
    while (!query.exec(sql)) {
        if (!isBusy(query.lastError()) || !pause(wait))
            return failure(describe(query.lastError(), m_info.path));
    }
    return {};
}

Status Database::run(const char *name, const Values &values, const std::function<void(const QSqlQuery &)> &onRow)
{
    return run(name, {}, values, onRow);
}

Status Database::run(const char *name, const QStringList &words, const Values &values, const std::function<void(const QSqlQuery &)> &onRow)
{
    const Result<QSqlQuery *> query = prepared(name, words);
    if (!query)
        return tl::unexpected(query.error());
    for (auto value = values.cbegin(); value != values.cend(); ++value)
        (*query)->bindValue(u':' + value.key(), value.value());
    if (const Status done = exec(**query); !done)
        return done;
    while ((*query)->next()) {
        if (onRow)
            onRow(**query);
    }
    // A statement that ran into trouble while stepping says so only now.
    const QSqlError error = (*query)->lastError();
    (*query)->finish(); // an open RETURNING would make the COMMIT fail
    if (error.isValid() && error.type() != QSqlError::NoError)
        return failure(describe(error, m_info.path));
    return {};
}

Result<int> Database::change(const char *name, const Values &values)
{
    const Result<QSqlQuery *> query = prepared(name);
    if (!query)
        return tl::unexpected(query.error());
    for (auto value = values.cbegin(); value != values.cend(); ++value)
        (*query)->bindValue(u':' + value.key(), value.value());
    if (const Status done = exec(**query); !done)
        return tl::unexpected(done.error());
    const int changed = (*query)->numRowsAffected();
    m_lastInsertId = (*query)->lastInsertId().toLongLong();
    (*query)->finish();
    return changed;
}

Status Database::transaction(const std::function<Status()> &body)
{
    if (m_info.readOnly)
        return failure(ErrorCode::ReadOnly, tr("%1 is open read-only: nothing can be changed.").arg(m_info.path));
    if (m_depth > 0)
        return body();
    if (const Status begun = execText(QStringLiteral("BEGIN IMMEDIATE")); !begun)
        return begun;
    ++m_depth;
    const Status done = body();
    --m_depth;
    if (!done) {
        QSqlQuery rollback(QSqlDatabase::database(m_connection, false));
        rollback.exec(QStringLiteral("ROLLBACK"));
        return done;
    }
    if (const Status committed = execText(QStringLiteral("COMMIT")); !committed) {
        QSqlQuery rollback(QSqlDatabase::database(m_connection, false));
        rollback.exec(QStringLiteral("ROLLBACK"));
        return committed;
    }
    return {};
}

Result<qint64> Database::dataVersion()
{
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    if (!query.exec(QStringLiteral("PRAGMA data_version")) || !query.next())
        return failure(describe(query.lastError(), m_info.path));
    return query.value(0).toLongLong();
}

} // namespace lifeguard
