// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/queuetest.h"

#include "core/store/eventlog.h"

#include <QFile>
#include <QSqlDatabase>
#include <QSqlError>

namespace lifeguard::test {

RawSql::RawSql(const QString &path)
{
    static int counter = 0;
    m_connection = QStringLiteral("raw-%1").arg(++counter);
    QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_connection);
    database.setDatabaseName(path);
    database.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=0"));
    if (!database.open())
        qFatal("cannot open %s", qPrintable(path));
}

RawSql::~RawSql()
{
    QSqlDatabase::database(m_connection, false).close();
    QSqlDatabase::removeDatabase(m_connection);
}

bool RawSql::exec(const QString &sql, const QVariantList &values)
{
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    bool done = query.prepare(sql);
    for (const QVariant &value : values)
        query.addBindValue(value);
    done = done && query.exec();
    m_error = query.lastError().text();
    return done;
}

void RawSql::script(const QString &sql)
{
    for (const QString &statement : sql.split(u';')) {
        if (!statement.trimmed().isEmpty() && !exec(statement.trimmed()))
            qFatal("%s: %s", qPrintable(statement), qPrintable(m_error));
    }
}

QVariant RawSql::value(const QString &sql, const QVariantList &values)
{
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    if (!query.prepare(sql))
        qFatal("%s: %s", qPrintable(sql), qPrintable(query.lastError().text()));
    for (const QVariant &bound : values)
        query.addBindValue(bound);
    return query.exec() && query.next() ? query.value(0) : QVariant();
}

QStringList RawSql::column(const QString &sql)
{
    QStringList rows;
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    if (!query.exec(sql))
        qFatal("%s: %s", qPrintable(sql), qPrintable(query.lastError().text()));
    while (query.next())
        rows.append(query.value(0).toString());
    return rows;
}

QueueTest::QueueTest(const QString &script)
{
    if (!script.isEmpty())
        RawSql(path()).script(script);
    auto opened = Database::open(path(), OpenMode::Create);
    if (!opened)
        qFatal("%s", qPrintable(opened.error().message + opened.error().detail));
    db = std::move(*opened);
    queue = std::make_unique<JobQueue>(*db, clock);
    registry = std::make_unique<WorkerRegistry>(*db, clock);
}

qint64 QueueTest::add(const QString &type, int priority, int maxAttempts)
{
    NewJob job;
    job.type = type;
    job.priority = priority;
    job.maxAttempts = maxAttempts;
    const Result<qint64> id = queue->add(job);
    if (!id)
        qFatal("%s", qPrintable(id.error().message));
    return *id;
}

qint64 QueueTest::worker(const QString &executorId, const QString &type)
{
    const Result<qint64> id = registry->registerWorker(type, executorId, QStringLiteral("direct"));
    if (!id)
        qFatal("%s", qPrintable(id.error().message));
    return *id;
}

void QueueTest::own(const QString &executorId, const QString &managerId, const QString &beatPath, int slot)
{
    OwnedWorker worker;
    worker.executorId = executorId;
    worker.managerId = managerId;
    worker.pool = worker.type = QStringLiteral("noop");
    worker.mode = QStringLiteral("direct");
    worker.beatPath = beatPath;
    worker.beatSlot = slot;
    if (const Status added = registry->addOwned({worker}); !added)
        qFatal("%s", qPrintable(added.error().message));
}

Job QueueTest::job(qint64 id)
{
    const Result<Job> found = queue->job(id);
    if (!found)
        qFatal("%s", qPrintable(found.error().message));
    return *found;
}

Job QueueTest::claimOne(qint64 workerId, const QString &type)
{
    const Result<QList<Job>> jobs = queue->claim(workerId, type);
    if (!jobs || jobs->size() != 1)
        qFatal("no job was claimed: %s", jobs ? "none waits" : qPrintable(jobs.error().message));
    return jobs->first();
}

QList<Event> QueueTest::eventsOf(qint64 jobId)
{
    return EventLog(*db, clock).ofJob(jobId).value_or(QList<Event>());
}

QString clxVersion1()
{
    return QStringLiteral(R"(
        CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
        CREATE TABLE jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, job_type TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
            priority INTEGER DEFAULT 0, input_file TEXT NOT NULL, output_file TEXT NOT NULL, content_hash TEXT NOT NULL,
            payload TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, started_at TIMESTAMP,
            completed_at TIMESTAMP, worker_id INTEGER REFERENCES workers(id), attempts INTEGER DEFAULT 0,
            max_attempts INTEGER DEFAULT 3, error TEXT);
        CREATE TABLE results_cache (
            id INTEGER PRIMARY KEY AUTOINCREMENT, output_file TEXT, content_hash TEXT, result_metadata TEXT,
            created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, last_accessed TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
            access_count INTEGER DEFAULT 0, UNIQUE (output_file, content_hash));
        CREATE TABLE workers (
            id INTEGER PRIMARY KEY AUTOINCREMENT, worker_type TEXT NOT NULL, container_id TEXT NOT NULL UNIQUE,
            status TEXT NOT NULL CHECK (status IN ('idle', 'busy', 'hung', 'dead')),
            started_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, last_heartbeat TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
            cpu_usage REAL, memory_usage REAL, jobs_processed INTEGER DEFAULT 0, jobs_failed INTEGER DEFAULT 0,
            avg_processing_time REAL);
        INSERT INTO schema_version (version) VALUES (1);)");
}

QString clxMigratedTo11()
{
    return clxVersion1() + QStringLiteral(R"(
        ALTER TABLE jobs ADD COLUMN correlation_id TEXT;
        ALTER TABLE workers ADD COLUMN execution_mode TEXT;
        ALTER TABLE workers ADD COLUMN config TEXT;
        ALTER TABLE workers ADD COLUMN session_id TEXT;
        ALTER TABLE workers ADD COLUMN managed_by TEXT;
        ALTER TABLE jobs ADD COLUMN cancelled_at TIMESTAMP;
        ALTER TABLE jobs ADD COLUMN cancelled_by TEXT;
        ALTER TABLE workers ADD COLUMN parent_pid INTEGER;
        ALTER TABLE jobs ADD COLUMN result TEXT;
        ALTER TABLE jobs ADD COLUMN execution_mode TEXT;
        ALTER TABLE jobs ADD COLUMN session_id TEXT;
        INSERT INTO schema_version (version) VALUES (2), (3), (4), (5), (6), (7), (8), (9), (10), (11);)");
}

void write(const QString &path, const QByteArray &content)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        qFatal("cannot write %s", qPrintable(path));
}

QByteArray goodFile(const QString &path)
{
    {
        auto db = Database::open(path, OpenMode::Create);
        if (!db)
            qFatal("%s", qPrintable(db.error().message));
        const SystemClock clock;
        NewJob job;
        job.type = QStringLiteral("noop");
        job.payload = QByteArray("{\"data\": \"") + QByteArray(200, 'x') + "\"}";
        if (!JobQueue(**db, clock).addMany(QList<NewJob>(200, job)))
            qFatal("no jobs");
    }
    return contentOf(path);
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace lifeguard::test
