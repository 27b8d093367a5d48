// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"

#include "core/base/privatefile.h"
#include "core/store/databasefile.h"
#include "core/store/databaseinspection.h"
#include "core/store/derivedschema.h"
#include "core/store/lockqueue.h"
#include "core/store/networkfilesystem.h"
#include "core/store/numberreading.h"
#include "core/store/schemamigrator.h"
#include "core/store/sqliteconnection.h"
#include "core/store/sqltext.h"

#include <QFile>
#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlDriver>
#include <QSqlError>

#include <sqlite3.h>

namespace lifeguard {
namespace {

constexpr int incrementalMode = 2; ///< a value of PRAGMA auto_vacuum
constexpr qint64 unknownCookie = -1; ///< no value of PRAGMA schema_version

/// Copies the database to an empty file, in one step: the copy is made again from its beginning when another program
/// writes between two steps. Returns a result code of SQLite.
int copyWithBackupApi(sqlite3 *source, const char *path)
{
    sqlite3 *target = nullptr;
    int code = sqlite3_open_v2(path, &target, SQLITE_OPEN_READWRITE, nullptr);
    if (code == SQLITE_OK) {
        sqlite3_backup *backup = sqlite3_backup_init(target, "main", source, "main");
        if (backup) {
            code = sqlite3_backup_step(backup, -1);
            const int finished = sqlite3_backup_finish(backup);
            code = code == SQLITE_DONE ? finished : code;
        } else {
            code = sqlite3_errcode(target);
        }
    }
    const int closed = sqlite3_close(target);
    return code == SQLITE_OK ? closed : code;
}

/// Returns the path, or the target of a link to a file that does not exist yet.
QString resolvedLink(const QString &path)
{
    const QFileInfo file(path);
    return file.isSymLink() && !file.exists() ? file.symLinkTarget() : file.absoluteFilePath();
}

/// Returns whether a statement of resources/sql may change the database.
bool mayWrite(const QString &sql)
{
    return !sql.trimmed().startsWith(QLatin1String("SELECT"), Qt::CaseInsensitive);
}

void bind(QSqlQuery &query, const Values &values)
{
    for (auto value = values.cbegin(); value != values.cend(); ++value)
        query.bindValue(u':' + value.key(), value.value());
}

} // namespace

Result<std::unique_ptr<Database>> Database::open(const QString &path, OpenMode mode,
                                                 std::chrono::milliseconds busyTimeout, IntegrityCheck check,
                                                 const std::function<Status(Database &)> &accept)
{
    for (;;) {
        std::optional<Result<std::unique_ptr<Database>>> database = openOnce(path, mode, busyTimeout, check, accept);
        if (database)
            return *std::move(database);
    }
}

/// Returns nothing if the file was replaced in the meantime.
std::optional<Result<std::unique_ptr<Database>>> Database::openOnce(const QString &path, OpenMode mode,
                                                                    std::chrono::milliseconds busyTimeout,
                                                                    IntegrityCheck check,
                                                                    const std::function<Status(Database &)> &accept)
{
    if (const Status usable = DatabaseProbe(path, mode).checkFile(); !usable)
        return failure(usable.error());
    // Created before SQLite opens it, because SQLite would give it the mode of the umask. SQLite creates its other
    // files with the mode of the database.
    const QString resolved = resolvedLink(path);
    LockPolicy locks;
    locks.timeout = busyTimeout;
    FileIdentity withLog = FileIdentity::of(resolved); // the file that the write-ahead log belongs to
    if (const Status isFree = waitForUsersOfPreviousFile(resolved, busyTimeout); !isFree)
        return failure(isFree.error());
    const bool isCreated = mode == OpenMode::Create && createPrivateFile(resolved);
    if (isCreated)
        withLog = FileIdentity::of(resolved);
    const QString absolute = QFileInfo(path).canonicalFilePath();
    if (absolute.isEmpty())
        return failure(ErrorCode::Io, tr("%1 could not be created, or was deleted. Check the free space of its disk, "
                                         "and the links in its path.")
                                          .arg(path));
    DatabaseInfo info;
    info.readOnly = mode == OpenMode::ReadOnly;
    info.created = isCreated;
    std::unique_ptr<DatabaseCopy> copy;
    if (!info.created) {
        Result<DatabaseInspection> inspection = DatabaseInspection::of(absolute, mode, check, locks);
        if (FileIdentity::of(absolute) != withLog) // also the reason why a correct file looks damaged
            return {};
        if (!inspection)
            return failure(inspection.error());
        info = inspection->info;
        copy = std::move(inspection->copy);
    }
    info.path = absolute;
    info.networkFileSystem = networkFileSystemOf(absolute);

    const QString connection = nextConnectionName();
    const Result<FileIdentity> file = openFile(connection, copy ? copy->path() : absolute, info.readOnly, locks);
    if (!file)
        return failure(file.error());
    if (!copy && *file != withLog) {
        closeConnection(connection);
        return {};
    }
    keepLogOnClose(connection, false);
    info.file = copy ? FileIdentity::of(absolute) : *file;
    std::unique_ptr<Database> database(new Database(connection, info, locks));
    database->m_copy = std::move(copy);
    if (accept) {
        if (const Status read = database->readSchema(); !read)
            return failure(read.error());
        if (const Status accepted = accept(*database); !accepted)
            return failure(accepted.error());
    }
    if (!info.readOnly) {
        // Before the first table and before the journal mode, which write the header of the file.
        if (info.created) {
            if (const Status set = database->execText(QStringLiteral("PRAGMA auto_vacuum = INCREMENTAL")); !set)
                return failure(set.error());
        }
        const bool isLocal = info.networkFileSystem.isEmpty();
        const Status configured = isLocal ? database->enableWriteAheadLog() : database->keepJournalMode();
        if (!configured)
            return failure(configured.error());
        if (isLocal)
            database->useLockQueue(LockQueue::open(absolute));
    }
    if (const Status read = database->readSchema(); !read)
        return failure(read.error());
    if (!info.readOnly) {
        if (const Status migrated = database->migrate(); !migrated)
            return failure(migrated.error());
    }
    if (!database->m_copy) { // the original of a copy may change at any time
        if (const Status recorded = database->recordIdentity(*file); !recorded)
            return failure(recorded.error());
        for (const QString &warning : DatabaseInspection::warnings(absolute))
            database->addNotice(warning);
    }
    return database;
}

Database::Database(QString connection, DatabaseInfo info, LockPolicy locks)
    : m_connection(std::move(connection))
    , m_info(std::move(info))
    , m_locks(std::move(locks))
    , m_log(m_connection, m_locks)
{
}

Database::~Database()
{
    m_statements.clear();
    m_beginning.reset();
    m_commit.reset();
    m_dataVersion.reset();
    m_schemaVersion.reset();
    m_log.close();
    closeConnection(m_connection);
}

Status Database::enableWriteAheadLog()
{
    const Result<QVariant> mode = scalar(QStringLiteral("PRAGMA journal_mode = WAL"));
    if (!mode)
        return failure(mode.error());
    if (mode->toString() != QStringLiteral("wal")) {
        return failure(ErrorCode::Database, tr("%1 cannot be switched to write-ahead logging (its journal mode is "
                                               "still '%2'). Move it to a local disk.")
                                                .arg(m_info.path, mode->toString()));
    }
    const auto isUnchanged = [this] { return checkFiles().has_value(); };
    if (const Status configured = m_log.configure(m_info.path, isUnchanged); !configured)
        return configured;
    // NORMAL may lose the last transactions when the power fails, but never damages the file.
    const bool isFull =
        qEnvironmentVariable("LIFEGUARD_SYNCHRONOUS").compare(QLatin1String("FULL"), Qt::CaseInsensitive) == 0;
    return execText(isFull ? QStringLiteral("PRAGMA synchronous = FULL")
                           : QStringLiteral("PRAGMA synchronous = NORMAL"));
}

/// The shared memory of the write-ahead log does not extend to other machines, and another program may have chosen the
/// journal mode for that reason.
Status Database::keepJournalMode()
{
    const Result<QVariant> mode = scalar(QStringLiteral("PRAGMA journal_mode"));
    if (!mode)
        return failure(mode.error());
    addNotice(tr("%1 is on a network file system (%2). Use it on one machine at a time. It keeps its journal mode "
                 "(%3), and is written more slowly than on a local disk.")
                  .arg(m_info.path, m_info.networkFileSystem, mode->toString()));
    return execText(QStringLiteral("PRAGMA synchronous = FULL"));
}

void Database::addNotice(const QString &text)
{
    if (!m_info.notice.isEmpty())
        m_info.notice += u'\n';
    m_info.notice += text;
}

Status Database::migrate()
{
    if (SchemaMigrator::missingMigrations(m_schema).isEmpty())
        return completeSchema();
    return transaction([this]() -> Status {
        if (const Status read = readSchema(); !read) // another program may have migrated the file in the meantime
            return read;
        const QStringList scripts = SchemaMigrator::missingMigrations(m_schema);
        const Status applied = SchemaMigrator::apply(scripts,
                                                     [this](const QString &statement) { return execText(statement); });
        if (!applied)
            return applied;
        if (scripts.contains(QStringLiteral("clx_0011")))
            m_info.clxVersion = SchemaMigrator::newestClxVersion;
        if (const Status migrated = readSchema(); !migrated)
            return migrated;
        return completeSchema();
    });
}

/// Creates the missing objects of the derived schema.
Status Database::completeSchema()
{
    const Result<QStringList> missing = DerivedSchema::missingStatements(m_schema);
    if (!missing)
        return failure(missing.error());
    if (missing->isEmpty())
        return {};
    return transaction([this]() -> Status {
        if (const Status read = readSchema(); !read) // another program may have created them in the meantime
            return read;
        const Result<QStringList> statements = DerivedSchema::missingStatements(m_schema);
        if (!statements)
            return failure(statements.error());
        for (const QString &statement : *statements) {
            if (const Status created = execText(statement); !created)
                return created;
        }
        return readSchema();
    });
}

Status Database::repairSchema()
{
    LockRetry retry(m_locks);
    Result<qint64> cookie = schemaVersion();
    while (!cookie && cookie.error().code == ErrorCode::Busy && retry.pause())
        cookie = schemaVersion();
    if (!cookie)
        return failure(lockError(cookie.error()));
    if (*cookie == m_schemaCookie)
        return {};
    if (const Status read = readSchema(); !read)
        return read;
    m_statements.clear(); // their texts depend on the schema
    return completeSchema();
}

Status Database::readSchema()
{
    LockRetry retry(m_locks);
    for (;;) {
        // Before the schema: a change between the two is noticed by the next repairSchema().
        const Result<qint64> cookie = schemaVersion();
        Result<FileSchema> schema = FileSchema::read(m_connection, m_info.path);
        if (schema) {
            m_schema = *std::move(schema);
            m_schemaCookie = cookie.value_or(unknownCookie);
            return {};
        }
        if (schema.error().code != ErrorCode::Busy || !retry.pause())
            return failure(lockError(schema.error()));
    }
}

/// Records the identity of the database. opened: that of the file when it was opened.
Status Database::recordIdentity(const FileIdentity &opened)
{
    m_identity = DatabaseIdentity(m_info.path, opened, m_info.readOnly);
    return checkIdentity();
}

Status Database::requireFile(const FileIdentity &file) const
{
    if (m_info.file == file)
        return {};
    return failure(ErrorCode::NotFound, tr("%1 was replaced by another file while it was open.").arg(m_info.path));
}

Status Database::checkFiles()
{
    const bool wasReplaced = isReplaced();
    return reportIfReplaced(wasReplaced, m_identity.checkFiles());
}

Status Database::checkIdentity()
{
    // run() checks the files outside of a transaction, and transaction() at its beginning and its end.
    if (!hasTable(QStringLiteral("lifeguard_database")))
        return m_depth == 0 ? checkFiles() : Status();
    QString uuid;
    qint64 generation = 0;
    const Status read = run("database_identity", {}, [&](const QSqlQuery &row) {
        uuid = row.value(0).toString();
        generation = row.value(1).toLongLong();
    });
    // The generic error means that the table no longer exists.
    if (!read && (read.error().code != ErrorCode::Database || !m_identity.hasRow()))
        return read;
    const bool wasReplaced = isReplaced();
    return reportIfReplaced(wasReplaced, m_identity.checkRow(uuid, generation));
}

Status Database::reportIfReplaced(bool wasReplaced, const Status &status)
{
    if (isReplaced() && !wasReplaced)
        keepLogOnClose(m_connection, true);
    if (isReplaced() && !wasReplaced && m_onReplaced)
        m_onReplaced(status.error());
    return status;
}

Result<Database::Statement *> Database::prepared(const char *name, const QStringList &options)
{
    std::string key = name;
    for (const QString &option : options)
        key += '+' + option.toStdString();
    const auto found = m_statements.find(key);
    if (found != m_statements.end())
        return &found->second;
    const Result<QString> text = sqlText(QString::fromLatin1(name), m_schema, options);
    if (!text)
        return failure(text.error());
    auto query = std::make_unique<QSqlQuery>(QSqlDatabase::database(m_connection, false));
    query->setForwardOnly(true);
    LockRetry retry(m_locks);
    while (!query->prepare(*text)) {
        if (!isBusy(query->lastError()) || !retry.pause()) {
            Error error = lockError(databaseError(query->lastError(), m_info.path));
            error.detail += QStringLiteral(" [%1]").arg(QString::fromLatin1(name));
            return failure(error);
        }
    }
    return &m_statements.emplace(std::move(key), Statement{std::move(query), mayWrite(*text)}).first->second;
}

/// Adds the holders of the lock to the error, if that is requested.
Error Database::lockError(const Error &error) const
{
    return m_locks.namesHolders ? withLockHolders(error, m_info.path) : error;
}

Status Database::exec(QSqlQuery &query)
{
    LockRetry retry(m_locks);
    while (!query.exec()) {
        const QSqlError error = query.lastError();
        query.finish();
        if (!isBusy(error) || !retry.pause())
            return failure(lockError(databaseError(error, m_info.path)));
    }
    return {};
}

Status Database::execText(const QString &sql)
{
    const Result<QVariant> value = scalar(sql);
    return value ? Status() : failure(value.error());
}

Result<QVariant> Database::scalar(const QString &sql)
{
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    LockRetry retry(m_locks);
    while (!query.exec(sql)) {
        if (!isBusy(query.lastError()) || !retry.pause())
            return failure(lockError(databaseError(query.lastError(), m_info.path)));
    }
    return query.next() ? query.value(0) : QVariant();
}

Status Database::run(const char *name, const Values &values, const std::function<void(const QSqlQuery &)> &onRow)
{
    return run(name, {}, values, onRow);
}

Status Database::run(const char *name, const QStringList &options, const Values &values,
                     const std::function<void(const QSqlQuery &)> &onRow)
{
    return runAndRead(name, options, values, [&onRow](QSqlQuery &query) {
        while (query.next()) {
            if (onRow)
                onRow(query);
        }
        return query.lastError(); // an error that occurred while the rows were read
    });
}

Result<QList<qint64>> Database::numbers(const char *name, const QStringList &options, const Values &values)
{
    QList<qint64> numbers;
    const Status done = runAndRead(name, options, values, [this, &numbers](QSqlQuery &query) {
        return readNumbers(m_connection, query, numbers);
    });
    if (!done)
        return failure(done.error());
    return numbers;
}

/// Runs a statement; read reads its rows and returns the error that ended the reading, or one that is not valid.
Status Database::runAndRead(const char *name, const QStringList &options, const Values &values,
                            const std::function<QSqlError(QSqlQuery &)> &read)
{
    if (m_depth == 0) {
        if (const Status same = checkFiles(); !same)
            return same;
    }
    const Result<Statement *> statement = prepared(name, options);
    if (!statement)
        return failure(statement.error());
    if (m_depth == 0 && (*statement)->writes) // checks the identity, and waits for the lock
        return transaction([&] { return runAndRead(name, options, values, read); });
    QSqlQuery &query = *(*statement)->query;
    bind(query, values);
    if (const Status done = exec(query); !done)
        return done;
    const QSqlError error = read(query);
    query.finish(); // an open RETURNING would make the COMMIT fail
    if (error.isValid() && error.type() != QSqlError::NoError)
        return failure(databaseError(error, m_info.path));
    return {};
}

Result<int> Database::change(const char *name, const QStringList &options, const Values &values)
{
    int changed = 0;
    const Status done = transaction([&]() -> Status {
        const Result<Statement *> statement = prepared(name, options);
        if (!statement)
            return failure(statement.error());
        QSqlQuery &query = *(*statement)->query;
        bind(query, values);
        if (const Status executed = exec(query); !executed)
            return executed;
        changed = query.numRowsAffected();
        m_lastInsertId = query.lastInsertId().toLongLong();
        query.finish();
        return {};
    });
    if (!done)
        return failure(done.error());
    return changed;
}

Status Database::transaction(const std::function<Status()> &body)
{
    if (m_info.readOnly)
        return failure(ErrorCode::ReadOnly, tr("%1 is open read-only and cannot be changed.").arg(m_info.path));
    if (m_depth > 0)
        return body();
    if (const Status same = checkFiles(); !same)
        return same;
    if (const Status begun = begin(); !begun)
        return begun;
    const auto lockedSince = std::chrono::steady_clock::now();
    ++m_depth;
    Status done = checkIdentity(); // with the lock, so that a file restored through SQLite is recognised in any case
    if (done)
        done = body();
    if (done)
        done = checkFiles();
    --m_depth;
    if (!done) {
        rollBack();
        return done;
    }
    m_lockTime = std::chrono::steady_clock::now() - lockedSince;
    QSqlQuery *commit = kept(m_commit, QStringLiteral("COMMIT"));
    if (const Status committed = exec(*commit); !committed) {
        rollBack();
        return committed;
    }
    commit->finish();
    announceUnlocked();
    m_log.shrinkInBackground();
    return {};
}

/// Returns the query, which is prepared at the first call. These statements are not in m_statements because they do not
/// depend on the schema.
QSqlQuery *Database::kept(std::unique_ptr<QSqlQuery> &query, const QString &sql)
{
    if (!query) {
        query = std::make_unique<QSqlQuery>(QSqlDatabase::database(m_connection, false));
        query->setForwardOnly(true);
        query->prepare(sql);
    }
    return query.get();
}

/// Begins a transaction for writing while the write-ahead log is small enough.
Status Database::begin()
{
    const auto since = std::chrono::steady_clock::now();
    m_log.limit();
    Status begun = lockForWriting();
    while (begun && m_log.isOverLimit()) {
        rollBack(); // many writers have passed the check at once
        m_log.limit();
        begun = lockForWriting();
    }
    if (m_lockQueue)
        m_lockQueue->recordWait(since); // also that of a transaction that could not begin
    return begun;
}

void Database::useLockQueue(std::unique_ptr<LockQueue> queue)
{
    m_lockQueue = std::move(queue);
    m_log.setLockQueue(m_lockQueue.get());
}

Status Database::lockForWriting()
{
    QSqlQuery *beginning = kept(m_beginning, QStringLiteral("BEGIN IMMEDIATE"));
    LockRetry retry(m_locks, m_lockQueue.get());
    retry.queueUp();
    while (!beginning->exec()) {
        const QSqlError error = beginning->lastError();
        beginning->finish();
        if (!isBusy(error) || !retry.pause())
            return failure(lockError(databaseError(error, m_info.path)));
    }
    beginning->finish();
    return {};
}

void Database::rollBack()
{
    QSqlQuery(QSqlDatabase::database(m_connection, false)).exec(QStringLiteral("ROLLBACK"));
    announceUnlocked();
}

void Database::announceUnlocked()
{
    if (m_lockQueue)
        m_lockQueue->announceUnlocked();
}

Result<qint64> Database::unusedPages()
{
    const Result<QVariant> mode = scalar(QStringLiteral("PRAGMA auto_vacuum"));
    if (!mode)
        return failure(mode.error());
    if (mode->toInt() != incrementalMode)
        return 0;
    const Result<QVariant> pages = scalar(QStringLiteral("PRAGMA freelist_count"));
    if (!pages)
        return failure(pages.error());
    return pages->toLongLong();
}

Result<qint64> Database::shrink(int pages)
{
    const Result<qint64> unused = unusedPages();
    if (!unused || *unused == 0)
        return unused;
    sqlite3 *handle = sqliteHandle(m_connection);
    if (!handle)
        return 0;
    const Status done = transaction([&]() -> Status {
        // Not through QSqlQuery, which makes only the first of the steps: each step frees one page.
        const QByteArray pragma = QByteArrayLiteral("PRAGMA incremental_vacuum(") + QByteArray::number(pages) + ')';
        const int code = sqlite3_exec(handle, pragma.constData(), nullptr, nullptr, nullptr);
        if (code == SQLITE_OK)
            return {};
        return failure(ErrorCode::Database, tr("The unused space of %1 could not be released: %2.")
                                                .arg(m_info.path, QString::fromUtf8(sqlite3_errstr(code))));
    });
    if (!done)
        return failure(done.error());
    return unusedPages();
}

Status Database::vacuum()
{
    if (const Status same = checkIdentity(); !same)
        return same;
    if (const Status set = execText(QStringLiteral("PRAGMA auto_vacuum = INCREMENTAL")); !set)
        return set;
    m_statements.clear(); // VACUUM fails while a statement is open
    if (const Status done = execText(QStringLiteral("VACUUM")); !done)
        return done;
    return execText(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));
}

Status Database::copyTo(const QString &path)
{
    if (const Status same = checkFiles(); !same)
        return same;
    sqlite3 *source = sqliteHandle(m_connection);
    if (!source)
        return failure(ErrorCode::Database, tr("This version of Qt's SQLite driver cannot copy databases."));
    LockRetry retry(m_locks);
    for (;;) {
        const int code = copyWithBackupApi(source, QFile::encodeName(path).constData());
        if (code == SQLITE_OK)
            return {};
        const bool isLocked = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
        if (!isLocked || !retry.pause()) {
            return failure(code == SQLITE_FULL ? ErrorCode::DiskFull
                           : isLocked          ? ErrorCode::Busy
                                               : ErrorCode::Io,
                           tr("%1 could not be copied to %2: %3.")
                               .arg(m_info.path, path, QString::fromUtf8(sqlite3_errstr(code))));
        }
    }
}

Result<qint64> Database::dataVersion()
{
    return version(m_dataVersion, QStringLiteral("PRAGMA data_version"));
}

/// Returns a number that changes with each change of the schema.
Result<qint64> Database::schemaVersion()
{
    return version(m_schemaVersion, QStringLiteral("PRAGMA schema_version"));
}

/// Returns the number that a pragma returns, without waiting for a lock.
Result<qint64> Database::version(std::unique_ptr<QSqlQuery> &kept, const QString &pragma)
{
    QSqlQuery *query = this->kept(kept, pragma);
    if (!query->exec() || !query->next()) {
        const QSqlError error = query->lastError();
        query->finish();
        return failure(databaseError(error, m_info.path));
    }
    const qint64 version = query->value(0).toLongLong();
    query->finish();
    return version;
}

} // namespace lifeguard
