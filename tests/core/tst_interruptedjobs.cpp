// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the transitions of docs/protocol.md, "Jobs", that managers make: jobs of workers that have ended.
#include "core/base/beatfile.h"
#include "core/base/processidentity.h"
#include "core/model/event.h"
#include "core/model/job.h"
#include "tests/support/queuetestcase.h"

#include <QTest>

#include <algorithm>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestInterruptedJobs : public QueueTestCase
{
    Q_OBJECT

private Q_SLOTS:
    void countsTheBegunJobOnly_data();
    void countsTheBegunJobOnly();
    void errorOfAJobThatIsGivenUpListsTheDeaths();
    void killCountsTowardsGivingUp();
    void uncountedReturnsDoNotUseUpAttempts();
    void rescuesOrphans_data();
    void rescuesOrphans();
    void begunJobIsReadFromTheBeatFile_data();
    void begunJobIsReadFromTheBeatFile();
    void deletedRowOfALivingWorkerCostsNoAttempt_data();
    void deletedRowOfALivingWorkerCostsNoAttempt();
    void deletedRowOfAWorkerWithoutBeatsCostsNoAttempt_data();
    void deletedRowOfAWorkerWithoutBeatsCostsNoAttempt();
    void firstJobOfABatchCountsIfTheBegunJobIsUnknown();
    void everyJobWithoutAWorkerCounts();
    void pendingJobWithoutAttemptsLeftFails_data();
    void pendingJobWithoutAttemptsLeftFails();
    void returnsForgottenJobs_data();
    void returnsForgottenJobs();
};

/// A worker has a batch of three jobs: first one of priority 5, then two of priority 0. begun is an index in the batch;
/// -1: none; 9: unknown.
void TestInterruptedJobs::countsTheBegunJobOnly_data()
{
    QTest::addColumn<int>("begun");
    QTest::addColumn<bool>("countBegun");
    QTest::addColumn<QList<bool>>("counted");
    QTest::newRow("died in its first job") << 0 << true << QList<bool>{true, false, false};
    QTest::newRow("died in its second job") << 1 << true << QList<bool>{false, true, false};
    QTest::newRow("died before it began a job") << -1 << true << QList<bool>{false, false, false};
    QTest::newRow("begun job unknown, so the oldest counts") << 9 << true << QList<bool>{true, false, false};
    QTest::newRow("the grace period ran out") << 0 << false << QList<bool>{false, false, false};
    QTest::newRow("the grace period ran out, begun job unknown") << 9 << false << QList<bool>{false, false, false};
}

void TestInterruptedJobs::countsTheBegunJobOnly()
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
    const auto returned = t->interrupted->returnJobsOf(worker,
                                                       {begunJob, countBegun,
                                                        Message::literal(QStringLiteral("noop-0 died: SIGKILL"))});
    QVERIFY(returned);
    QCOMPARE(returned->size(), 3);
    for (int i = 0; i < 3; ++i) {
        const Job job = t->job(batch.at(i).id);
        const auto found = std::find_if(returned->cbegin(), returned->cend(),
                                        [&](const ReturnedJob &one) { return one.jobId == job.id; });
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
        QCOMPARE(events.first().kind, counted.at(i) ? EventKind::JobInterrupted : EventKind::JobReturned);
        QVERIFY(events.first().message.englishText().contains(QStringLiteral("noop-0 died: SIGKILL")));
        QCOMPARE(events.first().workerId, worker);
    }
    QCOMPARE(statusOf(t->job(other)), QStringLiteral("processing"));
}

void TestInterruptedJobs::errorOfAJobThatIsGivenUpListsTheDeaths()
{
    const qint64 id = t->add();
    for (int attempt = 1; attempt <= 3; ++attempt) {
        const qint64 worker = t->worker(QStringLiteral("direct-noop-%1-aaaaaaaa").arg(attempt));
        QCOMPARE(t->claimOne(worker).attempts, attempt);
        t->clock.advance(60s);
        const auto returned = t->interrupted->returnJobsOf(
            worker, {id, true, Message::literal(QStringLiteral("noop-%1 died: SIGKILL").arg(attempt))});
        QCOMPARE(returned->size(), 1);
        QCOMPARE(toString(returned->first().status),
                 attempt < 3 ? QStringLiteral("pending") : QStringLiteral("failed"));
    }
    const Job job = t->job(id);
    QCOMPARE(statusOf(job), QStringLiteral("failed"));
    QCOMPARE(job.completedAt, t->clock.utcNow());
    for (int attempt = 1; attempt <= 3; ++attempt) {
        QVERIFY2(job.error.contains(QStringLiteral("noop-%1 died: SIGKILL").arg(attempt)), qPrintable(job.error));
        QVERIFY2(job.error.contains(QStringLiteral("2026-01-01 00:0%1:00").arg(attempt)), qPrintable(job.error));
    }
    QCOMPARE(t->eventsOf(id).last().kind, EventKind::JobGivenUp);

    // After a retry, the error lists the earlier deaths and the later ones.
    QCOMPARE(*t->queue->retry({id}), 1);
    for (int attempt = 4; attempt <= 6; ++attempt) {
        const qint64 worker = t->worker(QStringLiteral("direct-noop-%1-aaaaaaaa").arg(attempt));
        t->claimOne(worker);
        QVERIFY(t->interrupted->returnJobsOf(worker,
                                             {id, true,
                                              Message::literal(QStringLiteral("noop-%1 died: SIGKILL").arg(attempt))}));
    }
    const QString error = t->job(id).error;
    for (int attempt = 1; attempt <= 6; ++attempt)
        QCOMPARE(error.count(QStringLiteral("noop-%1 died: SIGKILL").arg(attempt)), 1);
}

void TestInterruptedJobs::killCountsTowardsGivingUp()
{
    const qint64 id = t->add(noop, 0, 1);
    const qint64 worker = t->worker();
    t->claimOne(worker);
    const auto returned = t->interrupted->returnJobsOf(
        worker, {id, true, Message::literal(QStringLiteral("noop-0 was killed by the user"))});
    QCOMPARE(toString(returned->first().status), QStringLiteral("failed"));
    QVERIFY(t->job(id).error.contains(QStringLiteral("was killed by the user")));
}

void TestInterruptedJobs::uncountedReturnsDoNotUseUpAttempts()
{
    const qint64 id = t->add();
    for (int stop = 1; stop <= 10; ++stop) {
        const qint64 worker = t->worker(QStringLiteral("direct-noop-%1-aaaaaaaa").arg(stop));
        QCOMPARE(t->claimOne(worker).attempts, stop);
        QVERIFY(t->interrupted->returnJobsOf(worker, {id, false, Message::literal(QStringLiteral("stopped"))}));
        QCOMPARE(t->job(id).maxAttempts, 3 + stop);
    }
    // Three deaths are still needed to give the job up, and the error lists three, not thirteen.
    for (int death = 1; death <= 3; ++death) {
        QCOMPARE(statusOf(t->job(id)), QStringLiteral("pending"));
        const qint64 worker = t->worker(QStringLiteral("direct-noop-%1-bbbbbbbb").arg(death));
        t->claimOne(worker);
        QVERIFY(t->interrupted->returnJobsOf(worker, {id, true, Message::literal(QStringLiteral("died: SIGSEGV"))}));
    }
    QCOMPARE(statusOf(t->job(id)), QStringLiteral("failed"));
    const QString error = t->job(id).error;
    QCOMPARE(error.count(QStringLiteral("died: SIGSEGV")), 3);
    QVERIFY2(!error.contains(QStringLiteral("13")), qPrintable(error));
}

void TestInterruptedJobs::rescuesOrphans_data()
{
    QTest::addColumn<QString>("statement"); // changes the rows of the worker and the job
    QTest::addColumn<QString>("owner"); // the manager of the worker; empty: a worker of another program
    QTest::addColumn<QString>("status");
    const QString dead = QStringLiteral("UPDATE workers SET status = 'dead'");
    const QString live = QStringLiteral("live-manager");
    const QString gone = QStringLiteral("gone-manager");
    QTest::newRow("the worker's row was deleted")
        << QStringLiteral("DELETE FROM workers") << QString() << QStringLiteral("pending");
    QTest::newRow("dead, without a manager") << dead << QString() << QStringLiteral("pending");
    QTest::newRow("dead, its manager is gone") << dead << gone << QStringLiteral("pending");
    QTest::newRow("dead, its manager is alive") << dead << live << QStringLiteral("processing");
    QTest::newRow("busy, its manager is gone") << QStringLiteral("SELECT 1") << gone << QStringLiteral("processing");
    QTest::newRow("hung, without a manager")
        << QStringLiteral("UPDATE workers SET status = 'hung'") << QString() << QStringLiteral("processing");
    QTest::newRow("the job has no worker")
        << QStringLiteral("UPDATE jobs SET worker_id = NULL") << QString() << QStringLiteral("pending");
    QTest::newRow("dead, the attempts are used up")
        << QStringLiteral("UPDATE workers SET status = 'dead'; UPDATE jobs SET max_attempts = 1") << QString()
        << QStringLiteral("failed");
    QTest::newRow("the job has no worker, the attempts are used up")
        << QStringLiteral("UPDATE jobs SET max_attempts = 1, worker_id = NULL") << QString()
        << QStringLiteral("failed");
}

void TestInterruptedJobs::rescuesOrphans()
{
    QFETCH(QString, statement);
    QFETCH(QString, owner);
    QFETCH(QString, status);
    const QString executorId = QStringLiteral("direct-noop-0-aaaaaaaa");
    const qint64 id = t->add();
    if (!owner.isEmpty())
        t->addOwned(executorId, owner);
    t->claimOne(t->worker(executorId));
    RawSql(t->path()).script(statement);
    const auto rescued = t->interrupted->returnOrphans({QStringLiteral("live-manager"), QStringLiteral("another")});
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
    QVERIFY(t->interrupted->returnOrphans({QStringLiteral("live-manager")})->isEmpty());
}

/// The beat file of a manager that is gone still shows which job had begun.
void TestInterruptedJobs::begunJobIsReadFromTheBeatFile_data()
{
    // Index in the batch; -1: no job had begun; -2: the slot belongs to another worker; -3: there is no file.
    QTest::addColumn<int>("begun");
    QTest::addColumn<QList<int>>("maxAttempts");
    QTest::newRow("the first job had begun") << 0 << QList<int>{3, 4};
    QTest::newRow("the second job had begun") << 1 << QList<int>{4, 3};
    QTest::newRow("no job had begun") << -1 << QList<int>{4, 4};
    QTest::newRow("the slot belongs to another worker") << -2 << QList<int>{3, 4};
    QTest::newRow("there is no beat file") << -3 << QList<int>{3, 4};
}

void TestInterruptedJobs::begunJobIsReadFromTheBeatFile()
{
    QFETCH(int, begun);
    QFETCH(QList<int>, maxAttempts);
    const QString beatPath = t->folder.filePath(QStringLiteral("beats"));
    const QString executorId = QStringLiteral("direct-noop-0-aaaaaaaa");
    t->addOwned(executorId, QStringLiteral("gone-manager"), beatPath, 1);
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
    QCOMPARE(t->interrupted->returnOrphans({})->size(), 2);
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(statusOf(t->job(batch.at(i).id)), QStringLiteral("pending"));
        QCOMPARE(t->job(batch.at(i).id).maxAttempts, maxAttempts.at(i));
    }
}

void TestInterruptedJobs::deletedRowOfALivingWorkerCostsNoAttempt_data()
{
    QTest::addColumn<bool>("lives");
    QTest::addColumn<int>("phase");
    QTest::addColumn<int>("maxAttempts"); // of the begun job; the job that had not begun never counts
    QTest::newRow("lives") << true << int(WorkerPhase::Working) << 4;
    QTest::newRow("its process is gone") << false << int(WorkerPhase::Working) << 3;
    QTest::newRow("has ended") << true << int(WorkerPhase::Ended) << 3;
}

void TestInterruptedJobs::deletedRowOfALivingWorkerCostsNoAttempt()
{
    QFETCH(bool, lives);
    QFETCH(int, phase);
    const QString beatPath = t->folder.filePath(QStringLiteral("beats"));
    const QString executorId = QStringLiteral("direct-noop-0-aaaaaaaa");
    t->addOwned(executorId, QStringLiteral("manager"), beatPath, 1);
    ProcessIdentity process = ProcessIdentity::self();
    if (!lives)
        ++process.startTime;
    QVERIFY(t->registry->setProcess(executorId, process));
    const qint64 worker = t->worker(executorId);
    t->add();
    t->add();
    const QList<Job> batch = *t->queue->claim(worker, noop, 2);
    const auto beats = BeatFile::create(beatPath, 2);
    QVERIFY(beats);
    Beat beat;
    beat.workerId = worker;
    beat.jobId = batch.first().id;
    beat.phase = WorkerPhase(phase);
    (*beats)->write(1, beat);
    QVERIFY(RawSql(t->path()).exec(QStringLiteral("DELETE FROM workers")));
    QCOMPARE(t->interrupted->returnOrphans({QStringLiteral("manager")})->size(), 2);
    QCOMPARE(statusOf(t->job(batch.first().id)), QStringLiteral("pending"));
    QTEST(t->job(batch.first().id).maxAttempts, "maxAttempts");
    QCOMPARE(t->job(batch.last().id).maxAttempts, 4);
}

void TestInterruptedJobs::deletedRowOfAWorkerWithoutBeatsCostsNoAttempt_data()
{
    QTest::addColumn<QString>("process"); // recorded in lifeguard_workers
    QTest::addColumn<bool>("isManagerAlive");
    QTest::addColumn<int>("maxAttempts");
    const QString alive = ProcessIdentity::self().toString();
    ProcessIdentity other = ProcessIdentity::self();
    ++other.startTime;
    QTest::newRow("command") << alive << true << 4;
    QTest::newRow("command without a manager") << alive << false << 4;
    QTest::newRow("command that has ended") << other.toString() << true << 3;
    QTest::newRow("container") << QString() << true << 4;
    QTest::newRow("container without a manager") << QString() << false << 3;
}

void TestInterruptedJobs::deletedRowOfAWorkerWithoutBeatsCostsNoAttempt()
{
    QFETCH(QString, process);
    QFETCH(bool, isManagerAlive);
    const QString executorId = QStringLiteral("0123456789ab");
    t->addOwned(executorId, QStringLiteral("manager"));
    if (const auto identity = ProcessIdentity::fromString(process))
        QVERIFY(t->registry->setProcess(executorId, *identity));
    const qint64 job = t->add();
    QCOMPARE(t->queue->claim(t->worker(executorId), noop, 1)->size(), 1);
    QVERIFY(RawSql(t->path()).exec(QStringLiteral("DELETE FROM workers")));
    const QStringList live = isManagerAlive ? QStringList{QStringLiteral("manager")} : QStringList();
    QCOMPARE(t->interrupted->returnOrphans(live)->size(), 1);
    QCOMPARE(statusOf(t->job(job)), QStringLiteral("pending"));
    QTEST(t->job(job).maxAttempts, "maxAttempts");
}

void TestInterruptedJobs::firstJobOfABatchCountsIfTheBegunJobIsUnknown()
{
    const qint64 low = t->add(noop, 0);
    const qint64 high = t->add(noop, 5);
    const qint64 worker = t->worker();
    QCOMPARE(t->queue->claim(worker, noop, 2)->first().id, high);
    QVERIFY(RawSql(t->path()).exec(QStringLiteral("UPDATE workers SET status = 'dead'")));
    QCOMPARE(t->interrupted->returnOrphans({})->size(), 2);
    QCOMPARE(t->job(high).maxAttempts, 3); // it was the first job of the batch
    QCOMPARE(t->job(low).maxAttempts, 4);
}

void TestInterruptedJobs::everyJobWithoutAWorkerCounts()
{
    const QList<qint64> ids{t->add(), t->add(), t->add()};
    QVERIFY(t->queue->claim(t->worker(), noop, 3));
    QVERIFY(RawSql(t->path()).exec(QStringLiteral("UPDATE jobs SET worker_id = NULL")));
    QCOMPARE(t->interrupted->returnOrphans({})->size(), 3); // they may belong to different batches
    for (const qint64 id : ids) {
        QCOMPARE(statusOf(t->job(id)), QStringLiteral("pending"));
        QCOMPARE(t->job(id).maxAttempts, 3);
    }
}

void TestInterruptedJobs::pendingJobWithoutAttemptsLeftFails_data()
{
    QTest::addColumn<QString>("attempts");
    QTest::newRow("used up") << QStringLiteral("attempts = max_attempts");
    // Values of other programs.
    QTest::newRow("no number of attempts") << QStringLiteral("attempts = NULL");
    QTest::newRow("no limit") << QStringLiteral("max_attempts = NULL");
    QTest::newRow("too large") << QStringLiteral("attempts = 9000000000, max_attempts = 9000000003");
}

void TestInterruptedJobs::pendingJobWithoutAttemptsLeftFails()
{
    QFETCH(QString, attempts);
    const qint64 stuck = t->add();
    const qint64 fine = t->add();
    RawSql raw(t->path());
    QVERIFY(raw.exec(QStringLiteral("UPDATE jobs SET %1 WHERE id = ?").arg(attempts), {stuck}));
    QCOMPARE(t->claimOne(t->worker()).id, fine);
    const auto rescued = t->interrupted->returnOrphans({});
    QCOMPARE(rescued->size(), 1);
    const Job job = t->job(stuck);
    QCOMPARE(statusOf(job), QStringLiteral("failed"));
    QVERIFY(!job.error.isEmpty());
    QCOMPARE(job.completedAt, t->clock.utcNow());
    QCOMPARE(statusOf(t->job(fine)), QStringLiteral("processing"));
}

void TestInterruptedJobs::returnsForgottenJobs_data()
{
    QTest::addColumn<QString>("workerStatus");
    QTest::addColumn<int>("age");
    QTest::addColumn<bool>("returned");
    QTest::newRow("idle, over the limit") << QStringLiteral("idle") << 601 << true;
    // The worker may be about to set itself busy.
    QTest::newRow("idle, within the limit") << QStringLiteral("idle") << 599 << false;
    // The manager of the worker decides.
    QTest::newRow("busy, over the limit") << QStringLiteral("busy") << 601 << false;
    QTest::newRow("hung, over the limit") << QStringLiteral("hung") << 601 << false;
}

void TestInterruptedJobs::returnsForgottenJobs()
{
    QFETCH(QString, workerStatus);
    QFETCH(int, age);
    QFETCH(bool, returned);
    const qint64 id = t->add();
    const Job claimed = t->claimOne(t->worker());
    RawSql raw(t->path());
    QVERIFY(raw.exec(QStringLiteral("UPDATE workers SET status = ?"), {workerStatus}));
    t->clock.advance(seconds(age));
    const auto isOver = [&](const IdleWorkersJob &job) {
        return job.jobId == id && job.managerId.isEmpty() && !job.maxJobTime
            && job.startedAt.addSecs(600) < t->clock.utcNow();
    };
    QCOMPARE(t->interrupted->returnForgotten(isOver)->size(), returned ? 1 : 0);
    QCOMPARE(statusOf(t->job(id)), returned ? QStringLiteral("pending") : QStringLiteral("processing"));
    QCOMPARE(t->job(id).maxAttempts, 3);
    // A worker that finishes the job after all has lost its lease.
    QCOMPARE(t->queue->acknowledge(claimed.lease(), 1).has_value(), !returned);
}

QTEST_GUILESS_MAIN(TestInterruptedJobs)
#include "tst_interruptedjobs.moc"
