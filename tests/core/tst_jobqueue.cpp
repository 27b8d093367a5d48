// SPDX-License-Identifier: GPL-3.0-or-later
// The table "Jobs" of shared/PROTOCOL.md, row by row, and what the queue answers besides.
#include "core/base/beatfile.h"
#include "core/base/timestamp.h"
#include "core/store/eventlog.h"
#include "core/store/resultscache.h"
#include "tests/support/queuetest.h"

#include <QTest>

#include <algorithm>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

const QString noop = QStringLiteral("noop");

QString statusOf(const Job &job)
{
    return toString(job.status);
}

} // namespace

class TestJobQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { t = std::make_unique<QueueTest>(); }
    void cleanup() { t.reset(); }

    void pendingClaimed();
    void pendingClaimedInABatch();
    void order();
    void claimsNothing_data();
    void claimsNothing();
    void processingDone();
    void processingFailed();
    void workerDied_data();
    void workerDied();
    void givenUpListsTheDeaths();
    void killCountsTowardsGivingUp();
    void returnsThatDoNotCountNeverUseUpAttempts();
    void unstartedGivenBack();
    void processingCancelled();
    void pendingCancelled();
    void finishedIsNotCancelled();
    void retried_data();
    void retried();
    void unfinishedIsNotRetried();
    void rescued_data();
    void rescued();
    void rescueReadsTheBeats_data();
    void rescueReadsTheBeats();
    void rescueOfABatchCountsTheFirst();
    void rescueCountsEveryJobWithoutAWorker();
    void usedUpSeen();
    void leaseLost_data();
    void leaseLost();
    void leaseNeverRepeats();
    void addManyAllOrNone();
    void whatWasAddedIsStored();
    void overdue_data();
    void overdue();
    void clearFinished();
    void counts();
    void listAndCount_data();
    void listAndCount();
    void running();
    void unknownJob();
    void resultsCache();
    void events();

private:
    std::unique_ptr<QueueTest> t;
};

void TestJobQueue::pendingClaimed()
{
    const qint64 id = t->add();
    const qint64 worker = t->worker();
    t->clock.advance(7s);
    const Job job = t->claimOne(worker);
    QCOMPARE(job.id, id);
    QCOMPARE(job, t->job(id));
    QCOMPARE(statusOf(job), QStringLiteral("processing"));
    QCOMPARE(job.attempts, 1);
    QCOMPARE(job.workerId, worker);
    QCOMPARE(job.startedAt, t->clock.utcNow());
    QCOMPARE(RawSql(t->path()).value(QStringLiteral("SELECT status FROM workers")).toString(), QStringLiteral("busy"));
}

void TestJobQueue::pendingClaimedInABatch()
{
    for (int i = 0; i < 5; ++i)
        t->add();
    const qint64 worker = t->worker();
    const auto jobs = t->queue->claim(worker, noop, 3);
    QVERIFY(jobs);
    QCOMPARE(jobs->size(), 3);
    for (const Job &job : *jobs) {
        QCOMPARE(statusOf(t->job(job.id)), QStringLiteral("processing"));
        QCOMPARE(job.attempts, 1);
    }
    QCOMPARE(t->queue->claim(worker, noop, 10)->size(), 2);
}

void TestJobQueue::order()
{
    const qint64 low = t->add(noop, 0);
    const qint64 first = t->add(noop, 5);
    const qint64 second = t->add(noop, 5);
    const qint64 highest = t->add(noop, 9);
    t->add(QStringLiteral("other"), 99);
    const qint64 worker = t->worker();
    QList<qint64> claimed{t->claimOne(worker).id};
    const auto rest = t->queue->claim(worker, noop, 10);
    QVERIFY(rest);
    for (const Job &job : *rest)
        claimed.append(job.id);
    QCOMPARE(claimed, (QList<qint64>{highest, first, second, low}));
}

void TestJobQueue::claimsNothing_data()
{
    QTest::addColumn<QString>("statement");
    QTest::addColumn<bool>("dead");
    QTest::newRow("nothing waits") << QStringLiteral("DELETE FROM jobs") << false;
    QTest::newRow("another type waits") << QStringLiteral("UPDATE jobs SET job_type = 'other'") << false;
    QTest::newRow("attempts used up") << QStringLiteral("UPDATE jobs SET attempts = max_attempts") << false;
    QTest::newRow("worker dead in the table") << QStringLiteral("UPDATE workers SET status = 'dead'") << true;
    QTest::newRow("worker's row gone") << QStringLiteral("DELETE FROM workers") << true;
}

void TestJobQueue::claimsNothing()
{
    QFETCH(QString, statement);
    QFETCH(bool, dead);
    t->add();
    const qint64 worker = t->worker();
    RawSql raw(t->path());
    QVERIFY(raw.exec(statement));
    const auto jobs = t->queue->claim(worker, noop);
    if (dead)
        QCOMPARE(jobs.error().code, ErrorCode::WorkerDead);
    else
        QVERIFY(jobs && jobs->isEmpty());
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM jobs WHERE status <> 'pending'")).toInt(), 0);
}

void TestJobQueue::processingDone()
{
    const qint64 id = t->add();
    const qint64 worker = t->worker();
    const Job job = t->claimOne(worker);
    t->clock.advance(3s);
    QVERIFY(t->queue->acknowledge(job.lease(), 3.0));
    QCOMPARE(statusOf(t->job(id)), QStringLiteral("completed"));
    QCOMPARE(t->job(id).completedAt, t->clock.utcNow());
    t->add();
    QVERIFY(t->queue->acknowledge(t->claimOne(worker).lease(), 1.0));
    RawSql raw(t->path());
    QCOMPARE(raw.value(QStringLiteral("SELECT jobs_processed FROM workers")).toInt(), 2);
    QCOMPARE(raw.value(QStringLiteral("SELECT avg_processing_time FROM workers")).toDouble(), 2.0);
    QCOMPARE(raw.value(QStringLiteral("SELECT jobs_failed FROM workers")).toInt(), 0);
}

void TestJobQueue::processingFailed()
{
    const qint64 id = t->add();
    const qint64 worker = t->worker();
    const Job job = t->claimOne(worker);
    t->clock.advance(3s);
    QVERIFY(t->queue->fail(job.lease(), QStringLiteral("line 3: no such arrow"), QStringLiteral("trace"), 3.0));
    const Job failed = t->job(id);
    QCOMPARE(statusOf(failed), QStringLiteral("failed"));
    QCOMPARE(failed.error, QStringLiteral("line 3: no such arrow"));
    QCOMPARE(failed.traceback, QStringLiteral("trace"));
    QCOMPARE(failed.completedAt, t->clock.utcNow());
    RawSql raw(t->path());
    QCOMPARE(raw.value(QStringLiteral("SELECT jobs_failed FROM workers")).toInt(), 1);
    QCOMPARE(raw.value(QStringLiteral("SELECT jobs_processed FROM workers")).toInt(), 0);
    QVERIFY2(t->queue->claim(worker, noop)->isEmpty(), "a failure is not retried by itself");
}

// A worker holds three jobs of one batch: priority 5 first, then two of priority 0. "begun" is an index, -1 none, 9 unknown.
void TestJobQueue::workerDied_data()
{
    QTest::addColumn<int>("begun");
    QTest::addColumn<bool>("countBegun");
    QTest::addColumn<QList<bool>>("counted");
    QTest::newRow("died in its first") << 0 << true << QList<bool>{true, false, false};
    QTest::newRow("died in its second") << 1 << true << QList<bool>{false, true, false};
    QTest::newRow("died before it began one") << -1 << true << QList<bool>{false, false, false};
    QTest::newRow("unknown: the oldest counts") << 9 << true << QList<bool>{true, false, false};
    QTest::newRow("the grace ran out") << 0 << false << QList<bool>{false, false, false};
    QTest::newRow("the grace ran out, unknown") << 9 << false << QList<bool>{false, false, false};
}

void TestJobQueue::workerDied()
{
    QFETCH(int, begun);
    QFETCH(bool, countBegun);
    QFETCH(QList<bool>, counted);
    t->add();
    t->add();
    t->add(noop, 5);
    const qint64 worker = t->worker();
    const QList<Job> batch = *t->queue->claim(worker, noop, 3);
    const qint64 other = t->add();
    const qint64 otherWorker = t->worker(QStringLiteral("direct-noop-1-bbbbbbbb"));
    t->claimOne(otherWorker);
    const qint64 begunJob = begun == 9 ? 0 : begun == -1 ? -1 : batch.at(begun).id;
    const auto returned = t->queue->returnJobsOf(worker, {begunJob, countBegun, QStringLiteral("noop-0 died: SIGKILL")});
    QVERIFY(returned);
    QCOMPARE(returned->size(), 3);
    for (int i = 0; i < 3; ++i) {
        const Job job = t->job(batch.at(i).id);
        const auto found = std::find_if(returned->cbegin(), returned->cend(), [&](const ReturnedJob &one) { return one.jobId == job.id; });
        QVERIFY(found != returned->cend());
        QCOMPARE(found->counted, counted.at(i));
        QCOMPARE(toString(found->status), QStringLiteral("pending"));
        QCOMPARE(statusOf(job), QStringLiteral("pending"));
        QCOMPARE(job.attempts, 1); // never lowered
        QCOMPARE(job.maxAttempts, counted.at(i) ? 3 : 4);
        QCOMPARE(job.workerId, 0);
        QVERIFY(!job.startedAt.isValid());
        const QList<Event> events = t->eventsOf(job.id);
        QCOMPARE(events.size(), 1);
        QCOMPARE(events.first().kind, counted.at(i) ? QStringLiteral("job_interrupted") : QStringLiteral("job_returned"));
        QVERIFY(events.first().message.contains(QStringLiteral("noop-0 died: SIGKILL")));
        QCOMPARE(events.first().workerId, worker);
    }
    QCOMPARE(statusOf(t->job(other)), QStringLiteral("processing"));
}

void TestJobQueue::givenUpListsTheDeaths()
{
    const qint64 id = t->add();
    for (int attempt = 1; attempt <= 3; ++attempt) {
        const qint64 worker = t->worker(QStringLiteral("direct-noop-%1-aaaaaaaa").arg(attempt));
        QCOMPARE(t->claimOne(worker).attempts, attempt);
        t->clock.advance(60s);
        const auto returned = t->queue->returnJobsOf(worker, {id, true, QStringLiteral("noop-%1 died: SIGKILL").arg(attempt)});
        QCOMPARE(returned->size(), 1);
        QCOMPARE(toString(returned->first().status), attempt < 3 ? QStringLiteral("pending") : QStringLiteral("failed"));
    }
    const Job job = t->job(id);
    QCOMPARE(statusOf(job), QStringLiteral("failed"));
    QCOMPARE(job.completedAt, t->clock.utcNow());
    for (int attempt = 1; attempt <= 3; ++attempt) {
        QVERIFY2(job.error.contains(QStringLiteral("noop-%1 died: SIGKILL").arg(attempt)), qPrintable(job.error));
        QVERIFY2(job.error.contains(QStringLiteral("2026-01-01 00:0%1:00").arg(attempt)), qPrintable(job.error));
    }
    QCOMPARE(t->eventsOf(id).last().kind, QStringLiteral("job_given_up"));

    // Once more round: the error tells of the deaths since the retry as well, and of the earlier ones.
    QCOMPARE(*t->queue->retry({id}), 1);
    for (int attempt = 4; attempt <= 6; ++attempt) {
        const qint64 worker = t->worker(QStringLiteral("direct-noop-%1-aaaaaaaa").arg(attempt));
        t->claimOne(worker);
        QVERIFY(t->queue->returnJobsOf(worker, {id, true, QStringLiteral("noop-%1 died: SIGKILL").arg(attempt)}));
    }
    const QString error = t->job(id).error;
    for (int attempt = 1; attempt <= 6; ++attempt)
        QCOMPARE(error.count(QStringLiteral("noop-%1 died: SIGKILL").arg(attempt)), 1);
}

void TestJobQueue::killCountsTowardsGivingUp()
{
    const qint64 id = t->add(noop, 0, 1);
    const qint64 worker = t->worker();
    t->claimOne(worker);
    const auto returned = t->queue->returnJobsOf(worker, {id, true, QStringLiteral("noop-0 was killed by the user")});
    QCOMPARE(toString(returned->first().status), QStringLiteral("failed"));
    QVERIFY(t->job(id).error.contains(QStringLiteral("was killed by the user")));
}

void TestJobQueue::returnsThatDoNotCountNeverUseUpAttempts()
{
    const qint64 id = t->add();
    for (int stop = 1; stop <= 10; ++stop) {
        const qint64 worker = t->worker(QStringLiteral("direct-noop-%1-aaaaaaaa").arg(stop));
        QCOMPARE(t->claimOne(worker).attempts, stop);
        QVERIFY(t->queue->returnJobsOf(worker, {id, false, QStringLiteral("stopped")}));
        QCOMPARE(t->job(id).maxAttempts, 3 + stop);
    }
    // Three deaths are still needed to give it up, and the error lists three, not thirteen.
    for (int death = 1; death <= 3; ++death) {
        QCOMPARE(statusOf(t->job(id)), QStringLiteral("pending"));
        const qint64 worker = t->worker(QStringLiteral("direct-noop-%1-bbbbbbbb").arg(death));
        t->claimOne(worker);
        QVERIFY(t->queue->returnJobsOf(worker, {id, true, QStringLiteral("died: SIGSEGV")}));
    }
    QCOMPARE(statusOf(t->job(id)), QStringLiteral("failed"));
    const QString error = t->job(id).error;
    QCOMPARE(error.count(QStringLiteral("died: SIGSEGV")), 3);
    QVERIFY2(!error.contains(QStringLiteral("13")), qPrintable(error));
}

void TestJobQueue::unstartedGivenBack()
{
    const qint64 id = t->add();
    const qint64 worker = t->worker();
    const Lease lease = t->claimOne(worker).lease();
    QVERIFY(t->queue->giveBack(lease));
    const Job job = t->job(id);
    QCOMPARE(statusOf(job), QStringLiteral("pending"));
    QCOMPARE(job.attempts, 1);
    QCOMPARE(job.maxAttempts, 4);
    QCOMPARE(job.workerId, 0);
    QVERIFY(!job.startedAt.isValid());
}

void TestJobQueue::processingCancelled()
{
    const qint64 id = t->add();
    const qint64 worker = t->worker();
    const Lease lease = t->claimOne(worker).lease();
    QVERIFY(*t->queue->holds(lease));
    t->clock.advance(5s);
    QCOMPARE(*t->queue->cancel({id}, QStringLiteral("anna")), 1);
    QVERIFY2(!*t->queue->holds(lease), "the worker sees it and stops the tool");
    const Job job = t->job(id);
    QCOMPARE(statusOf(job), QStringLiteral("cancelled"));
    QCOMPARE(job.cancelledBy, QStringLiteral("anna"));
    QCOMPARE(job.cancelledAt, t->clock.utcNow());
    QCOMPARE(t->queue->acknowledge(lease, 1).error().code, ErrorCode::LeaseLost);
    QCOMPARE(statusOf(t->job(id)), QStringLiteral("cancelled"));
    QVERIFY(t->queue->returnJobsOf(worker, {id, true, QStringLiteral("died")})->isEmpty());
    QCOMPARE(statusOf(t->job(id)), QStringLiteral("cancelled"));
}

void TestJobQueue::pendingCancelled()
{
    const QList<qint64> ids{t->add(), t->add(), t->add()};
    QCOMPARE(*t->queue->cancel({ids.at(0), ids.at(1), 4711}, QStringLiteral("anna")), 2);
    QCOMPARE(statusOf(t->job(ids.at(0))), QStringLiteral("cancelled"));
    QCOMPARE(statusOf(t->job(ids.at(2))), QStringLiteral("pending"));
    QCOMPARE(t->claimOne(t->worker()).id, ids.at(2));
}

void TestJobQueue::finishedIsNotCancelled()
{
    const qint64 worker = t->worker();
    const qint64 done = t->add();
    QVERIFY(t->queue->acknowledge(t->claimOne(worker).lease(), 1));
    const qint64 failed = t->add();
    QVERIFY(t->queue->fail(t->claimOne(worker).lease(), QStringLiteral("bad"), {}, 1));
    QCOMPARE(*t->queue->cancel({done, failed}, QStringLiteral("anna")), 0);
    QCOMPARE(statusOf(t->job(done)), QStringLiteral("completed"));
    QCOMPARE(statusOf(t->job(failed)), QStringLiteral("failed"));
}

void TestJobQueue::retried_data()
{
    QTest::addColumn<bool>("cancelled");
    QTest::newRow("failed") << false;
    QTest::newRow("cancelled") << true;
}

void TestJobQueue::retried()
{
    QFETCH(bool, cancelled);
    const qint64 id = t->add();
    const qint64 worker = t->worker();
    for (int i = 0; i < 2; ++i) {
        t->claimOne(worker);
        QVERIFY(t->queue->returnJobsOf(worker, {id, true, QStringLiteral("died")}));
    }
    const Lease lease = t->claimOne(worker).lease();
    if (cancelled)
        QCOMPARE(*t->queue->cancel({id}, QStringLiteral("anna")), 1);
    else
        QVERIFY(t->queue->fail(lease, QStringLiteral("bad"), QStringLiteral("trace"), 1));
    QCOMPARE(*t->queue->retry({id}), 1);
    const Job job = t->job(id);
    QCOMPARE(statusOf(job), QStringLiteral("pending"));
    QCOMPARE(job.attempts, 3);
    QCOMPARE(job.maxAttempts, 6);
    QCOMPARE(job.error, QString());
    QCOMPARE(job.traceback, QString());
    QCOMPARE(job.cancelledBy, QString());
    QVERIFY(!job.cancelledAt.isValid());
    QVERIFY(!job.completedAt.isValid());
    QVERIFY(!job.startedAt.isValid());
    QCOMPARE(job.workerId, 0);
    QCOMPARE(t->claimOne(worker).attempts, 4);
    QCOMPARE(t->queue->acknowledge(lease, 1).error().code, ErrorCode::LeaseLost);
}

void TestJobQueue::unfinishedIsNotRetried()
{
    const qint64 worker = t->worker();
    const qint64 processing = t->add();
    t->claimOne(worker);
    const qint64 pending = t->add();
    QCOMPARE(*t->queue->retry({processing, pending, 4711}), 0);
    QCOMPARE(statusOf(t->job(processing)), QStringLiteral("processing"));
    QCOMPARE(t->job(pending).maxAttempts, 3);
}

void TestJobQueue::rescued_data()
{
    QTest::addColumn<QString>("statement"); // what befell the worker
    QTest::addColumn<QString>("owner"); // its manager; empty: it did not come from us
    QTest::addColumn<QString>("status");
    const QString dead = QStringLiteral("UPDATE workers SET status = 'dead'");
    const QString live = QStringLiteral("live-manager");
    const QString gone = QStringLiteral("gone-manager");
    QTest::newRow("its worker's row is gone") << QStringLiteral("DELETE FROM workers") << QString() << QStringLiteral("pending");
    QTest::newRow("dead, nobody's") << dead << QString() << QStringLiteral("pending");
    QTest::newRow("dead, of a manager that is gone") << dead << gone << QStringLiteral("pending");
    QTest::newRow("dead, of a live manager") << dead << live << QStringLiteral("processing");
    QTest::newRow("busy, of a manager that is gone") << QStringLiteral("SELECT 1") << gone << QStringLiteral("processing");
    QTest::newRow("hung, nobody's") << QStringLiteral("UPDATE workers SET status = 'hung'") << QString() << QStringLiteral("processing");
    QTest::newRow("no worker named") << QStringLiteral("UPDATE jobs SET worker_id = NULL") << QString() << QStringLiteral("pending");
    QTest::newRow("dead, attempts used up") << QStringLiteral("UPDATE workers SET status = 'dead'; UPDATE jobs SET max_attempts = 1") << QString()
                                            << QStringLiteral("failed");
    QTest::newRow("no worker named, attempts used up") << QStringLiteral("UPDATE jobs SET max_attempts = 1, worker_id = NULL") << QString()
                                                       << QStringLiteral("failed");
}

void TestJobQueue::rescued()
{
    QFETCH(QString, statement);
    QFETCH(QString, owner);
    QFETCH(QString, status);
    const QString executorId = QStringLiteral("direct-noop-0-aaaaaaaa");
    const qint64 id = t->add();
    if (!owner.isEmpty())
        t->own(executorId, owner);
    t->claimOne(t->worker(executorId));
    RawSql(t->path()).script(statement);
    const auto rescued = t->queue->rescue({QStringLiteral("live-manager"), QStringLiteral("another")});
    QVERIFY(rescued);
    const Job job = t->job(id);
    QCOMPARE(statusOf(job), status);
    if (status == QStringLiteral("processing")) {
        QVERIFY(rescued->isEmpty());
        return;
    }
    QCOMPARE(rescued->size(), 1);
    QVERIFY(rescued->first().counted);
    QCOMPARE(toString(rescued->first().status), status);
    QCOMPARE(job.attempts, 1);
    QCOMPARE(job.maxAttempts, status == QStringLiteral("failed") ? 1 : 3);
    QCOMPARE(job.error.isEmpty(), status == QStringLiteral("pending"));
    QVERIFY(t->queue->rescue({QStringLiteral("live-manager")})->isEmpty());
}

// Of a manager that is gone, its beat file still tells which job had begun.
void TestJobQueue::rescueReadsTheBeats_data()
{
    QTest::addColumn<int>("begun"); // index in the batch; -1: none; -2: the slot is another worker's by now; -3: no file
    QTest::addColumn<QList<int>>("maxAttempts");
    QTest::newRow("its first") << 0 << QList<int>{3, 4};
    QTest::newRow("its second") << 1 << QList<int>{4, 3};
    QTest::newRow("none") << -1 << QList<int>{4, 4};
    QTest::newRow("the slot is another's") << -2 << QList<int>{3, 4};
    QTest::newRow("no file") << -3 << QList<int>{3, 4};
}

void TestJobQueue::rescueReadsTheBeats()
{
    QFETCH(int, begun);
    QFETCH(QList<int>, maxAttempts);
    const QString beatPath = t->folder.filePath(QStringLiteral("beats"));
    const QString executorId = QStringLiteral("direct-noop-0-aaaaaaaa");
    t->own(executorId, QStringLiteral("gone-manager"), beatPath, 1);
    const qint64 worker = t->worker(executorId);
    t->add();
    t->add();
    const QList<Job> batch = *t->queue->claim(worker, noop, 2);
    if (begun != -3) {
        const auto beats = BeatFile::create(beatPath, 2);
        QVERIFY(beats);
        Beat beat;
        beat.workerId = begun == -2 ? worker + 1 : worker;
        beat.jobId = begun >= 0 ? batch.at(begun).id : begun == -2 ? batch.at(1).id : 0;
        (*beats)->write(1, beat);
    }
    QVERIFY(RawSql(t->path()).exec(QStringLiteral("UPDATE workers SET status = 'dead'")));
    QCOMPARE(t->queue->rescue({})->size(), 2);
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(statusOf(t->job(batch.at(i).id)), QStringLiteral("pending"));
        QCOMPARE(t->job(batch.at(i).id).maxAttempts, maxAttempts.at(i));
    }
}

void TestJobQueue::rescueOfABatchCountsTheFirst()
{
    const qint64 low = t->add(noop, 0);
    const qint64 high = t->add(noop, 5);
    const qint64 worker = t->worker();
    QCOMPARE(t->queue->claim(worker, noop, 2)->first().id, high);
    QVERIFY(RawSql(t->path()).exec(QStringLiteral("UPDATE workers SET status = 'dead'")));
    QCOMPARE(t->queue->rescue({})->size(), 2);
    QCOMPARE(t->job(high).maxAttempts, 3); // it came first in the batch
    QCOMPARE(t->job(low).maxAttempts, 4);
}

void TestJobQueue::rescueCountsEveryJobWithoutAWorker()
{
    const QList<qint64> ids{t->add(), t->add(), t->add()};
    QVERIFY(t->queue->claim(t->worker(), noop, 3));
    QVERIFY(RawSql(t->path()).exec(QStringLiteral("UPDATE jobs SET worker_id = NULL")));
    QCOMPARE(t->queue->rescue({})->size(), 3); // they need not be of one batch
    for (const qint64 id : ids) {
        QCOMPARE(statusOf(t->job(id)), QStringLiteral("pending"));
        QCOMPARE(t->job(id).maxAttempts, 3);
    }
}

void TestJobQueue::usedUpSeen()
{
    const qint64 stuck = t->add();
    const qint64 fine = t->add();
    RawSql raw(t->path());
    QVERIFY(raw.exec(QStringLiteral("UPDATE jobs SET attempts = max_attempts WHERE id = ?"), {stuck}));
    const auto rescued = t->queue->rescue({});
    QCOMPARE(rescued->size(), 1);
    const Job job = t->job(stuck);
    QCOMPARE(statusOf(job), QStringLiteral("failed"));
    QVERIFY(!job.error.isEmpty());
    QCOMPARE(job.completedAt, t->clock.utcNow());
    QCOMPARE(statusOf(t->job(fine)), QStringLiteral("pending"));
}

void TestJobQueue::leaseLost_data()
{
    QTest::addColumn<QString>("what");
    for (const char *what : {"cancelled", "died", "graceRanOut", "givenBack", "claimedAgain", "acknowledged", "failed", "deleted"})
        QTest::newRow(what) << QString::fromLatin1(what);
}

void TestJobQueue::leaseLost()
{
    QFETCH(QString, what);
    const qint64 id = t->add();
    const qint64 worker = t->worker();
    const Lease lease = t->claimOne(worker).lease();
    if (what == QStringLiteral("cancelled"))
        QCOMPARE(*t->queue->cancel({id}, QStringLiteral("anna")), 1);
    else if (what == QStringLiteral("died"))
        QVERIFY(t->queue->returnJobsOf(worker, {id, true, QStringLiteral("died")}));
    else if (what == QStringLiteral("graceRanOut"))
        QVERIFY(t->queue->returnJobsOf(worker, {id, false, QStringLiteral("stopped")}));
    else if (what == QStringLiteral("givenBack"))
        QVERIFY(t->queue->giveBack(lease));
    else if (what == QStringLiteral("acknowledged"))
        QVERIFY(t->queue->acknowledge(lease, 1));
    else if (what == QStringLiteral("failed"))
        QVERIFY(t->queue->fail(lease, QStringLiteral("bad"), {}, 1));
    else if (what == QStringLiteral("deleted"))
        QVERIFY(RawSql(t->path()).exec(QStringLiteral("DELETE FROM jobs")));
    else { // the same worker has it again
        QVERIFY(t->queue->returnJobsOf(worker, {id, true, QStringLiteral("died")}));
        QCOMPARE(t->claimOne(worker).attempts, 2);
    }
    RawSql raw(t->path());
    const QString look = QStringLiteral("SELECT group_concat(status || attempts || max_attempts || coalesce(error, '-')) FROM jobs");
    const QVariant before = raw.value(look);
    const QString workers = QStringLiteral("SELECT group_concat(jobs_processed || '/' || jobs_failed) FROM workers");
    const QVariant counted = raw.value(workers);
    QVERIFY(!*t->queue->holds(lease));
    QCOMPARE(t->queue->acknowledge(lease, 1).error().code, ErrorCode::LeaseLost);
    QCOMPARE(t->queue->fail(lease, QStringLiteral("late"), {}, 1).error().code, ErrorCode::LeaseLost);
    QCOMPARE(t->queue->giveBack(lease).error().code, ErrorCode::LeaseLost);
    QCOMPARE(raw.value(look), before);
    QCOMPARE(raw.value(workers), counted);
}

void TestJobQueue::leaseNeverRepeats()
{
    const qint64 id = t->add();
    const qint64 worker = t->worker();
    QList<int> attempts;
    for (int i = 0; i < 12; ++i) {
        const Lease lease = t->claimOne(worker).lease();
        QVERIFY(!attempts.contains(lease.attempt));
        attempts.append(lease.attempt);
        switch (i % 3) {
        case 0:
            QVERIFY(t->queue->giveBack(lease));
            break;
        case 1:
            QVERIFY(t->queue->returnJobsOf(worker, {id, i % 2 == 0, QStringLiteral("x")}));
            break;
        default:
            QVERIFY(t->queue->fail(lease, QStringLiteral("bad"), {}, 1));
            QCOMPARE(*t->queue->retry({id}), 1);
        }
    }
}

void TestJobQueue::addManyAllOrNone()
{
    NewJob good;
    good.type = noop;
    NewJob bad; // NULL as type is refused by the table
    const auto refused = t->queue->addMany({good, good, bad, good});
    QVERIFY(!refused);
    RawSql raw(t->path());
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM jobs")).toInt(), 0);
    const auto ids = t->queue->addMany({good, good, good});
    QCOMPARE(ids->size(), 3);
    QCOMPARE(raw.column(QStringLiteral("SELECT id FROM jobs ORDER BY id")),
             (QStringList{QString::number(ids->at(0)), QString::number(ids->at(1)), QString::number(ids->at(2))}));
    QVERIFY(t->queue->addMany({})->isEmpty());
}

void TestJobQueue::whatWasAddedIsStored()
{
    NewJob job{QStringLiteral("plantuml"), QStringLiteral("/w/a b'\";.puml"), QStringLiteral("/w/ä.svg"), QStringLiteral("hash"),
               QByteArray("{\"data\": \"\xc3\xa4 \\n ☃\"}"), 7, 5, QStringLiteral("corr")};
    const Job stored = t->job(*t->queue->add(job));
    QCOMPARE(stored.type, job.type);
    QCOMPARE(stored.inputFile, job.inputFile);
    QCOMPARE(stored.outputFile, job.outputFile);
    QCOMPARE(stored.contentHash, job.contentHash);
    QCOMPARE(stored.payload, job.payload);
    QCOMPARE(stored.priority, 7);
    QCOMPARE(stored.maxAttempts, 5);
    QCOMPARE(stored.correlationId, job.correlationId);
    QCOMPARE(stored.createdAt, t->clock.utcNow());
    QCOMPARE(statusOf(stored), QStringLiteral("pending"));
    QCOMPARE(t->queue->list({}).value().first().payload, QByteArray());
}

void TestJobQueue::overdue_data()
{
    QTest::addColumn<QString>("workerStatus");
    QTest::addColumn<int>("age");
    QTest::addColumn<bool>("returned");
    QTest::newRow("hung, over its limit") << QStringLiteral("hung") << 601 << true;
    QTest::newRow("dead, over its limit") << QStringLiteral("dead") << 601 << true;
    QTest::newRow("row gone, over its limit") << QString() << 601 << true;
    QTest::newRow("busy, over its limit") << QStringLiteral("busy") << 601 << false;
    QTest::newRow("hung, within its limit") << QStringLiteral("hung") << 599 << false;
}

void TestJobQueue::overdue()
{
    QFETCH(QString, workerStatus);
    QFETCH(int, age);
    QFETCH(bool, returned);
    const qint64 id = t->add();
    t->claimOne(t->worker());
    RawSql raw(t->path());
    if (workerStatus.isEmpty())
        QVERIFY(raw.exec(QStringLiteral("DELETE FROM workers")));
    else
        QVERIFY(raw.exec(QStringLiteral("UPDATE workers SET status = ?"), {workerStatus}));
    t->clock.advance(seconds(age));
    QCOMPARE(t->queue->returnOverdue(600s)->size(), returned ? 1 : 0);
    QCOMPARE(statusOf(t->job(id)), returned ? QStringLiteral("pending") : QStringLiteral("processing"));
    QCOMPARE(t->job(id).maxAttempts, 3);
}

void TestJobQueue::clearFinished()
{
    RawSql raw(t->path());
    const auto insert = [&](const char *status, const char *completed, const char *cancelled, const char *started) {
        QVERIFY2(raw.exec(QStringLiteral("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload, created_at, "
                                         "started_at, completed_at, cancelled_at) VALUES ('noop', ?, '', '', '', '{}', '2026-01-01 00:00:00', ?, ?, ?)"),
                          {QString::fromLatin1(status), started ? QVariant(QString::fromLatin1(started)) : QVariant(),
                           completed ? QVariant(QString::fromLatin1(completed)) : QVariant(),
                           cancelled ? QVariant(QString::fromLatin1(cancelled)) : QVariant()}),
                 qPrintable(raw.error()));
    };
    const char *const old = "2026-01-01 00:00:00";
    const char *const recent = "2026-01-09 00:00:00";
    insert("completed", old, nullptr, old); // goes
    insert("completed", recent, nullptr, old);
    insert("failed", old, nullptr, old); // goes
    insert("failed", nullptr, nullptr, old); // goes: CLX's failed jobs have no completed_at
    insert("failed", nullptr, nullptr, recent);
    insert("cancelled", nullptr, old, nullptr); // goes
    insert("cancelled", nullptr, recent, nullptr);
    insert("pending", nullptr, nullptr, nullptr);
    insert("processing", nullptr, nullptr, old);
    QCOMPARE(*t->queue->clearFinished(QDateTime(QDate(2026, 1, 5), QTime(0, 0), Qt::UTC)), 4);
    QCOMPARE(raw.column(QStringLiteral("SELECT id FROM jobs ORDER BY id")),
             (QStringList{QStringLiteral("2"), QStringLiteral("5"), QStringLiteral("7"), QStringLiteral("8"), QStringLiteral("9")}));
    QVERIFY2(t->add() > 9, "an id never comes back");
}

void TestJobQueue::counts()
{
    const qint64 worker = t->worker();
    const QDateTime oldest = t->clock.utcNow();
    t->add(noop, -1); // is claimed last of all
    t->clock.advance(10s);
    for (int i = 0; i < 6; ++i)
        t->add();
    QVERIFY(t->queue->acknowledge(t->claimOne(worker).lease(), 1));
    QVERIFY(t->queue->fail(t->claimOne(worker).lease(), QStringLiteral("bad"), {}, 1));
    QCOMPARE(*t->queue->cancel({t->claimOne(worker).id}, QStringLiteral("anna")), 1);
    t->claimOne(worker);
    t->add(QStringLiteral("plantuml"));
    RawSql raw(t->path());
    QVERIFY(raw.exec(QStringLiteral("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload, error) "
                                    "VALUES ('noop', 'failed', '', '', '', '{}', 'of CLX: no completed_at')")));
    const auto counts = *t->queue->counts();
    QCOMPARE(counts.size(), 2);
    JobCounts expected;
    expected.pending = 3;
    expected.processing = 1;
    expected.completed = 1;
    expected.failed = 2;
    expected.cancelled = 1;
    expected.oldestPending = oldest;
    QCOMPARE(counts.value(noop), expected);
    QCOMPARE(counts.value(noop).total(), 8);
    QCOMPARE(counts.value(QStringLiteral("plantuml")).pending, 1);
    JobCounts sum = counts.value(noop);
    sum += counts.value(QStringLiteral("plantuml"));
    QCOMPARE(sum.pending, 4);
    QCOMPARE(sum.oldestPending, oldest);
}

void TestJobQueue::listAndCount_data()
{
    QTest::addColumn<JobFilter>("filter");
    QTest::addColumn<QList<qint64>>("ids"); // newest first
    const auto filter = [](std::optional<JobStatus> status, const char *type, const char *text, int limit = 1000, bool activeFirst = false) {
        return JobFilter{status, QString::fromUtf8(type), QString::fromUtf8(text), limit, activeFirst};
    };
    QTest::newRow("all") << filter({}, "", "") << QList<qint64>{4, 3, 2, 1};
    QTest::newRow("by status") << filter(JobStatus::Failed, "", "") << QList<qint64>{2};
    QTest::newRow("by type") << filter({}, "plantuml", "") << QList<qint64>{3, 2};
    QTest::newRow("by part of the input, case aside") << filter({}, "", "TWO") << QList<qint64>{2};
    QTest::newRow("by part of the output") << filter({}, "", "three.svg") << QList<qint64>{3};
    QTest::newRow("by part of the error") << filter({}, "", "arrow") << QList<qint64>{2};
    QTest::newRow("percent is no pattern") << filter({}, "", "%") << QList<qint64>{};
    QTest::newRow("limit") << filter({}, "", "", 2) << QList<qint64>{4, 3};
    QTest::newRow("active first") << filter({}, "", "", 1000, true) << QList<qint64>{1, 4, 3, 2};
    QTest::newRow("active first, limit") << filter({}, "", "", 2, true) << QList<qint64>{1, 4};
    QTest::newRow("active first, by type") << filter({}, "plantuml", "", 10, true) << QList<qint64>{3, 2};
}

void TestJobQueue::listAndCount()
{
    QFETCH(JobFilter, filter);
    QFETCH(QList<qint64>, ids);
    const auto add = [this](const char *type, const char *name) {
        NewJob job;
        job.type = QString::fromUtf8(type);
        job.inputFile = QStringLiteral("/w/%1.puml").arg(QString::fromUtf8(name));
        job.outputFile = QStringLiteral("/w/output/%1.svg").arg(QString::fromUtf8(name));
        QVERIFY(t->queue->add(job));
    };
    add("noop", "one");
    add("plantuml", "two");
    add("plantuml", "three");
    add("noop", "four");
    const qint64 worker = t->worker();
    t->claimOne(worker); // one
    QVERIFY(t->queue->fail(t->claimOne(worker, QStringLiteral("plantuml")).lease(), QStringLiteral("no such Arrow"), {}, 1)); // two
    const auto jobs = t->queue->list(filter);
    QVERIFY(jobs);
    QList<qint64> found;
    for (const Job &job : *jobs)
        found.append(job.id);
    QCOMPARE(found, ids);
    if (filter.limit > 100)
        QCOMPARE(*t->queue->count(filter), ids.size());
}

void TestJobQueue::running()
{
    t->add();
    t->add();
    const qint64 worker = t->worker();
    const Job job = t->claimOne(worker);
    const auto running = *t->queue->running();
    QCOMPARE(running.size(), 1);
    QCOMPARE(running.first(), (RunningJob{job.id, worker, 1, noop, QString(), job.startedAt}));
}

void TestJobQueue::unknownJob()
{
    const auto job = t->queue->job(4711);
    QCOMPARE(job.error().code, ErrorCode::NotFound);
    QVERIFY(job.error().message.contains(QStringLiteral("4711")));
}

void TestJobQueue::resultsCache()
{
    ResultsCache cache(*t->db, t->clock);
    const QString output = QStringLiteral("/w/output/a.svg");
    const QString hash = QStringLiteral("abc");
    const QJsonObject first{{QStringLiteral("size"), 12}};
    const QJsonObject second{{QStringLiteral("size"), 13}};
    QVERIFY(!cache.find(output, hash).value());
    QVERIFY(cache.store(output, hash, first));
    t->clock.advance(60s);
    QCOMPARE(cache.find(output, hash)->value(), first);
    QVERIFY(!cache.find(output, QStringLiteral("abd")).value());
    QVERIFY(!cache.find(QStringLiteral("/w/output/b.svg"), hash).value());
    RawSql raw(t->path());
    QCOMPARE(raw.value(QStringLiteral("SELECT access_count FROM results_cache")).toInt(), 1);
    QCOMPARE(raw.value(QStringLiteral("SELECT last_accessed FROM results_cache")).toString(), toSqlTime(t->clock.utcNow()));
    QVERIFY(cache.store(output, hash, second));
    QCOMPARE(cache.find(output, hash)->value(), second);
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM results_cache")).toInt(), 1);
    QVERIFY2(cache.store(output, QString(), first) && !cache.find(output, QString()).value(), "without a hash nothing is known");
}

void TestJobQueue::events()
{
    EventLog log(*t->db, t->clock);
    Event known;
    known.kind = QStringLiteral("worker_failed");
    known.pool = known.workerType = noop;
    known.executorId = QStringLiteral("direct-noop-0-aaaaaaaa");
    known.workerId = 3;
    known.message = QStringLiteral("SIGKILL");
    Event own = known;
    own.kind = QStringLiteral("worker_hung");
    own.jobId = 9;
    Event bare;
    bare.kind = QStringLiteral("pool_started");
    QVERIFY(log.add(known));
    t->clock.advance(1s);
    QVERIFY(log.add(own));
    QVERIFY(log.add(bare));
    const auto all = *log.list(10);
    QCOMPARE(all.size(), 3);
    QCOMPARE(all.at(0).kind, bare.kind); // newest first
    known.id = all.at(2).id;
    known.at = QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC);
    QCOMPARE(all.at(2), known);
    QCOMPARE(log.list(1)->size(), 1);
    QCOMPARE(log.list(10, known.executorId)->size(), 2);
    QCOMPARE(log.ofJob(9)->size(), 1);
    // CLM's table gets what it has a type for, in its words.
    RawSql raw(t->path());
    QCOMPARE(raw.column(QStringLiteral("SELECT event_type || ' ' || coalesce(worker_id, '-') || ' ' || worker_type FROM worker_events ORDER BY id")),
             (QStringList{QStringLiteral("worker_failed 3 noop"), QStringLiteral("pool_started - ")}));
}

QTEST_GUILESS_MAIN(TestJobQueue)
#include "tst_jobqueue.moc"
