// SPDX-License-Identifier: GPL-3.0-or-later
#include "queuefile.h"

#include "core/store/database.h"
#include "core/store/fileschema.h"
#include "core/store/sqltext.h"

#include <QSqlDatabase>

#include <cstdio>
#include <cstdlib>

#include <sqlite3.h>

namespace lifeguard::bench {
namespace {

constexpr int busyTimeoutMs = 30000;

[[noreturn]] void fail(sqlite3 *database, const QString &sql)
{
    std::fprintf(stderr, "%s: %s\n", qPrintable(sql), sqlite3_errmsg(database));
    std::exit(1);
}

} // namespace

BareStatement::BareStatement(sqlite3 *database, const QString &sql) : m_database(database), m_statement(nullptr)
{
    if (sqlite3_prepare_v3(database, sql.toUtf8().constData(), -1, SQLITE_PREPARE_PERSISTENT, &m_statement, nullptr)
        != SQLITE_OK)
        fail(database, sql);
}

BareStatement::~BareStatement()
{
    sqlite3_finalize(m_statement);
}

void BareStatement::bind(const char *name, qint64 value)
{
    sqlite3_bind_int64(m_statement, sqlite3_bind_parameter_index(m_statement, name), value);
}

void BareStatement::bind(const char *name, const QByteArray &value)
{
    sqlite3_bind_text(m_statement, sqlite3_bind_parameter_index(m_statement, name), value.constData(),
                      int(value.size()), SQLITE_TRANSIENT);
}

qint64 BareStatement::run()
{
    qint64 first = 0;
    int code = sqlite3_step(m_statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(m_statement))
        first = sqlite3_column_int64(m_statement, 0);
    if (code != SQLITE_DONE)
        fail(m_database, QString::fromUtf8(sqlite3_sql(m_statement)));
    sqlite3_reset(m_statement);
    return first;
}

BareConnection::BareConnection(const QString &path, const QString &synchronous)
{
    if (sqlite3_open(path.toUtf8().constData(), &m_database) != SQLITE_OK)
        fail(m_database, path);
    sqlite3_busy_timeout(m_database, busyTimeoutMs);
    exec(QStringLiteral("PRAGMA journal_mode = WAL"));
    exec(QStringLiteral("PRAGMA synchronous = ") + synchronous);
}

BareConnection::~BareConnection()
{
    sqlite3_close(m_database);
}

void BareConnection::exec(const QString &sql)
{
    if (sqlite3_exec(m_database, sql.toUtf8().constData(), nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(m_database, sql);
}

qint64 BareConnection::number(const QString &sql)
{
    return BareStatement(m_database, sql).run();
}

QueueFile::QueueFile()
{
    if (const auto opened = Database::open(path(), OpenMode::Create); !opened) {
        std::fprintf(stderr, "%s\n", qPrintable(opened.error().message));
        std::exit(1);
    }
}

void QueueFile::add(int count, const QString &type, int priority, int payloadBytes)
{
    BareConnection connection(path());
    const QByteArray padding(payloadBytes, 'x');
    connection.exec(QStringLiteral("BEGIN IMMEDIATE"));
    {
        BareStatement job(connection.handle(),
                          QStringLiteral("INSERT INTO jobs (job_type, status, priority, input_file, output_file, "
                                         "content_hash, payload, created_at, attempts, max_attempts) VALUES (:type, "
                                         "'pending', :priority, '', '', '', :payload, datetime('now'), 0, 3)"));
        BareStatement ours(connection.handle(), QStringLiteral("INSERT INTO lifeguard_jobs (job_id, is_forced) VALUES "
                                                               "(last_insert_rowid(), 0)"));
        job.bind(":type", type.toUtf8());
        job.bind(":priority", qint64(priority));
        job.bind(":payload", padding.isEmpty() ? QByteArray("{}") : QByteArray(R"({"padding": ")" + padding + R"("})"));
        for (int i = 0; i < count; ++i) {
            job.run();
            ours.run();
        }
    }
    connection.exec(QStringLiteral("COMMIT"));
}

void QueueFile::emptyLog()
{
    BareConnection(path()).exec(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));
}

qint64 QueueFile::count(const QString &status, const QString &type)
{
    BareConnection connection(path());
    return connection.number(
        QStringLiteral("SELECT %1 FROM lifeguard_job_counts WHERE job_type = '%2'").arg(status, type));
}

QString QueueFile::statement(const QString &name) const
{
    const QString connection = QStringLiteral("schema");
    Result<QString> text = failure(ErrorCode::Database, {});
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), connection);
        database.setDatabaseName(path());
        database.open();
        if (const Result<FileSchema> schema = FileSchema::read(connection, path()))
            text = sqlText(name, *schema);
    }
    QSqlDatabase::removeDatabase(connection);
    if (!text) {
        std::fprintf(stderr, "%s\n", qPrintable(text.error().message));
        std::exit(1);
    }
    return *text;
}

} // namespace lifeguard::bench
