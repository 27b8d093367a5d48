// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that the queries that run on a timer do not cost more when the backlog, the history or the payloads grow: by
// the plans of SQLite, and by the bytes that the process reads from a large file.
#include "core/base/systemclock.h"
#include "core/pool/heartbeattracker.h"
#include "core/pool/orphanwatch.h"
#include "core/pool/rescuer.h"
#include "core/pool/rescueview.h"
#include "core/store/fileschema.h"
#include "core/store/snapshotreader.h"
#include "core/store/sqltext.h"
#include "places.h"
#include "tests/support/bytesread.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "tests/support/workertest.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSqlDatabase>
#include <QSqlError>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// The statements that run on a timer of a manager, a window or a worker.
QStringList timerStatements()
{
    return {// the snapshot
            s("workers_list"), s("workers_starting"), s("jobs_counts"), s("jobs_running"), s("jobs_recent"),
            s("pools_published"),
            // each change of the database, in a manager, and when its pools have changed
            s("commands_waiting"), s("pool_publish"), s("pool_unpublish"),
            // the metrics, after a snapshot
            s("jobs_totals"),
            // lifeguardctl events --follow, after a change
            s("events_after"),
            // every 5 s in a manager
            s("worker_mirror"), s("worker_load"), s("manager_beat"), s("managers_list"), s("managers_pools"),
            s("owned_list"), s("owned_set_process"), s("database_advance"), s("database_identity"),
            s("workers_foreign"), s("workers_alive_after_end"), s("workers_deleted"), s("jobs_orphaned"),
            s("jobs_attempts_used_up"), s("jobs_of_idle_workers"), s("manager_remove"),
            // the ends of submissions, every 2 s
            s("submissions_finished"),
            // the search for expired history
            s("setting_get"), s("history_completed"), s("history_failed"), s("history_failed_undated"),
            s("history_cancelled"), s("history_submissions"), s("history_events"), s("history_commands"),
            s("history_workers"), s("history_results"),
            // of the idle worker that watches, after each change
            s("jobs_pending_by_type"),
            // polls and beats of a worker
            s("worker_alive"), s("worker_beat"), s("worker_idle"), s("manager_heartbeat"), s("job_is_claimable"),
            s("job_lease_valid")};
}

/// The statements that run when a user, a job or the end of a worker requires it.
QStringList otherStatements()
{
    return {s("cache_find"), s("cache_store"), s("cache_touch"), s("command_add"), s("command_finish"),
            s("command_get"), s("command_reject"), s("command_take"), s("command_withdraw"), s("commands_list"),
            s("commands_open"), s("event_add"), s("events_list"), s("events_matching"), s("events_of_job"),
            s("events_of_worker"), s("job_acknowledge"), s("job_add"), s("job_cancel"), s("job_cancel_v1"),
            s("job_claim"), s("job_fail"), s("job_fail_attempts_used_up"), s("job_get"), s("job_give_up"),
            s("job_give_up_orphan"), s("job_retry"), s("job_return_counted"), s("job_return_orphan"),
            s("job_return_uncounted"), s("job_remove_added"), s("job_size"), s("jobs_matching_chunk"), s("jobs_by_ids"),
            s("jobs_cancel_matching"), s("jobs_counts_matching"), s("jobs_latest_of_worker"), s("jobs_list"),
            s("jobs_newer"), s("jobs_newest"), s("jobs_of_worker"), s("jobs_order"), s("jobs_page"),
            s("jobs_with_text"), s("jobs_retry_matching"), s("manager_add"), s("owned_add"), s("owned_adopt"),
            s("owned_end"), s("owned_exists"), s("owned_clear_reason"), s("owned_reason"), s("owned_set_spec"),
            s("worker_busy"), s("worker_count_done"), s("worker_count_failed"), s("worker_dead"), s("worker_end"),
            s("worker_event_add"), s("worker_finished"), s("worker_hung"), s("worker_id_of"), s("worker_recovered"),
            s("worker_register"), s("worker_activate"), s("worker_assigned"), s("worker_job_limits"),
            s("worker_remove"), s("job_force"), s("job_unforce"), s("job_rerun"), s("job_notes"), s("job_notes_after"),
            s("job_notes_delete"), s("job_notes_latest"), s("job_note_add"), s("job_output_add"), s("job_outputs"),
            s("job_outputs_delete"), s("job_set_result"), s("fingerprint_find"), s("fingerprint_store"),
            s("jobs_rerun_matching"), s("job_highest_priority"), s("job_prioritize"), s("jobs_pending_priorities"),
            s("submission_add"), s("submission_end"), s("submissions_list"), s("submitted_job_add"), s("setting_set"),
            // for a row that has expired
            s("history_delete_job"), s("history_delete_submission"), s("history_delete_event"),
            s("history_delete_worker_event"), s("history_delete_command"), s("history_delete_worker"),
            s("history_delete_owned"), s("history_delete_result"),
            // at the beginning and the end of a manager
            s("job_forget_worker"), s("jobs_held"), s("jobs_of_ended_workers"), s("jobs_index_workers"),
            s("worker_events_forget_workers"), s("workers_delete_ended"),
            // only for a file of other programs that is open read-only, to which no index can be added
            s("jobs_counts_foreign"), s("jobs_oldest_pending_foreign")};
}

} // namespace

class TestTimerQueries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachStatementIsClassified();
    void plansVisitNoUnboundedRows_data();
    void plansVisitNoUnboundedRows();
    void listOfJobsWithAStatusUsesAnIndex();
    void idleManagerReadsLittleOfALargeFile();
    void bytesDoNotGrowWithTheBacklog();
    void workerReadsLittleOfALargeFile();
    void workerOpensALargeFileCheaply();
    void countsFollowEachChange();
    void countsFollowOtherPrograms();
    void droppedObjectsAreCreatedAgain();

private:
    static void addLargeJobs(QueueTest &t);
    /// Returns how many bytes the timers of a manager and of an idle worker read in one round, with this backlog.
    static void countBytesOfARound(int pending, int completed, qint64 &bytes);
    static void compareCounts(QueueTest &t);
};

void TestTimerQueries::eachStatementIsClassified()
{
    const QDir folder(s(LIFEGUARD_SOURCE_DIR "/resources/sql/sqlite"));
    for (const QString &file : folder.entryList({s("*.sql")})) {
        const QString name = file.chopped(4);
        if (name.startsWith(s("part_")))
            continue;
        QVERIFY2(timerStatements().contains(name) != otherStatements().contains(name), qPrintable(name));
    }
}

void TestTimerQueries::plansVisitNoUnboundedRows_data()
{
    QTest::addColumn<QString>("name");
    for (const QString &name : timerStatements())
        QTest::newRow(qPrintable(name)) << name;
}

/// A plan may scan results of subqueries, the index of living workers, and the tables of managers and of counts. It may
/// search jobs only in indexes that contain all columns: the columns after the payload cost as much as the payload.
void TestTimerQueries::plansVisitNoUnboundedRows()
{
    QFETCH(QString, name);
    const QueueTest t;
    RawSql raw(t.path());
    Result<FileSchema> schema;
    {
        QSqlDatabase connection = QSqlDatabase::addDatabase(s("QSQLITE"), s("plans"));
        connection.setDatabaseName(t.path());
        QVERIFY(connection.open());
        schema = FileSchema::read(s("plans"), t.path());
    }
    QSqlDatabase::removeDatabase(s("plans"));
    QVERIFY(schema);
    Result<QString> text = sqlText(name, *schema);
    QVERIFY(text);
    text->replace(QRegularExpression(s(":\\w+")), s("1")); // Qt explains no statement with unbound values
    const QStringList plan = raw.column(s("EXPLAIN QUERY PLAN ") + *text, 3);
    QVERIFY(!plan.isEmpty() || text->startsWith(s("INSERT")));
    static const QRegularExpression boundedScan(
        s("^SCAN (CONSTANT ROW|\\(subquery-\\d+\\)|shown|alive|old|c|lifeguard_managers|m|\\w+ USING COVERING INDEX "
          "lifeguard_workers_alive|lifeguard_submissions USING INDEX lifeguard_submissions_finished)$"));
    static const QRegularExpression unboundedIndex(s("idx_jobs_status \\(status=\\?|completed \\(status=\\?\\)"));
    const bool readsJobs = text->contains(QRegularExpression(s("(FROM|JOIN) jobs\\b")));
    for (const QString &step : plan) {
        if (step.startsWith(s("SCAN")))
            QVERIFY2(boundedScan.match(step).hasMatch(), qPrintable(plan.join(u'\n')));
        QVERIFY2(!unboundedIndex.match(step).hasMatch(), qPrintable(plan.join(u'\n')));
        static const QRegularExpression jobsStep(s("^SEARCH (jobs|j) USING "));
        if (readsJobs && jobsStep.match(step).hasMatch())
            QVERIFY2(step.contains(s("USING COVERING INDEX")), qPrintable(plan.join(u'\n')));
    }
}

void TestTimerQueries::listOfJobsWithAStatusUsesAnIndex()
{
    QueueTest t;
    addLargeJobs(t);
    JobFilter filter;
    filter.status = JobStatus::Processing;
    filter.limit = 10;
    const qint64 before = bytesRead();
    QVERIFY(t.reader->list(filter)->isEmpty());
    QVERIFY2(bytesRead() - before < 500'000, qPrintable(QString::number(bytesRead() - before)));
}

/// Adds 4,000 pending jobs with payloads of 40 KB (170 MB), 20,000 completed ones, and 5,000 dead workers.
void TestTimerQueries::addLargeJobs(QueueTest &t)
{
    RawSql raw(t.path());
    QVERIFY(raw.exec(s("BEGIN")));
    QVERIFY(raw.exec(s("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) "
                       "INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload) "
                       "SELECT 'noop', 'pending', '/w/in/' || i, '/w/out/' || i, i, hex(zeroblob(20000)) FROM n")));
    QVERIFY(raw.exec(s("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
                       "INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload, "
                       "started_at, completed_at, worker_id, attempts) SELECT 'noop', "
                       "CASE WHEN i % 4 THEN 'completed' ELSE 'failed' END, '/w/in/' || i, '/w/out/' || i, i, '{}', "
                       "'2025-01-01 00:00:00', CASE WHEN i % 4 THEN '2025-01-01 00:00:00' END, i % 5000 + 1, 1 "
                       "FROM n")));
    QVERIFY(raw.exec(s("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
                       "INSERT INTO workers (worker_type, container_id, status, last_heartbeat) "
                       "SELECT 'noop', 'direct-noop-' || i, 'dead', '2025-01-01 00:00:00' FROM n")));
    QVERIFY(raw.exec(s("INSERT INTO lifeguard_workers (executor_id, manager_id, pool, worker_type, mode, idx, "
                       "max_job_time, started_at, ended_at) SELECT container_id, 'm', 'p', 'noop', 'direct', 0, 600, "
                       "'2025-01-01 00:00:00', '2025-01-01 00:00:00' FROM workers")));
    QVERIFY(raw.exec(s("COMMIT")));
}

void TestTimerQueries::idleManagerReadsLittleOfALargeFile()
{
    QueueTest t;
    addLargeJobs(t);
    t.worker();
    const SystemClock clock;
    HeartbeatTracker heartbeats;
    OrphanWatch orphans;
    const RescueView view{s("m"), milliseconds(0), milliseconds(0), 0, {}};
    const auto poll = [&] {
        const Result<StoreSnapshot> snapshot = SnapshotReader(*t.db, clock).read();
        QCOMPARE(snapshot->total().pending, 4000);
        QCOMPARE(snapshot->total().completed, 15000);
        QVERIFY(snapshot->total().oldestPending.isValid());
        QVERIFY(Rescuer(*t.db, clock, view, heartbeats).rescueStale());
        QVERIFY(orphans.poll(*t.db, clock, view));
    };
    poll();
    RawSql raw(t.path());
    for (int i = 0; i < 3; ++i) {
        // A commit of another connection empties the page cache of this one.
        QVERIFY(raw.exec(s("UPDATE workers SET cpu_usage = 1 WHERE container_id = 'direct-noop-0-aaaaaaaa'")));
        const qint64 before = bytesRead();
        poll();
        const qint64 read = bytesRead() - before;
        QVERIFY2(read < 1'000'000, qPrintable(QString::number(read)));
    }
}

void TestTimerQueries::countBytesOfARound(int pending, int completed, qint64 &bytes)
{
    QueueTest t;
    RawSql raw(t.path());
    const auto add = [&raw](const QString &status, const QString &type, int count) {
        return raw.exec(s("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                          "INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload, "
                          "attempts, started_at, completed_at) SELECT ?, ?, '/w/in/' || i, '/w/out/' || i, i, "
                          "hex(zeroblob(200)), 0, '2025-01-01 00:00:00', '2025-01-01 00:00:00' FROM n"),
                        {count, type, status});
    };
    QVERIFY(raw.exec(s("BEGIN")));
    QVERIFY(add(s("pending"), s("noop"), pending));
    QVERIFY(add(s("completed"), s("noop"), completed));
    QVERIFY(raw.exec(s("COMMIT")));
    // No job can be claimed by this worker, which polls again and again.
    const QString name = s("direct-other-0-aaaaaaaa");
    t.addOwned(name, s("m"));
    const qint64 worker = t.worker(name, s("other"));
    QVERIFY(t.registry->registerManager(s("m"), s("manager")));
    const SystemClock clock;
    HeartbeatTracker heartbeats;
    OrphanWatch orphans;
    const RescueView view{s("m"), milliseconds(0), milliseconds(0), 0, {}};
    const auto round = [&] {
        const Result<StoreSnapshot> snapshot = SnapshotReader(*t.db, clock).read();
        QCOMPARE(snapshot->total().pending, pending);
        QCOMPARE(snapshot->total().completed, completed);
        QVERIFY(snapshot->total().oldestPending.isValid());
        QVERIFY(t.registry->mirror({{name, 1, 1, true}}));
        QVERIFY(t.registry->beatManager(s("m")));
        QVERIFY(t.db->repairSchema());
        QVERIFY(Rescuer(*t.db, clock, view, heartbeats).rescueStale());
        QVERIFY(orphans.poll(*t.db, clock, view));
        QVERIFY(t.queue->claim(worker, s("other"))->isEmpty());
    };
    round(); // prepares the statements
    QCOMPARE(raw.value(s("PRAGMA wal_checkpoint(TRUNCATE)")).toInt(), 0);
    // A commit of another connection empties the page cache of this one.
    QVERIFY(raw.exec(s("UPDATE workers SET cpu_usage = 2")));
    const qint64 before = bytesRead();
    round();
    bytes = bytesRead() - before;
}

/// 100 times as many jobs may add one level to the trees of SQLite, and so some pages, but no more.
void TestTimerQueries::bytesDoNotGrowWithTheBacklog()
{
    qint64 ofFew = 0;
    qint64 ofMany = 0;
    countBytesOfARound(1'000, 1'000, ofFew);
    countBytesOfARound(100'000, 100'000, ofMany);
    QVERIFY(ofFew > 0);
    QVERIFY2(2 * ofMany < 3 * ofFew, qPrintable(s("%1 and %2 bytes").arg(ofFew).arg(ofMany)));
}

void TestTimerQueries::workerReadsLittleOfALargeFile()
{
    QueueTest t;
    const qint64 worker = t.worker();
    NewJob job;
    job.type = s("large");
    job.payload = QByteArray(15'000'000, 'x');
    QVERIFY(t.queue->add(job));
    const Job claimed = t.claimOne(worker, s("large"));
    QVERIFY(t.queue->add(job));
    RawSql raw(t.path());
    QVERIFY(raw.exec(s("UPDATE workers SET cpu_usage = 1")));
    const qint64 before = bytesRead();
    QCOMPARE(t.queue->isLeaseValid(claimed.lease()).value_or(false), true);
    QCOMPARE(t.reader->running()->size(), 1);
    QCOMPARE(t.queue->claim(worker, s("noop"))->size(), 0);
    const qint64 read = bytesRead() - before;
    QVERIFY2(read < 1'000'000, qPrintable(QString::number(read)));
}

/// Only the manager checks the whole file when it opens it.
void TestTimerQueries::workerOpensALargeFileCheaply()
{
    QueueTest t;
    NewJob job;
    job.type = s("other");
    job.payload = QByteArray(40'000, 'x');
    QVERIFY(t.queue->addMany(QList<NewJob>(300, job)));
    t.queue.reset();
    t.db.reset(); // moves the content of the log to the file
    QVERIFY(QFileInfo(t.path()).size() > 10'000'000 && QFileInfo(t.path()).size() < 16'000'000);
    const QString name = s("direct-noop-0-bbbbbbbb");
    const auto worker = startProgram(s("lifeguard-worker"), {},
                                     workerEnvironment(s("noop"), name, t.path(), t.folder.path()));
    RawSql raw(t.path());
    QTRY_VERIFY_WITH_TIMEOUT(raw.value(s("SELECT 1 FROM workers WHERE container_id = ?"), {name}).isValid(), patience);
    const qint64 read = bytesRead(s("/proc/%1/io").arg(worker->processId()));
    QVERIFY2(read < 8'000'000, qPrintable(QString::number(read)));
    worker->terminate();
    QVERIFY(worker->waitForFinished(patience));
}

void TestTimerQueries::compareCounts(QueueTest &t)
{
    const auto counts = t.reader->counts();
    QVERIFY(counts);
    RawSql raw(t.path());
    qint64 total = 0;
    for (const JobCounts &ofType : *counts)
        total += ofType.total();
    QCOMPARE(total, raw.value(s("SELECT count(*) FROM jobs")).toLongLong());
    for (auto type = counts->cbegin(); type != counts->cend(); ++type) {
        const auto count = [&](const char *status) {
            return raw.value(s("SELECT count(*) FROM jobs WHERE job_type = ? AND status = ?"), {type.key(), s(status)})
                .toLongLong();
        };
        QCOMPARE(type->pending, count("pending"));
        QCOMPARE(type->processing, count("processing"));
        QCOMPARE(type->completed, count("completed"));
        QCOMPARE(type->failed, count("failed"));
        QCOMPARE(type->cancelled, count("cancelled"));
    }
}

void TestTimerQueries::countsFollowEachChange()
{
    QueueTest t;
    const qint64 worker = t.worker();
    for (int i = 0; i < 6; ++i)
        t.add(i % 2 ? s("noop") : s("plantuml"));
    compareCounts(t);
    const Job first = t.claimOne(worker);
    const Job second = t.claimOne(worker);
    compareCounts(t);
    QVERIFY(t.queue->acknowledge(first.lease(), 1));
    QVERIFY(t.queue->fail(second.lease(), s("broken"), {}));
    compareCounts(t);
    QCOMPARE(t.queue->retry({second.id}).value_or(0), 1);
    QCOMPARE(t.matching->cancel({}, s("anna"), 0, 100)->changed, 5);
    compareCounts(t);
}

/// Statements that other programs may use: replacing, deleting and inserting rows in any status.
/// By inserting, updating and deleting rows in any status.
void TestTimerQueries::countsFollowOtherPrograms()
{
    QueueTest t;
    const qint64 id = t.add();
    RawSql raw(t.path());
    const QString columns = s("(id, job_type, status, input_file, output_file, content_hash, payload)");
    QVERIFY(raw.exec(s("INSERT OR IGNORE INTO jobs %1 VALUES (900, 'noop', 'failed', '', '', '', '')").arg(columns)));
    QVERIFY(raw.exec(s("INSERT OR REPLACE INTO jobs %1 VALUES (901, 'noop', 'pending', '', '', '', '')").arg(columns)));
    compareCounts(t);
    QVERIFY(raw.exec(s("UPDATE OR REPLACE jobs SET status = 'completed' WHERE id = ?"), {id}));
    compareCounts(t);
    QVERIFY(raw.exec(s("UPDATE jobs SET job_type = 'drawio' WHERE id = ?"), {id}));
    QCOMPARE(t.reader->counts()->value(s("drawio")).completed, 1);
    compareCounts(t);
    QVERIFY(raw.exec(s("UPDATE jobs SET job_type = 'plantuml', status = 'pending' WHERE id IN (?, 901)"), {id}));
    compareCounts(t);
    QVERIFY(raw.exec(s("DELETE FROM jobs WHERE id = 900")));
    compareCounts(t);
    QVERIFY(raw.exec(s("DELETE FROM jobs")));
    QVERIFY(t.reader->counts()->isEmpty());
}

void TestTimerQueries::droppedObjectsAreCreatedAgain()
{
    QueueTest t;
    t.add();
    RawSql raw(t.path());
    const QString objects = s("SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger') AND "
                              "name LIKE 'lifeguard_%' ORDER BY name");
    const QStringList expected = raw.column(objects);
    // While a manager runs, as a migration of CLM does, and between two openings.
    for (const bool isOpen : {true, false}) {
        if (!isOpen)
            t.db.reset();
        raw.script(s("DROP INDEX lifeguard_jobs_claimable_by_mode; DROP INDEX lifeguard_workers_alive; "
                     "DROP TRIGGER lifeguard_jobs_changed; UPDATE jobs SET status = 'failed'"));
        if (isOpen)
            QVERIFY(t.db->repairSchema());
        const auto opened = Database::open(t.path(), OpenMode::ReadWrite);
        QVERIFY(opened);
        QCOMPARE(raw.column(objects), expected);
        QCOMPARE(JobReader(**opened).counts()->value(s("noop")).failed, 1);
    }
}

QTEST_GUILESS_MAIN(TestTimerQueries)
#include "tst_timerqueries.moc"
