// SPDX-License-Identifier: GPL-3.0-or-later
// Files of CLX and CLM, of all versions of their schema, new and migrated by CLX: reading leaves no trace, and writing
// respects their CHECKs.
#include "core/base/systemclock.h"
#include "core/model/job.h"
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "core/model/storesnapshot.h"
#include "core/model/workerrow.h"
#include "core/store/eventlog.h"
#include "core/store/resultscache.h"
#include "core/store/store.h"
#include "tests/support/clxfiles.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

Q_DECLARE_METATYPE(lifeguard::test::ClxFile)

namespace {

void addRows(const QList<ClxFile> &files)
{
    QTest::addColumn<ClxFile>("file");
    QTest::addColumn<bool>("wal");
    for (const ClxFile &file : files) {
        for (const bool wal : {false, true})
            QTest::newRow(qPrintable(nameOf(file) + (wal ? s(", WAL") : QString()))) << file << wal;
    }
}

} // namespace

#define VERIFY_DONE(call) \
    do { \
        const auto &answer = call; /* evaluated once: it may be a call */ \
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().message + u' ' + answer.error().detail)); \
    } while (false)

class TestClxFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void builderMakesFilesOfAllVersions_data() { addRows(allClxFiles()); }
    void builderMakesFilesOfAllVersions();
    void newestBuiltVersionHasTheColumnsOfANewFile();
    void readOnlyLeavesNoTrace_data() { addRows(allClxFiles()); }
    void readOnlyLeavesNoTrace();
    void storeReadsAllVersions_data() { addRows(usualClxFiles()); }
    void storeReadsAllVersions();
    void worksOnAllVersions_data() { addRows(allClxFiles()); }
    void worksOnAllVersions();
    void commandsByFilterWorkOnAllVersions_data() { addRows(usualClxFiles()); }
    void commandsByFilterWorkOnAllVersions();

private:
    [[nodiscard]] QString path() const { return m_folder->filePath(s("clx.db")); }
    /// Verifies that the file has not changed. SQLite may leave its files beside a file in WAL mode, as long as the log
    /// is empty.
    void verifyUnchanged(const QByteArray &before, bool wal) const;
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestClxFiles::verifyUnchanged(const QByteArray &before, bool wal) const
{
    QVERIFY2(contentOf(path()) == before, "the file changed");
    if (wal)
        QCOMPARE(contentOf(path() + s("-wal")).size(), 0);
    else
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{s("clx.db")});
}

void TestClxFiles::builderMakesFilesOfAllVersions()
{
    QFETCH(ClxFile, file);
    QFETCH(bool, wal);
    makeClxFile(path(), file, wal);
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{s("clx.db")});
    RawSql raw(path());
    for (const char *table :
         {"jobs", "results_cache", "workers", "worker_events", "worker_heartbeats", "schema_version"})
        QCOMPARE(raw.column(s("SELECT name FROM pragma_table_info('%1') ORDER BY cid").arg(s(table))),
                 columnsOf(file, s(table)));
    QCOMPARE(columnsOf(file, s("jobs")).contains(s("traceback")), file.createdVersion >= 2);
    QCOMPARE(columnsOf(file, s("worker_events")).isEmpty(), file.version < 3);
    QCOMPARE(columnsOf(file, s("worker_heartbeats")).isEmpty(), file.version < 8);
    QCOMPARE(raw.exec(s("UPDATE jobs SET status = 'cancelled' WHERE id = 1")), file.createdVersion >= 4);
    QCOMPARE(raw.exec(s("UPDATE workers SET status = 'created' WHERE id = 1")), file.createdVersion >= 7);
    QVERIFY(!raw.exec(s("UPDATE workers SET status = 'stopped' WHERE id = 1")));
    QCOMPARE(raw.value(s("SELECT max(version) FROM schema_version")).toInt(), file.version);
    QCOMPARE(raw.value(s("PRAGMA journal_mode")).toString(), wal ? s("wal") : s("delete"));
}

void TestClxFiles::newestBuiltVersionHasTheColumnsOfANewFile()
{
    QVERIFY(Database::open(path(), OpenMode::Create));
    RawSql raw(path());
    for (const char *table :
         {"jobs", "results_cache", "workers", "worker_events", "worker_heartbeats", "schema_version"}) {
        QStringList ours = raw.column(s("SELECT name FROM pragma_table_info('%1')").arg(s(table)));
        QStringList built = columnsOf({11, 11}, s(table));
        ours.sort();
        built.sort();
        QCOMPARE(ours, built);
    }
}

void TestClxFiles::readOnlyLeavesNoTrace()
{
    QFETCH(ClxFile, file);
    QFETCH(bool, wal);
    makeClxFile(path(), file, wal);
    const QByteArray before = contentOf(path());
    const bool acceptsCancelled = jobStatusesOf(file).contains(s("cancelled"));
    {
        const auto db = Database::open(path(), OpenMode::ReadOnly);
        VERIFY_DONE(db);
        QCOMPARE((*db)->info().clxVersion, file.version);
        QCOMPARE((*db)->acceptsCancelled(), acceptsCancelled);
        const SystemClock clock;
        JobQueue queue(**db, clock);
        JobReader reader(**db);
        const auto jobs = reader.list({});
        VERIFY_DONE(jobs);
        QCOMPARE(jobs->size(), acceptsCancelled ? 11 : 10);
        const auto failed = reader.job(8);
        VERIFY_DONE(failed);
        QCOMPARE(toString(failed->status), s("failed"));
        QCOMPARE(failed->error, s(sample::cellError));
        QVERIFY(!failed->completedAt.isValid());
        QCOMPARE(failed->correlationId, file.version >= 2 ? s("c1") : QString());
        QVERIFY(failed->payload.contains("# Title"));
        QCOMPARE(reader.job(9)->traceback.isEmpty(), file.createdVersion < 2);
        if (acceptsCancelled)
            QCOMPARE(reader.job(11)->cancelledBy, s("anna"));
        const auto running = reader.running();
        VERIFY_DONE(running);
        QCOMPARE(running->size(), 2);
        const auto workers = WorkerRegistry(**db, clock).list(clock.utcNow().addDays(-1));
        VERIFY_DONE(workers);
        QStringList statuses;
        for (const WorkerRow &worker : *workers) {
            statuses.append(toString(worker.status));
            QCOMPARE(worker.executionMode, file.version >= 3 ? s("docker") : QString());
            QCOMPARE(worker.jobsProcessed, 7);
            QVERIFY(worker.lastHeartbeat.isValid());
        }
        QStringList expected{s("busy"), s("idle"), s("hung"), s("dead")};
        if (workerStatusesOf(file).contains(s("created")))
            expected.append(s("created"));
        QCOMPARE(statuses, expected);
        QVERIFY(!queue.cancel({1}, s("anna")));
    }
    verifyUnchanged(before, wal);
}

void TestClxFiles::storeReadsAllVersions()
{
    QFETCH(ClxFile, file);
    QFETCH(bool, wal);
    makeClxFile(path(), file, wal);
    const QByteArray before = contentOf(path());
    {
        Store store;
        QSignalSpy failed(&store, &Store::readFailed);
        QSignalSpy read(&store, &Store::snapshotRead);
        VERIFY_DONE(answerOf(store.open(path(), OpenMode::ReadOnly)));
        EVENTUALLY(!read.isEmpty());
        const StoreSnapshot snapshot = read.last().first().value<StoreSnapshot>();
        QVERIFY(!snapshot.workers.isEmpty());
        QCOMPARE(snapshot.running.size(), 2);
        QCOMPARE(snapshot.counts.value(s("noop")).pending, sample::pendingNoops);
        QCOMPARE(snapshot.total().failed, sample::failed);
        QCOMPARE(snapshot.failedLastHour, 2); // the jobs without completed_at; the third one ended two hours ago
        QCOMPARE(snapshot.completedLastMinute, 1);
        // All requests of the table of jobs: every order, with filters and without.
        for (int column = 0; column <= static_cast<int>(JobColumn::Error); ++column) {
            JobPageRequest request;
            request.sort.column = static_cast<JobColumn>(column);
            request.withCounts = true;
            request.now = QDateTime::currentDateTimeUtc();
            request.order = column % 2 == 0 ? 0 : static_cast<quint64>(column);
            const auto page = answerOf(store.jobPage(request));
            VERIFY_DONE(page);
            QCOMPARE(page->total, snapshot.total().total());
            QCOMPARE(page->jobs.size(), page->total);
        }
        JobFilter filter;
        filter.status = JobStatus::Failed;
        filter.text = s("cell");
        JobInspectionRequest inspection;
        inspection.ids = {1, 8};
        inspection.filter = filter;
        const auto inspected = answerOf(store.inspectJobs(inspection));
        VERIFY_DONE(inspected);
        QCOMPARE(inspected->counts.failed, 1);
        QCOMPARE(answerOf(store.job(8))->error, s(sample::cellError));
        for (const ErrorCode code :
             {answerOf(store.retryJobs({8})).error().code, answerOf(store.cancelJobs({1}, s("anna"))).error().code,
              answerOf(store.retryMatching(filter)).error().code, answerOf(store.addJobs({NewJob()})).error().code})
            QCOMPARE(code, ErrorCode::ReadOnly);
        VERIFY_DONE(answerOf(store.events(100)));
        VERIFY_DONE(answerOf(store.events(100, s(sample::busyWorker))));
        VERIFY_DONE(answerOf(store.events(100, {}, s("cell"))));
        VERIFY_DONE(answerOf(store.eventsOfJob(8)));
        QVERIFY(failed.isEmpty());
    }
    verifyUnchanged(before, wal);
}

void TestClxFiles::worksOnAllVersions()
{
    QFETCH(ClxFile, file);
    QFETCH(bool, wal);
    makeClxFile(path(), file, wal);
    const QString clxSchema = s("SELECT group_concat(sql, ';') FROM sqlite_master WHERE name NOT LIKE 'lifeguard%'");
    const QString tables = RawSql(path()).value(clxSchema).toString();
    const bool acceptsCancelled = jobStatusesOf(file).contains(s("cancelled"));
    const QString cancelledAs = acceptsCancelled ? s("cancelled") : s("failed");
    {
        const auto db = Database::open(path(), OpenMode::ReadWrite);
        VERIFY_DONE(db);
        QCOMPARE((*db)->info().clxVersion, file.version);
        QCOMPARE((*db)->acceptsCancelled(), acceptsCancelled);
        const SystemClock clock;
        JobQueue queue(**db, clock);
        JobReader reader(**db);
        WorkerRegistry registry(**db, clock);

        const auto worker = registry.registerWorker(s("noop"), s("direct-noop-0-aaaaaaaa"), s("direct"));
        VERIFY_DONE(worker);
        NewJob job;
        job.type = s("noop");
        job.correlationId = s("corr");
        VERIFY_DONE(queue.addMany({job, job}));
        const auto claimed = queue.claim(*worker, s("noop"), 5);
        VERIFY_DONE(claimed);
        QCOMPARE(claimed->size(), 5);
        QCOMPARE(claimed->first().id, 4); // the highest priority
        VERIFY_DONE(queue.acknowledge(claimed->at(0).lease(), 1));
        VERIFY_DONE(queue.fail(claimed->at(1).lease(), s("bad"), s("trace")));
        VERIFY_DONE(queue.giveBack(claimed->at(2).lease()));
        // A job that is cancelled while it runs stays cancelled when its worker finishes it.
        const auto cancelled = queue.cancel({claimed->at(3).id}, s("anna"));
        VERIFY_DONE(cancelled);
        QCOMPARE(*cancelled, 1);
        QCOMPARE(queue.acknowledge(claimed->at(3).lease(), 1).error().code, ErrorCode::LeaseLost);
        const auto after = reader.job(claimed->at(3).id);
        QCOMPARE(toString(after->status), cancelledAs);
        QVERIFY(acceptsCancelled || after->error.contains(s("anna")));
        if (file.version >= 4)
            QCOMPARE(after->cancelledBy, s("anna"));
        QCOMPARE(*queue.retry({claimed->at(1).id, claimed->at(3).id}), 2);
        QCOMPARE(toString(reader.job(claimed->at(3).id)->status), s("pending"));
        QVERIFY(reader.job(claimed->at(3).id)->error.isEmpty());
        // The worker ends without finishing the fifth job.
        const auto returned = InterruptedJobs(**db, clock)
                                  .returnJobsOf(*worker, {0, true, Message::literal(s("died"))});
        VERIFY_DONE(returned);
        QCOMPARE(returned->size(), 1);

        // Jobs of CLX: that of a dead worker is returned, that of a busy one is not.
        const auto rescued = InterruptedJobs(**db, clock).returnOrphans({});
        VERIFY_DONE(rescued);
        QCOMPARE(rescued->size(), 1);
        QCOMPARE(rescued->first().jobId, 6);
        QCOMPARE(toString(reader.job(6)->status), s("pending"));
        QCOMPARE(toString(reader.job(5)->status), s("processing"));

        VERIFY_DONE(registry.setIdle(*worker));
        VERIFY_DONE(registry.beat(*worker));
        VERIFY_DONE(registry.mirror({{s("direct-noop-0-aaaaaaaa"), 1, 1, true}}));
        VERIFY_DONE(registry.setHung(s("direct-noop-0-aaaaaaaa"), Message::literal(s("no progress"))));
        VERIFY_DONE(registry.end(s("direct-noop-0-aaaaaaaa"), Message::literal(s("stopped")), true));
        VERIFY_DONE(registry.registerWorker(s("noop"), s("direct-noop-0-bbbbbbbb"), s("direct")));
        ResultsCache cache(**db, clock);
        VERIFY_DONE(cache.store(s("/out/a.png"), s("abc"), {}));
        QVERIFY(cache.find(s("/out/a.png"), s("abc"))->has_value());
        QVERIFY(cache.find(s("/out/done.html"), s("abc"))->has_value());
        VERIFY_DONE(EventLog(**db, clock).list(10));
    }
    RawSql raw(path());
    QCOMPARE(raw.value(clxSchema).toString(), tables); // CLX's tables and indexes have not changed
    QCOMPARE(raw.value(s("SELECT max(version) FROM schema_version")).toInt(), file.version);
    QCOMPARE(raw.value(s("PRAGMA integrity_check")).toString(), s("ok")); // includes the CHECKs
}

void TestClxFiles::commandsByFilterWorkOnAllVersions()
{
    QFETCH(ClxFile, file);
    QFETCH(bool, wal);
    makeClxFile(path(), file, wal);
    const QString cancelledAs = jobStatusesOf(file).contains(s("cancelled")) ? s("cancelled") : s("failed");
    Store store;
    VERIFY_DONE(answerOf(store.open(path(), OpenMode::ReadWrite)));
    JobFilter noops;
    noops.type = s("noop");
    const auto cancelled = answerOf(store.cancelMatching(noops, s("anna")));
    VERIFY_DONE(cancelled);
    QCOMPARE(*cancelled, sample::pendingNoops);
    for (int id = 1; id <= sample::pendingNoops; ++id)
        QCOMPARE(toString(answerOf(store.job(id))->status), cancelledAs);
    const auto retried = answerOf(store.retryMatching(noops));
    VERIFY_DONE(retried);
    QCOMPARE(*retried, sample::pendingNoops);
    QCOMPARE(answerOf(store.snapshot())->counts.value(s("noop")).pending, sample::pendingNoops);
}

QTEST_GUILESS_MAIN(TestClxFiles)
#include "tst_clxfiles.moc"
