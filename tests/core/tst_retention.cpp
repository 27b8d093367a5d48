// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the deletion of history: what is deleted and what is kept, in batches that a budget limits.
#include "core/base/timestamp.h"
#include "core/pool/historyplan.h"
#include "core/pool/historypruner.h"
#include "core/store/eventlog.h"
#include "core/store/resultscache.h"
#include "core/store/retention.h"
#include "core/store/retentionstate.h"
#include "core/store/submissions.h"
#include "tests/support/history.h"
#include "tests/support/manualscheduler.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QFileInfo>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Returns the selection of what is older than a number of days.
HistorySelection olderThan(const QueueTest &t, HistoryKind kind, int days, bool includesForeign = false)
{
    return {kind, t.clock.utcNow().addSecs(-days * secondsOfADay), includesForeign};
}

/// Deletes until there is nothing left to delete, and returns the number of deleted rows.
qint64 deleteAll(QueueTest &t, const HistorySelection &selection)
{
    Retention retention(*t.db);
    DeletionBudget budget;
    HistoryPosition position;
    qint64 deleted = 0;
    for (int i = 0; i < 10'000; ++i) {
        const auto batch = retention.deleteBatch(selection, position, budget);
        if (!batch)
            return -1;
        deleted += batch->deleted;
        position = batch->position;
        if (!batch->more)
            return deleted;
    }
    return -2;
}

} // namespace

class TestRetention : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void budgetFollowsTheTimeOfTransactions();
    void pausesAreLongerThanTransactions();
    void deletesOldJobs_data();
    void deletesOldJobs();
    void keepsJobsOfOtherPrograms();
    void keepsJobsThatRunAgain();
    void deletesInSmallBatches();
    void batchesEndWithTheBudget();
    void positionSkipsForeignJobs();
    void deletesUndatedFailedJobs();
    void deletesSubmissionsWithoutJobs();
    void deletesEventsWithTheirCopies();
    void deletesCommands();
    void deletesEndedWorkers();
    void deletesResults();
    void countsWithoutDeleting();
    void fileShrinks();
};

void TestRetention::budgetFollowsTheTimeOfTransactions()
{
    using std::chrono::microseconds;
    DeletionBudget budget;
    const microseconds first = budget.limit();
    budget.record(microseconds(40'000));
    QVERIFY(budget.limit() < first / 2);
    for (int i = 0; i < 100; ++i)
        budget.record(microseconds(10'000'000));
    QCOMPARE(budget.limit(), DeletionBudget::minimum);
    for (int i = 0; i < 100; ++i)
        budget.record(microseconds(1));
    QCOMPARE(budget.limit(), DeletionBudget::target);
    // Where each transaction takes three times its budget, the budget becomes a third of the target.
    for (int i = 0; i < 100; ++i)
        budget.record(budget.limit() * 3);
    QVERIFY(budget.limit() * 3 <= DeletionBudget::target * 4 / 3);
    QVERIFY(budget.limit() * 3 >= DeletionBudget::target * 2 / 3);
}

void TestRetention::pausesAreLongerThanTransactions()
{
    using std::chrono::microseconds;
    for (const int held : {0, 100, 1'000, 5'000, 20'000})
        QVERIFY2(pauseAfter(microseconds(held)) >= 10 * std::chrono::duration_cast<milliseconds>(microseconds(held)),
                 qPrintable(QString::number(held)));
    QVERIFY(pauseAfter(std::chrono::seconds(100)) <= std::chrono::seconds(2));
}

void TestRetention::deletesOldJobs_data()
{
    QTest::addColumn<QString>("status");
    QTest::addColumn<HistoryKind>("kind");
    QTest::newRow("completed") << s("completed") << HistoryKind::CompletedJobs;
    QTest::newRow("failed") << s("failed") << HistoryKind::FailedJobs;
    QTest::newRow("cancelled") << s("cancelled") << HistoryKind::CancelledJobs;
}

void TestRetention::deletesOldJobs()
{
    QFETCH(QString, status);
    QFETCH(HistoryKind, kind);
    QueueTest t;
    addEnded(t, status, 15, 3);
    addEnded(t, status, 13, 2);
    for (const char *other : {"pending", "processing", "completed", "failed", "cancelled"}) {
        if (s(other) != status)
            addEnded(t, s(other), 15, 1);
    }
    QCOMPARE(deleteAll(t, olderThan(t, kind, 14)), 3);
    QCOMPARE(countJobs(t), 6);
    QCOMPARE(RawSql(t.path()).value(s("SELECT count(*) FROM lifeguard_jobs")), 6);
    QCOMPARE(t.reader->counts()->value(s("noop")).total(), 6);
}

void TestRetention::keepsJobsOfOtherPrograms()
{
    QueueTest t;
    addEnded(t, s("completed"), 15, 2, true);
    addEnded(t, s("completed"), 15, 3);
    QVERIFY(RawSql(t.path()).exec(s("INSERT INTO lifeguard_jobs (job_id, is_forced, is_foreign) VALUES (1, 1, 1)")));
    QCOMPARE(deleteAll(t, olderThan(t, HistoryKind::CompletedJobs, 14)), 3);
    QCOMPARE(countJobs(t), 2);
    QCOMPARE(deleteAll(t, olderThan(t, HistoryKind::CompletedJobs, 14, true)), 2);
    QCOMPARE(countJobs(t), 0);
}

/// A job may be run again between the search and the deletion.
void TestRetention::keepsJobsThatRunAgain()
{
    QueueTest t;
    addEnded(t, s("completed"), 15, 1);
    Values values{{s("key"), 1}, {s("before"), toSqlTime(t.clock.utcNow().addSecs(-14 * secondsOfADay))}};
    QCOMPARE(t.queue->rerun({1}, false).value_or(0), 1);
    QCOMPARE(t.db->change("history_delete_job", {s("completed")}, values).value_or(-1), 0);
    QVERIFY(t.queue->acknowledge(t.claimOne(t.worker()).lease(), 1));
    QCOMPARE(t.db->change("history_delete_job", {s("completed")}, values).value_or(-1), 0);
    // Other programs may leave the old time in the row.
    addEnded(t, s("completed"), 15, 1);
    QVERIFY(RawSql(t.path()).exec(s("UPDATE jobs SET status = 'pending' WHERE id = 2")));
    values[s("key")] = 2;
    QCOMPARE(t.db->change("history_delete_job", {s("completed")}, values).value_or(-1), 0);
    QCOMPARE(countJobs(t), 2);
}

void TestRetention::deletesInSmallBatches()
{
    QueueTest t;
    addEnded(t, s("completed"), 15, 3000);
    Retention retention(*t.db);
    DeletionBudget budget;
    const HistorySelection selection = olderThan(t, HistoryKind::CompletedJobs, 14);
    HistoryPosition position;
    int batches = 0;
    for (int left = 3000; left > 0; ++batches) {
        const auto batch = retention.deleteBatch(selection, position, budget);
        QVERIFY(batch && batch->deleted > 0);
        left -= batch->deleted;
        QCOMPARE(countJobs(t), left);
        QVERIFY(batch->held.count() > 0);
        QVERIFY(batch->more || left == 0);
        position = batch->position;
    }
    QVERIFY2(batches >= 6, qPrintable(QString::number(batches))); // at most 500 rows each
}

/// 500 rows cannot be deleted in the shortest time, 0.2 ms.
void TestRetention::batchesEndWithTheBudget()
{
    QueueTest t;
    addEnded(t, s("completed"), 15, 600);
    DeletionBudget budget;
    for (int i = 0; i < 100; ++i)
        budget.record(std::chrono::seconds(1));
    QCOMPARE(budget.limit(), DeletionBudget::minimum);
    const auto batch = Retention(*t.db).deleteBatch(olderThan(t, HistoryKind::CompletedJobs, 14), {}, budget);
    QVERIFY(batch);
    QVERIFY2(batch->deleted >= 1 && batch->deleted < 500, qPrintable(QString::number(batch->deleted)));
    QVERIFY(batch->more);
}

void TestRetention::positionSkipsForeignJobs()
{
    QueueTest t;
    addEnded(t, s("completed"), 20, 1200, true);
    addEnded(t, s("completed"), 15, 1);
    Retention retention(*t.db);
    DeletionBudget budget;
    const HistorySelection selection = olderThan(t, HistoryKind::CompletedJobs, 14);
    HistoryPosition position;
    for (int i = 0; i < 2; ++i) { // only foreign jobs: the write lock is not taken
        const auto batch = retention.deleteBatch(selection, position, budget);
        QCOMPARE(batch->deleted, 0);
        QCOMPARE(batch->held.count(), 0);
        QVERIFY(batch->more);
        position = batch->position;
    }
    const auto last = retention.deleteBatch(selection, position, budget);
    QCOMPARE(last->deleted, 1);
    QVERIFY(!last->more);
    QCOMPARE(retention.deleteBatch(selection, last->position, budget)->more, false);
}

void TestRetention::deletesUndatedFailedJobs()
{
    QueueTest t;
    addEnded(t, s("failed"), 61, 2);
    QVERIFY(RawSql(t.path()).exec(s("UPDATE jobs SET completed_at = NULL WHERE id = 1")));
    QCOMPARE(deleteAll(t, olderThan(t, HistoryKind::FailedJobs, 60)), 1);
    QCOMPARE(deleteAll(t, olderThan(t, HistoryKind::UndatedFailedJobs, 60)), 1);
    QCOMPARE(countJobs(t), 0);
}

void TestRetention::deletesSubmissionsWithoutJobs()
{
    QueueTest t;
    NewJob job;
    job.type = s("noop");
    for (const char *title : {"kept", "deleted"})
        QVERIFY(t.queue->addMany({job}, NewSubmission{s(title), s("anna")}));
    t.clock.advance(seconds(15 * secondsOfADay));
    QVERIFY(t.queue->addMany({job}, NewSubmission{s("young"), s("anna")}));
    RawSql raw(t.path());
    QVERIFY(raw.exec(s("UPDATE jobs SET status = 'completed' WHERE id IN (2, 3)")));
    QVERIFY(raw.exec(s("DELETE FROM jobs WHERE id IN (2, 3)")));
    QCOMPARE(deleteAll(t, olderThan(t, HistoryKind::Submissions, 14, true)), 1);
    QCOMPARE(raw.column(s("SELECT title FROM lifeguard_submissions ORDER BY id")),
             (QStringList{s("kept"), s("young")}));
}

void TestRetention::deletesEventsWithTheirCopies()
{
    QueueTest t;
    EventLog log(*t.db, t.clock);
    const auto add = [&](EventKind kind) {
        Event event;
        event.kind = kind;
        event.message = Message::literal(toString(kind));
        return log.add(event);
    };
    QVERIFY(add(EventKind::PoolStarted));
    QVERIFY(add(EventKind::WorkerHung)); // CLM's table does not accept this kind
    RawSql raw(t.path());
    QVERIFY(raw.exec(s("INSERT INTO worker_events (event_type, worker_type, created_at) "
                       "VALUES ('pool_started', 'noop', '2020-01-01 00:00:00')"))); // of CLM
    t.clock.advance(seconds(31 * secondsOfADay));
    QVERIFY(add(EventKind::PoolStopped));
    QCOMPARE(raw.value(s("SELECT count(*) FROM worker_events")), 3);
    QCOMPARE(deleteAll(t, olderThan(t, HistoryKind::Events, 30)), 2);
    QCOMPARE(log.list(10)->size(), 1);
    QCOMPARE(raw.column(s("SELECT event_type || coalesce(message, '') FROM worker_events ORDER BY id")),
             (QStringList{s("pool_started"), s("pool_stoppedpool_stopped")}));
}

void TestRetention::deletesCommands()
{
    QueueTest t;
    RawSql raw(t.path());
    for (const int days : {31, 29}) {
        const QString at = toSqlTime(t.clock.utcNow().addSecs(-days * secondsOfADay));
        QVERIFY(raw.exec(s("INSERT INTO lifeguard_commands (manager_id, verb, issuer_process, issued_at, expires_at, "
                           "issued_boot, expires_boot) VALUES ('m', 'stop', '', ?, ?, 1, 2)"),
                         {at, at}));
    }
    QCOMPARE(deleteAll(t, olderThan(t, HistoryKind::Commands, 30)), 1);
    QCOMPARE(raw.value(s("SELECT count(*) FROM lifeguard_commands")), 1);
}

void TestRetention::deletesEndedWorkers()
{
    QueueTest t;
    const QStringList names{s("direct-noop-0-aaaaaaaa"), s("direct-noop-1-bbbbbbbb"), s("direct-noop-2-cccccccc"),
                            s("direct-noop-3-dddddddd")};
    for (const QString &name : names) {
        t.addOwned(name, s("m"));
        t.worker(name);
    }
    t.worker(s("clx-worker"));
    RawSql raw(t.path());
    QVERIFY(raw.exec(s("UPDATE workers SET status = 'dead', last_heartbeat = '2020-01-01 00:00:00' "
                       "WHERE container_id IN ('clx-worker', '%1')")
                         .arg(names.at(0))));
    QVERIFY(t.registry->end(names.at(0), Message::literal(s("gone")), true));
    QVERIFY(t.registry->end(names.at(1), Message::literal(s("gone")), true));
    QVERIFY(raw.exec(s("UPDATE workers SET status = 'idle' WHERE container_id = ?"), {names.at(1)})); // it is alive
    t.clock.advance(seconds(8 * secondsOfADay));
    QVERIFY(t.registry->end(names.at(2), Message::literal(s("gone")), true)); // today
    QCOMPARE(deleteAll(t, olderThan(t, HistoryKind::Workers, 7)), 1);
    QCOMPARE(raw.column(s("SELECT executor_id FROM lifeguard_workers ORDER BY executor_id")), names.mid(1));
    QCOMPARE(raw.column(s("SELECT container_id FROM workers ORDER BY container_id")),
             QStringList{s("clx-worker")} + names.mid(1));
}

void TestRetention::deletesResults()
{
    QueueTest t;
    ResultsCache cache(*t.db, t.clock);
    const QJsonObject metadata{{s("size"), 1}, {s("mtime_ms"), 1}};
    QVERIFY(cache.store(s("/w/a.png"), s("a"), metadata));
    QVERIFY(cache.store(s("/w/b.png"), s("b"), metadata));
    RawSql raw(t.path());
    QVERIFY(raw.exec(s("INSERT INTO results_cache (output_file, content_hash, last_accessed) "
                       "VALUES ('/w/clx.png', 'c', '2020-01-01 00:00:00')")));
    t.clock.advance(seconds(91 * secondsOfADay));
    QVERIFY(cache.find(s("/w/b.png"), s("b"))->has_value()); // used again
    QCOMPARE(deleteAll(t, olderThan(t, HistoryKind::Results, 90)), 1);
    QCOMPARE(raw.column(s("SELECT output_file FROM results_cache ORDER BY 1")),
             (QStringList{s("/w/b.png"), s("/w/clx.png")}));
    QCOMPARE(deleteAll(t, olderThan(t, HistoryKind::Results, 90, true)), 1);
}

void TestRetention::countsWithoutDeleting()
{
    QueueTest t;
    addEnded(t, s("completed"), 15, 12);
    addEnded(t, s("completed"), 15, 3, true);
    Retention retention(*t.db);
    QCOMPARE(retention.count(olderThan(t, HistoryKind::CompletedJobs, 14), 1000).value_or(-1), 12);
    QCOMPARE(retention.count(olderThan(t, HistoryKind::CompletedJobs, 14, true), 1000).value_or(-1), 15);
    QCOMPARE(retention.count(olderThan(t, HistoryKind::CompletedJobs, 14), 1).value_or(-1), 1);
    QCOMPARE(retention.count(olderThan(t, HistoryKind::FailedJobs, 14), 1000).value_or(-1), 0);
    QCOMPARE(countJobs(t), 15);
}

void TestRetention::fileShrinks()
{
    QueueTest t;
    addEnded(t, s("completed"), 15, 300, false, QString(20'000, u'x'));
    RawSql raw(t.path());
    QCOMPARE(raw.value(s("PRAGMA auto_vacuum")), 2);
    QCOMPARE(raw.value(s("PRAGMA wal_checkpoint(TRUNCATE)")).toInt(), 0);
    const qint64 before = QFileInfo(t.path()).size();
    QCOMPARE(deleteAll(t, olderThan(t, HistoryKind::CompletedJobs, 14)), 300);
    qint64 left = t.db->unusedPages().value_or(-1);
    QVERIFY(left > 1000);
    const qint64 next = t.db->shrink(64).value_or(-1);
    QCOMPARE(next, left - 64);
    while (left > 0)
        left = t.db->shrink(64).value_or(-1);
    QCOMPARE(left, 0);
    QCOMPARE(raw.value(s("PRAGMA wal_checkpoint(TRUNCATE)")).toInt(), 0);
    QVERIFY2(QFileInfo(t.path()).size() < before / 5, qPrintable(QString::number(QFileInfo(t.path()).size())));
}

QTEST_GUILESS_MAIN(TestRetention)
#include "tst_retention.moc"
