// SPDX-License-Identifier: GPL-3.0-or-later
// Working on files: those of old versions of CLX, locked ones, transactions.
#include "core/base/systemclock.h"
#include "core/model/job.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestDatabaseUse : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void oldFiles_data();
    void oldFiles();
    void oldTablesStayAsTheyAre();
    void busyInTime();
    void rollsBack();
    void nestedTransactionIsPartOfTheOuter();
    void dataVersion();

private:
    [[nodiscard]] QString path() const { return m_folder->filePath(QStringLiteral("q.db")); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestDatabaseUse::oldFiles_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<int>("version");
    QTest::newRow("version 1") << clxVersion1() << 1;
    QTest::newRow("version 1, migrated to 11") << clxMigratedTo11() << 11;
}

void TestDatabaseUse::oldFiles()
{
    QFETCH(QString, script);
    QFETCH(int, version);
    {
        RawSql raw(path());
        raw.script(script);
        raw.script(QStringLiteral("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload, error) "
                                  "VALUES ('plantuml', 'failed', 'a', 'b', 'c', '{}', 'bad')"));
        const auto watched = Database::open(path(), OpenMode::ReadOnly);
        QVERIFY2(watched, watched ? "" : qPrintable(watched.error().message));
        QCOMPARE((*watched)->info().clxVersion, version);
        const SystemClock clock;
        QCOMPARE(JobQueue(**watched, clock).list({})->size(), 1);
        QCOMPARE(JobQueue(**watched, clock).job(1)->error, QStringLiteral("bad"));
        QVERIFY(WorkerRegistry(**watched, clock).list(clock.utcNow()));
    }
    const auto db = Database::open(path(), OpenMode::ReadWrite);
    QVERIFY2(db, db ? "" : qPrintable(db.error().message));
    const SystemClock clock;
    JobQueue queue(**db, clock);
    WorkerRegistry registry(**db, clock);
    const auto worker = registry.registerWorker(QStringLiteral("noop"), QStringLiteral("direct-noop-0-aaaaaaaa"), QStringLiteral("direct"));
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
    QVERIFY(queue.fail(claimed->at(1).lease(), QStringLiteral("bad"), QStringLiteral("trace"), 1));
    // The old CHECK refuses 'cancelled': a failure that says so is the nearest there is.
    const auto cancelled = queue.cancel({claimed->at(2).id, ids->at(4)}, QStringLiteral("anna"));
    QVERIFY2(cancelled, cancelled ? "" : qPrintable(cancelled.error().detail));
    QCOMPARE(*cancelled, 2);
    for (const qint64 id : {claimed->at(2).id, ids->at(4)}) {
        QCOMPARE(toString(queue.job(id)->status), QStringLiteral("failed"));
        QVERIFY(queue.job(id)->error.contains(QStringLiteral("anna")));
    }
    QCOMPARE(queue.acknowledge(claimed->at(2).lease(), 1).error().code, ErrorCode::LeaseLost);
    QCOMPARE(*queue.retry({claimed->at(1).id, claimed->at(2).id}), 2);
    QCOMPARE(queue.returnJobsOf(*worker, {0, true, Message::literal(QStringLiteral("died"))})->size(), 1);
    QVERIFY(queue.rescue({}));
    QVERIFY(queue.counts());
    QCOMPARE(queue.list({})->size(), 6);
    QVERIFY(registry.mirror({{QStringLiteral("direct-noop-0-aaaaaaaa"), 1, 1, true}}));
    QVERIFY(registry.end(QStringLiteral("direct-noop-0-aaaaaaaa"), Message::literal(QStringLiteral("stopped")), true));
    QVERIFY(registry.list(clock.utcNow().addSecs(-60)));
}

void TestDatabaseUse::oldTablesStayAsTheyAre()
{
    const QString tables = QStringLiteral("SELECT group_concat(sql, ';') FROM sqlite_master WHERE name IN ('jobs', 'workers', 'results_cache', 'schema_version')");
    RawSql raw(path());
    raw.script(clxVersion1());
    const QString before = raw.value(tables).toString();
    const QString indexes = QStringLiteral("SELECT name FROM sqlite_master WHERE tbl_name IN ('jobs', 'workers', 'results_cache') "
                                           "AND type IN ('index', 'trigger') AND name NOT LIKE 'sqlite_%'");
    const QStringList theirs = raw.column(indexes);
    QVERIFY(Database::open(path(), OpenMode::ReadWrite));
    QCOMPARE(raw.value(tables).toString(), before);
    QCOMPARE(raw.value(QStringLiteral("SELECT max(version) FROM schema_version")).toInt(), 1);
    QStringList added = raw.column(indexes);
    added.removeIf([&theirs](const QString &name) { return theirs.contains(name); });
    QVERIFY(!added.isEmpty());
    for (const QString &name : added)
        QVERIFY2(name.startsWith(QStringLiteral("lifeguard_")), qPrintable(name));
}

void TestDatabaseUse::busyInTime()
{
    goodFile(path());
    const auto db = Database::open(path(), OpenMode::ReadWrite, 300ms);
    QVERIFY(db);
    const SystemClock clock;
    JobQueue queue(**db, clock);
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
    QVERIFY2(timer.elapsed() < 3000, "answers within its time-out");
    QCOMPARE(queue.list({})->size(), 200); // reading goes on meanwhile
    QVERIFY(Database::open(path(), OpenMode::ReadWrite, 300ms)); // so does opening
    QVERIFY(other.exec(QStringLiteral("COMMIT")));
    QVERIFY(queue.add(job));

    // One that is let go within the time-out is waited for.
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

void TestDatabaseUse::rollsBack()
{
    const auto db = Database::open(path(), OpenMode::Create);
    const auto failed = (*db)->transaction([&]() -> Status {
        if (const Status done = (*db)->run("manager_add", {{QStringLiteral("id"), QStringLiteral("m")}, {QStringLiteral("kind"), QStringLiteral("k")},
                                                          {QStringLiteral("process"), QStringLiteral("p")}, {QStringLiteral("now"), QStringLiteral("n")}}); !done)
            return done;
        return failure(ErrorCode::Cancelled, QStringLiteral("changed my mind"));
    });
    QCOMPARE(failed.error().code, ErrorCode::Cancelled);
    RawSql raw(path());
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM lifeguard_managers")).toInt(), 0);
    QVERIFY2(raw.exec(QStringLiteral("BEGIN IMMEDIATE")), "the lock was let go");
    QVERIFY(raw.exec(QStringLiteral("ROLLBACK")));
    QVERIFY((*db)->transaction([] { return Status(); }));
}

void TestDatabaseUse::nestedTransactionIsPartOfTheOuter()
{
    const auto db = Database::open(path(), OpenMode::Create);
    const SystemClock clock;
    JobQueue queue(**db, clock);
    NewJob job;
    job.type = QStringLiteral("noop");
    const auto failed = (*db)->transaction([&]() -> Status {
        if (const auto added = queue.add(job); !added)
            return tl::unexpected(added.error());
        return failure(ErrorCode::Cancelled, QString());
    });
    QVERIFY(!failed);
    QVERIFY(queue.list({})->isEmpty());
}

void TestDatabaseUse::dataVersion()
{
    const auto db = Database::open(path(), OpenMode::Create);
    const SystemClock clock;
    NewJob job;
    job.type = QStringLiteral("noop");
    const qint64 first = *(*db)->dataVersion();
    QVERIFY(JobQueue(**db, clock).add(job));
    QCOMPARE(*(*db)->dataVersion(), first); // our own
    QVERIFY(RawSql(path()).exec(QStringLiteral("UPDATE jobs SET priority = 3")));
    QVERIFY(*(*db)->dataVersion() != first);
}

QTEST_GUILESS_MAIN(TestDatabaseUse)
#include "tst_databaseuse.moc"
