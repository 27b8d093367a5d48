// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/queuetest.h"

#include "core/base/processtable.h"
#include "core/base/systemclock.h"
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/store/eventlog.h"
#include "tests/support/clxfiles.h"
#include "tests/support/waiting.h"

#include <QFile>
#include <QProcess>
#include <QSqlDatabase>
#include <QSqlError>

#include <signal.h>

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

QStringList RawSql::column(const QString &sql, int index)
{
    QStringList rows;
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    if (!query.exec(sql))
        qFatal("%s: %s", qPrintable(sql), qPrintable(query.lastError().text()));
    while (query.next())
        rows.append(query.value(index).toString());
    return rows;
}

bool stopBetweenTransactions(qint64 pid, const QString &database)
{
    RawSql raw(database);
    return waitUntil([&] {
        if (::kill(pid_t(pid), SIGSTOP) != 0)
            return false;
        const bool stopped = waitUntil([&] { return processEntry(pid).value_or(ProcessEntry()).state == 'T'; });
        if (stopped && raw.exec(QStringLiteral("BEGIN IMMEDIATE")))
            return raw.exec(QStringLiteral("ROLLBACK"));
        ::kill(pid_t(pid), SIGCONT);
        return false;
    });
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
    reader = std::make_unique<JobReader>(*db);
    interrupted = std::make_unique<InterruptedJobs>(*db, clock);
    matching = std::make_unique<MatchingJobs>(*db, clock);
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

void QueueTest::addOwned(const QString &executorId, const QString &managerId, const QString &beatPath, int slot)
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
    const Result<Job> found = reader->job(id);
    if (!found)
        qFatal("%s", qPrintable(found.error().message));
    return *found;
}

Job QueueTest::claimOne(qint64 workerId, const QString &type)
{
    const Result<QList<Job>> jobs = queue->claim(workerId, type);
    if (!jobs || jobs->size() != 1)
        qFatal("no job was claimed: %s", jobs ? "no job is pending" : qPrintable(jobs.error().message));
    return jobs->first();
}

QList<Event> QueueTest::eventsOf(qint64 jobId)
{
    return EventLog(*db, clock).ofJob(jobId).value_or(QList<Event>());
}

QString clxVersion1()
{
    return clxScript({1, 1});
}

QString clxMigratedTo11()
{
    return clxScript({1, 11});
}

void write(const QString &path, const QByteArray &content)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        qFatal("cannot write %s", qPrintable(path));
}

QByteArray createValidDatabase(const QString &path)
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
            qFatal("cannot add the jobs");
    }
    return contentOf(path);
}

bool restoreThroughSqlite(const QString &path, const QString &backup)
{
    const QString script = QStringLiteral("import sqlite3, sys\n"
                                          "sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2]))");
    return QProcess::execute(QStringLiteral("python3"), {QStringLiteral("-c"), script, backup, path}) == 0;
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace lifeguard::test
