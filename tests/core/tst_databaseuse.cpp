// SPDX-License-Identifier: GPL-3.0-or-later
// Tests work on databases: files of old versions of CLX, locked files, and transactions.
#include "core/base/systemclock.h"
#include "core/model/job.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>

#include <sqlite3.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

int executedStatements = 0;

/// Called by SQLite for a new connection.
int countStatements(sqlite3 *connection, char **, const sqlite3_api_routines *)
{
    const auto count = [](unsigned, void *, void *, void *) {
        ++executedStatements;
        return 0;
    };
    return sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, count, nullptr);
}

} // namespace

class TestDatabaseUse : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void worksOnOldFiles_data();
    void worksOnOldFiles();
    void tablesOfClxAreNotChanged();
    void lockedFileIsRetriedUntilTheTimeout();
    void failedTransactionIsRolledBack();
    void nestedTransactionIsPartOfTheOuterOne();
    void dataVersionChangesWithOtherConnections();
    void openedDatabaseKnowsItsSchema();

private:
    [[nodiscard]] QString path() const { return m_folder->filePath(QStringLiteral("q.db")); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestDatabaseUse::worksOnOldFiles_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<int>("version");
    QTest::newRow("version 1") << clxVersion1() << 1;
    QTest::newRow("version 1, migrated to 11") << clxMigratedTo11() << 11;
}

void TestDatabaseUse::worksOnOldFiles()
{
    QFETCH(QString, script);
    QFETCH(int, version);
    {
        RawSql raw(path());
        raw.script(script);
        raw.script(
            QStringLiteral("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload, error) "
                           "VALUES ('plantuml', 'failed', 'a', 'b', 'c', '{}', 'bad')"));
        const auto watched = Database::open(path(), OpenMode::ReadOnly);
        QVERIFY2(watched, watched ? "" : qPrintable(watched.error().message));
        QCOMPARE((*watched)->info().clxVersion, version);
        const SystemClock clock;
        QCOMPARE(JobReader(**watched).list({})->size(), 1);
        QCOMPARE(JobReader(**watched).job(1)->error, QStringLiteral("bad"));
        QVERIFY(WorkerRegistry(**watched, clock).list(clock.utcNow()));
    }
    const auto db = Database::open(path(), OpenMode::ReadWrite);
    QVERIFY2(db, db ? "" : qPrintable(db.error().message));
    const SystemClock clock;
    JobQueue queue(**db, clock);
    JobReader reader(**db);
    WorkerRegistry registry(**db, clock);
    const auto worker = registry.registerWorker(QStringLiteral("noop"), QStringLiteral("direct-noop-0-aaaaaaaa"),
                                                QStringLiteral("direct"));
    QVERIFY2(worker, worker ? "" : qPrintable(worker.error().detail));
    NewJob job;
    job.type = QStringLiteral("noop");
    job.correlationId = QStringLiteral("corr");
    const auto ids = queue.addMany(QList<NewJob>(5, job));
    QVERIFY2(ids, ids ? "" : qPrintable(ids.error().detail));
    const auto claimed = queue.claim(*worker, QStringLiteral("noop"), 4);
    QVERIFY2(claimed, claimed ? "" : qPrintable(claimed.error().detail));
    QCOMPARE(claimed->size(), 4);
    QVERIFY(queue.acknowledge(claimed->at(0).lease(), 1));
    QVERIFY(queue.fail(claimed->at(1).lease(), QStringLiteral("bad"), QStringLiteral("trace")));
    // The old CHECK rejects 'cancelled', so the jobs fail with an error that mentions the cancellation.
    const auto cancelled = queue.cancel({claimed->at(2).id, ids->at(4)}, QStringLiteral("anna"));
    QVERIFY2(cancelled, cancelled ? "" : qPrintable(cancelled.error().detail));
    QCOMPARE(*cancelled, 2);
    for (const qint64 id : {claimed->at(2).id, ids->at(4)}) {
        QCOMPARE(toString(reader.job(id)->status), QStringLiteral("failed"));
        QVERIFY(reader.job(id)->error.contains(QStringLiteral("anna")));
    }
    QCOMPARE(queue.acknowledge(claimed->at(2).lease(), 1).error().code, ErrorCode::LeaseLost);
    QCOMPARE(*queue.retry({claimed->at(1).id, claimed->at(2).id}), 2);
    QCOMPARE(
        InterruptedJobs(**db, clock).returnJobsOf(*worker, {0, true, Message::literal(QStringLiteral("died"))})->size(),
        1);
    QVERIFY(InterruptedJobs(**db, clock).returnOrphans({}));
    QVERIFY(reader.counts());
    QCOMPARE(reader.list({})->size(), 6);
    QVERIFY(registry.mirror({{QStringLiteral("direct-noop-0-aaaaaaaa"), 1, 1, true}}));
    QVERIFY(registry.end(QStringLiteral("direct-noop-0-aaaaaaaa"), Message::literal(QStringLiteral("stopped")), true));
    QVERIFY(registry.list(clock.utcNow().addSecs(-60)));
}

void TestDatabaseUse::tablesOfClxAreNotChanged()
{
    const QString tables = QStringLiteral("SELECT group_concat(sql, ';') FROM sqlite_master WHERE name IN ('jobs', "
                                          "'workers', 'results_cache', 'schema_version')");
    RawSql raw(path());
    raw.script(clxVersion1());
    const QString before = raw.value(tables).toString();
    const QString indexes = QStringLiteral(
        "SELECT name FROM sqlite_master WHERE tbl_name IN ('jobs', 'workers', 'results_cache') "
        "AND type IN ('index', 'trigger') AND name NOT LIKE 'sqlite_%'");
    const QStringList clxIndexes = raw.column(indexes);
    QVERIFY(Database::open(path(), OpenMode::ReadWrite));
    QCOMPARE(raw.value(tables).toString(), before);
    QCOMPARE(raw.value(QStringLiteral("SELECT max(version) FROM schema_version")).toInt(), 1);
    QStringList added = raw.column(indexes);
    added.removeIf([&clxIndexes](const QString &name) { return clxIndexes.contains(name); });
    QVERIFY(!added.isEmpty());
    for (const QString &name : added)
        QVERIFY2(name.startsWith(QStringLiteral("lifeguard_")), qPrintable(name));
}

void TestDatabaseUse::lockedFileIsRetriedUntilTheTimeout()
{
    createValidDatabase(path());
    const auto db = Database::open(path(), OpenMode::ReadWrite, 300ms);
    QVERIFY(db);
    const SystemClock clock;
    JobQueue queue(**db, clock);
    JobReader reader(**db);
    NewJob job;
    job.type = QStringLiteral("noop");
    RawSql other(path());
    QVERIFY(other.exec(QStringLiteral("BEGIN IMMEDIATE")));
    QElapsedTimer timer;
    timer.start();
    const auto refused = queue.add(job);
    QCOMPARE(refused.error().code, ErrorCode::Busy);
    QVERIFY(refused.error().message.contains(path()));
    QVERIFY(timer.elapsed() >= 300);
    QVERIFY2(timer.elapsed() < 3000, "the error must arrive soon after the timeout");
    QCOMPARE(reader.list({})->size(), 200); // reading still works
    QVERIFY(Database::open(path(), OpenMode::ReadWrite, 300ms)); // and so does opening
    QVERIFY(other.exec(QStringLiteral("COMMIT")));
    QVERIFY(queue.add(job));

    // An operation waits for a lock that is released within the timeout.
    const auto patient = Database::open(path(), OpenMode::ReadWrite, 20s);
    QVERIFY(patient);
    QVERIFY(other.exec(QStringLiteral("BEGIN IMMEDIATE")));
    std::atomic<bool> added = false;
    std::atomic<bool> waits = false;
    std::thread waiting([&] {
        const auto own = Database::open(path(), OpenMode::ReadWrite, 20s);
        if (own)
            (*own)->setOnLocked([&waits] { waits = true; });
        added = own && JobQueue(**own, clock).add(job).has_value();
    });
    const bool waited = QTest::qWaitFor([&waits] { return waits.load(); }, patience);
    const bool early = added;
    QVERIFY(other.exec(QStringLiteral("COMMIT")));
    waiting.join();
    QVERIFY(waited);
    QVERIFY(!early);
    QVERIFY(added);
}

void TestDatabaseUse::failedTransactionIsRolledBack()
{
    const auto db = Database::open(path(), OpenMode::Create);
    const auto failed = (*db)->transaction([&]() -> Status {
        if (const Status done = (*db)->run("manager_add", {{QStringLiteral("id"), QStringLiteral("m")},
                                                           {QStringLiteral("kind"), QStringLiteral("k")},
                                                           {QStringLiteral("process"), QStringLiteral("p")},
                                                           {QStringLiteral("now"), QStringLiteral("n")}});
            !done)
            return done;
        return failure(ErrorCode::Cancelled, QStringLiteral("cancelled"));
    });
    QCOMPARE(failed.error().code, ErrorCode::Cancelled);
    RawSql raw(path());
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM lifeguard_managers")).toInt(), 0);
    QVERIFY2(raw.exec(QStringLiteral("BEGIN IMMEDIATE")), "the lock must be released");
    QVERIFY(raw.exec(QStringLiteral("ROLLBACK")));
    QVERIFY((*db)->transaction([] { return Status(); }));
}

void TestDatabaseUse::nestedTransactionIsPartOfTheOuterOne()
{
    const auto db = Database::open(path(), OpenMode::Create);
    const SystemClock clock;
    JobQueue queue(**db, clock);
    JobReader reader(**db);
    NewJob job;
    job.type = QStringLiteral("noop");
    const auto failed = (*db)->transaction([&]() -> Status {
        if (const auto added = queue.add(job); !added)
            return failure(added.error());
        return failure(ErrorCode::Cancelled, QString());
    });
    QVERIFY(!failed);
    QVERIFY(reader.list({})->isEmpty());
}

void TestDatabaseUse::dataVersionChangesWithOtherConnections()
{
    const auto db = Database::open(path(), OpenMode::Create);
    const SystemClock clock;
    NewJob job;
    job.type = QStringLiteral("noop");
    const qint64 first = *(*db)->dataVersion();
    QVERIFY(JobQueue(**db, clock).add(job));
    QCOMPARE(*(*db)->dataVersion(), first); // this connection's commit
    QVERIFY(RawSql(path()).exec(QStringLiteral("UPDATE jobs SET priority = 3")));
    QVERIFY(*(*db)->dataVersion() != first);
}

/// Reading the schema and preparing all statements again would delay the first job of each worker.
void TestDatabaseUse::openedDatabaseKnowsItsSchema()
{
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&countStatements)); // of each connection that is opened
    for (const OpenMode mode : {OpenMode::Create, OpenMode::ReadWrite}) {
        auto database = Database::open(path(), mode);
        QVERIFY(database);
        executedStatements = 0;
        QVERIFY((*database)->repairSchema());
        QCOMPARE(executedStatements, 1);
        QVERIFY(RawSql(path()).exec(s("CREATE TABLE another_%1 (id INTEGER)").arg(int(mode))));
        QVERIFY((*database)->repairSchema());
        QVERIFY(executedStatements > 3);
        executedStatements = 0;
        QVERIFY((*database)->repairSchema());
        QCOMPARE(executedStatements, 1);
    }
    sqlite3_reset_auto_extension();
}

QTEST_GUILESS_MAIN(TestDatabaseUse)
#include "tst_databaseuse.moc"
