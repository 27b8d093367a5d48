// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"

#include "core/store/databasecopy.h"
#include "core/store/databaseprobe.h"
#include "core/store/derivedschema.h"
#include "core/store/schemamigrator.h"
#include "core/store/sqliteconnection.h"
#include "core/store/sqltext.h"

#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlError>

namespace lifeguard {
namespace {

/// Inspects the file. Tries again while the file is locked, until the timeout.
Result<DatabaseInfo> inspect(const DatabaseProbe &probe, const LockPolicy &locks)
{
    LockRetry retry(locks);
    for (;;) {
        Result<DatabaseInfo> info = probe.inspect();
        if (info || info.error().code != ErrorCode::Busy || !retry.pause())
            return info;
    }
}

/// Returns whether the file could not be read because SQLite cannot create shared memory beside it.
bool needsCopy(const Error &error, const QString &path, OpenMode mode)
{
    const bool noSharedMemory = error.code == ErrorCode::ReadOnly || error.code == ErrorCode::PermissionDenied;
    return mode == OpenMode::ReadOnly && noSharedMemory && !QFileInfo(QFileInfo(path).absolutePath()).isWritable();
}

void bind(QSqlQuery &query, const Values &values)
{
    for (auto value = values.cbegin(); value != values.cend(); ++value)
        query.bindValue(u':' + value.key(), value.value());
}

} // namespace

Result<std::unique_ptr<Database>> Database::open(const QString &path, OpenMode mode,
                                                 std::chrono::milliseconds busyTimeout, IntegrityCheck check)
{
    if (const Status usable = DatabaseProbe(path, mode).checkFile(); !usable)
        return failure(usable.error());
    const QString absolute = QFileInfo(path).absoluteFilePath();
    LockPolicy locks;
    locks.timeout = busyTimeout;
    DatabaseInfo info;
    info.readOnly = mode == OpenMode::ReadOnly;
    info.created = !QFileInfo::exists(absolute);
    QString opened = absolute;
    std::unique_ptr<DatabaseCopy> copy;
    if (!info.created) {
        Result<DatabaseInfo> found = inspect(DatabaseProbe(absolute, mode, check), locks);
        if (!found && needsCopy(found.error(), absolute, mode)) {
            Result<std::unique_ptr<DatabaseCopy>> made = DatabaseCopy::create(absolute);
            if (!made)
                return failure(made.error());
            copy = std::move(*made);
            opened = copy->path();
            found = inspect(DatabaseProbe(opened, mode, check), locks);
        }
        if (!found)
            return failure(found.error());
        info = *found;
    }
    info.path = absolute;
    if (copy)
        info.notice = tr("The folder of %1 is not writable, so a copy made at the time of opening is shown.")
                          .arg(absolute);

    const QString connection = nextConnectionName();
    if (const Status connected = openConnection(connection, opened, info.readOnly); !connected) {
        closeConnection(connection);
        return failure(connected.error());
    }
    std::unique_ptr<Database> database(new Database(connection, info, locks));
    database->m_copy = std::move(copy);
    if (!info.readOnly) {
        if (const Status enabled = database->enableWriteAheadLog(); !enabled)
            return failure(enabled.error());
    }
    if (const Status read = database->readSchema(); !read)
        return failure(read.error());
    if (!info.readOnly) {
        if (const Status migrated = database->migrate(); !migrated)
            return failure(migrated.error());
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
    if (const Status configured = m_log.configure(m_info.path); !configured)
        return configured;
    return execText(QStringLiteral("PRAGMA synchronous = NORMAL"));
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
    const Result<QVariant> cookie = scalar(QStringLiteral("PRAGMA schema_version"));
    if (!cookie)
        return failure(cookie.error());
    if (cookie->toLongLong() == m_schemaCookie)
        return {};
    if (const Status read = readSchema(); !read)
        return read;
    if (const Status completed = completeSchema(); !completed)
        return completed;
    const Result<QVariant> completedCookie = scalar(QStringLiteral("PRAGMA schema_version"));
    if (!completedCookie)
        return failure(completedCookie.error());
    m_schemaCookie = completedCookie->toLongLong();
    return {};
}

Status Database::readSchema()
{
    LockRetry retry(m_locks);
    for (;;) {
        Result<FileSchema> schema = FileSchema::read(m_connection, m_info.path);
        if (schema) {
            m_schema = *std::move(schema);
            return {};
        }
        if (schema.error().code != ErrorCode::Busy || !retry.pause())
            return failure(schema.error());
    }
}

Result<QSqlQuery *> Database::prepared(const char *name, const QStringList &options)
{
    std::string key = name;
    for (const QString &option : options)
        key += '+' + option.toStdString();
    const auto found = m_statements.find(key);
    if (found != m_statements.end())
        return found->second.get();
    const Result<QString> text = sqlText(QString::fromLatin1(name), m_schema, options);
    if (!text)
        return failure(text.error());
    auto query = std::make_unique<QSqlQuery>(QSqlDatabase::database(m_connection, false));
    query->setForwardOnly(true);
    LockRetry retry(m_locks);
    while (!query->prepare(*text)) {
        if (!isBusy(query->lastError()) || !retry.pause()) {
            Error error = databaseError(query->lastError(), m_info.path);
            error.detail += QStringLiteral(" [%1]").arg(QString::fromLatin1(name));
            return failure(error);
        }
    }
    return m_statements.emplace(std::move(key), std::move(query)).first->second.get();
}

Status Database::exec(QSqlQuery &query)
{
    LockRetry retry(m_locks);
    while (!query.exec()) {
        const QSqlError error = query.lastError();
        query.finish();
        if (!isBusy(error) || !retry.pause())
            return failure(databaseError(error, m_info.path));
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
            return failure(databaseError(query.lastError(), m_info.path));
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
    const Result<QSqlQuery *> query = prepared(name, options);
    if (!query)
        return failure(query.error());
    bind(**query, values);
    if (const Status done = exec(**query); !done)
        return done;
    while ((*query)->next()) {
        if (onRow)
            onRow(**query);
    }
    const QSqlError error = (*query)->lastError(); // an error that occurred while the rows were read
    (*query)->finish(); // an open RETURNING would make the COMMIT fail
    if (error.isValid() && error.type() != QSqlError::NoError)
        return failure(databaseError(error, m_info.path));
    return {};
}

Result<int> Database::change(const char *name, const Values &values)
{
    if (m_depth == 0)
        m_log.limit();
    const Result<QSqlQuery *> query = prepared(name);
    if (!query)
        return failure(query.error());
    bind(**query, values);
    if (const Status done = exec(**query); !done)
        return failure(done.error());
    const int changed = (*query)->numRowsAffected();
    m_lastInsertId = (*query)->lastInsertId().toLongLong();
    (*query)->finish();
    return changed;
}

Status Database::transaction(const std::function<Status()> &body)
{
    if (m_info.readOnly)
        return failure(ErrorCode::ReadOnly, tr("%1 is open read-only and cannot be changed.").arg(m_info.path));
    if (m_depth > 0)
        return body();
    if (const Status begun = begin(); !begun)
        return begun;
    ++m_depth;
    const Status done = body();
    --m_depth;
    if (!done) {
        rollBack();
        return done;
    }
    if (const Status committed = execText(QStringLiteral("COMMIT")); !committed) {
        rollBack();
        return committed;
    }
    return {};
}

/// Begins a transaction for writing while the write-ahead log is small enough.
Status Database::begin()
{
    for (;;) {
        m_log.limit();
        if (const Status begun = execText(QStringLiteral("BEGIN IMMEDIATE")); !begun)
            return begun;
        if (!m_log.isOverLimit())
            return {};
        rollBack(); // many writers have passed the check at once
    }
}

void Database::rollBack()
{
    QSqlQuery(QSqlDatabase::database(m_connection, false)).exec(QStringLiteral("ROLLBACK"));
}

Result<qint64> Database::dataVersion()
{
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    if (!query.exec(QStringLiteral("PRAGMA data_version")) || !query.next())
        return failure(databaseError(query.lastError(), m_info.path));
    return query.value(0).toLongLong();
}

} // namespace lifeguard
