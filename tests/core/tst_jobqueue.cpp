// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the transitions of docs/protocol.md, "Jobs", that workers and users make. tst_interruptedjobs.cpp tests those
// of managers.
#include "core/model/event.h"
#include "core/model/job.h"
#include "tests/support/queuetestcase.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestJobQueue : public QueueTestCase
{
    Q_OBJECT

private Q_SLOTS:
    void claimsAPendingJob();
    void claimsABatch();
    void claimsInOrderOfPriorityAndAge();
    void claimsNoJob_data();
    void claimsNoJob();
    void acknowledgedJobIsCompleted();
    void failedJobHasItsError();
    void givesAnUnstartedJobBack();
    void cancelsAProcessingJob();
    void cancelsPendingJobs();
    void doesNotCancelFinishedJobs();
    void retriesFailedAndCancelledJobs_data();
    void retriesFailedAndCancelledJobs();
    void doesNotRetryUnfinishedJobs();
    void refusesALostLease_data();
    void refusesALostLease();
    void leaseNeverRepeats();
};

void TestJobQueue::claimsAPendingJob()
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

void TestJobQueue::claimsABatch()
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

void TestJobQueue::claimsInOrderOfPriorityAndAge()
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

void TestJobQueue::claimsNoJob_data()
{
    QTest::addColumn<QString>("statement");
    QTest::addColumn<bool>("dead");
    QTest::newRow("no job is pending") << QStringLiteral("DELETE FROM jobs") << false;
    QTest::newRow("only a job of another type is pending")
        << QStringLiteral("UPDATE jobs SET job_type = 'other'") << false;
    QTest::newRow("the attempts are used up") << QStringLiteral("UPDATE jobs SET attempts = max_attempts") << false;
    QTest::newRow("the worker is marked dead") << QStringLiteral("UPDATE workers SET status = 'dead'") << true;
    QTest::newRow("the worker's row was deleted") << QStringLiteral("DELETE FROM workers") << true;
}

void TestJobQueue::claimsNoJob()
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

void TestJobQueue::acknowledgedJobIsCompleted()
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

void TestJobQueue::failedJobHasItsError()
{
    const qint64 id = t->add();
    const qint64 worker = t->worker();
    const Job job = t->claimOne(worker);
    t->clock.advance(3s);
    QVERIFY(t->queue->fail(job.lease(), QStringLiteral("line 3: no such arrow"), QStringLiteral("trace")));
    const Job failed = t->job(id);
    QCOMPARE(statusOf(failed), QStringLiteral("failed"));
    QCOMPARE(failed.error, QStringLiteral("line 3: no such arrow"));
    QCOMPARE(failed.traceback, QStringLiteral("trace"));
    QCOMPARE(failed.completedAt, t->clock.utcNow());
    const qint64 secret = t->add(); // errors contain the output of tools
    QVERIFY(t->queue->fail(t->claimOne(worker).lease(), QStringLiteral("cannot open https://me:hunter2@host/"),
                           QStringLiteral("connect(password='hunter2')")));
    QCOMPARE(t->job(secret).error, QStringLiteral("cannot open https://me:***@host/"));
    QCOMPARE(t->job(secret).traceback, QStringLiteral("connect(password=***)"));
    RawSql raw(t->path());
    QCOMPARE(raw.value(QStringLiteral("SELECT jobs_failed FROM workers")).toInt(), 2);
    QCOMPARE(raw.value(QStringLiteral("SELECT jobs_processed FROM workers")).toInt(), 0);
    QVERIFY2(t->queue->claim(worker, noop)->isEmpty(), "a failed job must not be retried automatically");
}

void TestJobQueue::givesAnUnstartedJobBack()
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
    const QList<Event> events = t->eventsOf(id);
    QCOMPARE(events.size(), 1);
    QCOMPARE(events.first().kind, EventKind::JobReturned);
    QCOMPARE(events.first().workerId, worker);
}

void TestJobQueue::cancelsAProcessingJob()
{
    const qint64 id = t->add();
    const qint64 worker = t->worker();
    const Lease lease = t->claimOne(worker).lease();
    QVERIFY(*t->queue->isLeaseValid(lease));
    t->clock.advance(5s);
    QCOMPARE(*t->queue->cancel({id}, QStringLiteral("anna")), 1);
    QVERIFY2(!*t->queue->isLeaseValid(lease), "cancelling must end the lease");
    const Job job = t->job(id);
    QCOMPARE(statusOf(job), QStringLiteral("cancelled"));
    QCOMPARE(job.cancelledBy, QStringLiteral("anna"));
    QCOMPARE(job.cancelledAt, t->clock.utcNow());
    QCOMPARE(t->queue->acknowledge(lease, 1).error().code, ErrorCode::LeaseLost);
    QCOMPARE(statusOf(t->job(id)), QStringLiteral("cancelled"));
    QVERIFY(t->interrupted->returnJobsOf(worker, {id, true, Message::literal(QStringLiteral("died"))})->isEmpty());
    QCOMPARE(statusOf(t->job(id)), QStringLiteral("cancelled"));
}

void TestJobQueue::cancelsPendingJobs()
{
    const QList<qint64> ids{t->add(), t->add(), t->add()};
    QCOMPARE(*t->queue->cancel({ids.at(0), ids.at(1), 4711}, QStringLiteral("anna")), 2);
    QCOMPARE(statusOf(t->job(ids.at(0))), QStringLiteral("cancelled"));
    QCOMPARE(statusOf(t->job(ids.at(2))), QStringLiteral("pending"));
    QCOMPARE(t->claimOne(t->worker()).id, ids.at(2));
}

void TestJobQueue::doesNotCancelFinishedJobs()
{
    const qint64 worker = t->worker();
    const qint64 done = t->add();
    QVERIFY(t->queue->acknowledge(t->claimOne(worker).lease(), 1));
    const qint64 failed = t->add();
    QVERIFY(t->queue->fail(t->claimOne(worker).lease(), QStringLiteral("bad"), {}));
    QCOMPARE(*t->queue->cancel({done, failed}, QStringLiteral("anna")), 0);
    QCOMPARE(statusOf(t->job(done)), QStringLiteral("completed"));
    QCOMPARE(statusOf(t->job(failed)), QStringLiteral("failed"));
}

void TestJobQueue::retriesFailedAndCancelledJobs_data()
{
    QTest::addColumn<bool>("cancelled");
    QTest::newRow("failed") << false;
    QTest::newRow("cancelled") << true;
}

void TestJobQueue::retriesFailedAndCancelledJobs()
{
    QFETCH(bool, cancelled);
    const qint64 id = t->add();
    const qint64 worker = t->worker();
    for (int i = 0; i < 2; ++i) {
        t->claimOne(worker);
        QVERIFY(t->interrupted->returnJobsOf(worker, {id, true, Message::literal(QStringLiteral("died"))}));
    }
    const Lease lease = t->claimOne(worker).lease();
    if (cancelled)
        QCOMPARE(*t->queue->cancel({id}, QStringLiteral("anna")), 1);
    else
        QVERIFY(t->queue->fail(lease, QStringLiteral("bad"), QStringLiteral("trace")));
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

void TestJobQueue::doesNotRetryUnfinishedJobs()
{
    const qint64 worker = t->worker();
    const qint64 processing = t->add();
    t->claimOne(worker);
    const qint64 pending = t->add();
    QCOMPARE(*t->queue->retry({processing, pending, 4711}), 0);
    QCOMPARE(statusOf(t->job(processing)), QStringLiteral("processing"));
    QCOMPARE(t->job(pending).maxAttempts, 3);
}

void TestJobQueue::refusesALostLease_data()
{
    QTest::addColumn<QString>("what");
    for (const char *what : {"cancelled", "returned after a death", "returned after the grace period", "given back",
                             "claimed again", "acknowledged", "failed", "deleted"})
        QTest::newRow(what) << QString::fromLatin1(what);
}

void TestJobQueue::refusesALostLease()
{
    QFETCH(QString, what);
    const qint64 id = t->add();
    const qint64 worker = t->worker();
    const Lease lease = t->claimOne(worker).lease();
    if (what == QStringLiteral("cancelled"))
        QCOMPARE(*t->queue->cancel({id}, QStringLiteral("anna")), 1);
    else if (what == QStringLiteral("returned after a death"))
        QVERIFY(t->interrupted->returnJobsOf(worker, {id, true, Message::literal(QStringLiteral("died"))}));
    else if (what == QStringLiteral("returned after the grace period"))
        QVERIFY(t->interrupted->returnJobsOf(worker, {id, false, Message::literal(QStringLiteral("stopped"))}));
    else if (what == QStringLiteral("given back"))
        QVERIFY(t->queue->giveBack(lease));
    else if (what == QStringLiteral("acknowledged"))
        QVERIFY(t->queue->acknowledge(lease, 1));
    else if (what == QStringLiteral("failed"))
        QVERIFY(t->queue->fail(lease, QStringLiteral("bad"), {}));
    else if (what == QStringLiteral("deleted"))
        QVERIFY(RawSql(t->path()).exec(QStringLiteral("DELETE FROM jobs")));
    else { // the same worker has claimed it again
        QVERIFY(t->interrupted->returnJobsOf(worker, {id, true, Message::literal(QStringLiteral("died"))}));
        QCOMPARE(t->claimOne(worker).attempts, 2);
    }
    RawSql raw(t->path());
    const QString jobs = QStringLiteral(
        "SELECT group_concat(status || attempts || max_attempts || coalesce(error, '-')) FROM jobs");
    const QVariant before = raw.value(jobs);
    const QString workers = QStringLiteral("SELECT group_concat(jobs_processed || '/' || jobs_failed) FROM workers");
    const QVariant counted = raw.value(workers);
    QVERIFY(!*t->queue->isLeaseValid(lease));
    QCOMPARE(t->queue->acknowledge(lease, 1).error().code, ErrorCode::LeaseLost);
    QCOMPARE(t->queue->fail(lease, QStringLiteral("late"), {}).error().code, ErrorCode::LeaseLost);
    QCOMPARE(t->queue->giveBack(lease).error().code, ErrorCode::LeaseLost);
    QCOMPARE(raw.value(jobs), before);
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
            QVERIFY(t->interrupted->returnJobsOf(worker, {id, i % 2 == 0, Message::literal(QStringLiteral("x"))}));
            break;
        default:
            QVERIFY(t->queue->fail(lease, QStringLiteral("bad"), {}));
            QCOMPARE(*t->queue->retry({id}), 1);
        }
    }
}

QTEST_GUILESS_MAIN(TestJobQueue)
#include "tst_jobqueue.moc"
