// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the small parts of a worker: batch size, slot, pause, commits, batch of claimed jobs, registration, log.
#include "core/worker/batchsizepolicy.h"
#include "core/worker/commitwatcher.h"
#include "core/worker/holdwatcher.h"
#include "core/worker/jobbatch.h"
#include "core/worker/workerlog.h"
#include "core/worker/workerregistration.h"
#include "core/worker/workerslot.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QSignalSpy>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestWorkerSteps : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void batchSizeDependsOnTheAverage_data();
    void batchSizeDependsOnTheAverage();
    void slotPublishesPhaseAndJob();
    void slotWorksWithoutABeatFile();
    void holdWatcherReportsTheEndOfAPause();
    void commitsOfOtherConnectionsAreReported_data();
    void commitsOfOtherConnectionsAreReported();
    void batchIsReturnedUncounted();
    void batchIsKeptWhileTheDatabaseIsLocked();
    void batchDropsJobsWithoutALease();
    void batchSkipsJobsWithoutALease();
    void batchIsReturnedInOneTransaction();
    void batchIsReturnedAfterTheTimeLimit();
    void registrationTracksTheStatus();
    void deadWorkerCannotBecomeIdle();
    void logLinesDependOnTheLevel_data();
    void logLinesDependOnTheLevel();

private:
    [[nodiscard]] static WorkerOptions options()
    {
        WorkerOptions options;
        options.type = s("noop");
        options.executorId = s("w0");
        options.executionMode = s("direct");
        options.workspace = s("/ws");
        return options;
    }
};

void TestWorkerSteps::batchSizeDependsOnTheAverage_data()
{
    QTest::addColumn<QList<double>>("seconds");
    QTest::addColumn<int>("size");
    QTest::newRow("no job yet") << QList<double>() << 1;
    QTest::newRow("a long job") << QList<double>{10} << 1;
    QTest::newRow("a job that is just too long") << QList<double>{0.021} << 1;
    QTest::newRow("a job that is just short enough") << QList<double>{0.02} << 5;
    QTest::newRow("a short job") << QList<double>{0.01} << 10;
    QTest::newRow("a very short job") << QList<double>{0} << 32;
    QTest::newRow("one long job after short ones") << QList<double>{0, 0, 1} << 1;
    QTest::newRow("short jobs after a long one") << QList<double>(1, 1) + QList<double>(30, 0) << 32;
}

void TestWorkerSteps::batchSizeDependsOnTheAverage()
{
    QFETCH(QList<double>, seconds);
    BatchSizePolicy policy;
    for (const double each : seconds)
        policy.recordJob(each);
    QTEST(policy.batchSize(), "size");
}

void TestWorkerSteps::slotPublishesPhaseAndJob()
{
    QTemporaryDir folder;
    auto beats = BeatFile::create(folder.filePath(s("beats")), 2);
    QVERIFY(beats);
    auto opened = BeatFile::open(folder.filePath(s("beats")), true);
    QVERIFY(opened);
    WorkerSlot slot(std::move(*opened), 1);
    slot.publish(WorkerPhase::Starting);
    QCOMPARE((*beats)->read(1).phase, WorkerPhase::Starting);
    slot.setWorkerId(7);
    slot.setJob({12, 7, 3}, milliseconds(5000));
    slot.publish(WorkerPhase::Working);
    const Beat beat = (*beats)->read(1);
    QCOMPARE(beat.workerId, 7);
    QCOMPARE(beat.jobId, 12);
    QCOMPARE(beat.attempt, 3);
    QCOMPARE(beat.jobStartedAt, milliseconds(5000));
    slot.clearJob();
    slot.publish(WorkerPhase::Idle);
    QCOMPARE((*beats)->read(1).jobId, 0);
    QCOMPARE((*beats)->read(1).workerId, 7);
    QCOMPARE((*beats)->read(0), Beat());
    (*beats)->setHold(1, true);
    QVERIFY(slot.isHeld());
    slot.releaseHold();
    QVERIFY(!(*beats)->isHeld(1));
}

void TestWorkerSteps::slotWorksWithoutABeatFile()
{
    WorkerSlot slot(nullptr, -1);
    slot.publish(WorkerPhase::Idle);
    slot.releaseHold();
    QVERIFY(!slot.isHeld());
    QVERIFY(!slot.beatFile());
}

void TestWorkerSteps::holdWatcherReportsTheEndOfAPause()
{
    QTemporaryDir folder;
    auto beats = BeatFile::create(folder.filePath(s("beats")), 1);
    QVERIFY(beats);
    BeatFile *const manager = beats->get();
    const WorkerSlot slot(std::move(*beats), 0);
    HoldWatcher watcher(slot);
    QSignalSpy released(&watcher, &HoldWatcher::released);
    manager->setHold(0, true);
    QVERIFY(watcher.isHeld());
    watcher.start();
    watcher.start(); // does nothing
    manager->setHold(0, false);
    EVENTUALLY(!released.isEmpty());
    // A stopped watcher reports nothing. The signal of the second watcher shows that enough time has passed.
    manager->setHold(0, true);
    watcher.start();
    watcher.stop();
    HoldWatcher second(slot);
    QSignalSpy secondReleased(&second, &HoldWatcher::released);
    second.start();
    manager->setHold(0, false);
    EVENTUALLY(!secondReleased.isEmpty());
    QCOMPARE(released.size(), 1);
}

void TestWorkerSteps::commitsOfOtherConnectionsAreReported_data()
{
    QTest::addColumn<bool>("isEager");
    QTest::addColumn<bool>("backsOff");
    QTest::newRow("eager") << true << false;
    QTest::newRow("backed off") << true << true;
    QTest::newRow("polling only") << false << true;
}

void TestWorkerSteps::commitsOfOtherConnectionsAreReported()
{
    QFETCH(bool, isEager);
    QFETCH(bool, backsOff);
    QueueTest t;
    CommitWatcher watcher(*t.db);
    QSignalSpy committed(&watcher, &CommitWatcher::committed);
    watcher.setEager(isEager);
    if (backsOff)
        watcher.backOff();
    QVERIFY(t.add() > 0); // a commit of this connection is not reported
    auto other = Database::open(t.path(), OpenMode::ReadWrite);
    QVERIFY(other);
    JobQueue queue(**other, t.clock);
    NewJob job;
    job.type = s("noop");
    QVERIFY(queue.add(job));
    EVENTUALLY(!committed.isEmpty());
    QVERIFY(queue.add(job));
    EVENTUALLY(committed.size() == 2);
}

void TestWorkerSteps::batchIsReturnedUncounted()
{
    QueueTest t;
    const QList<qint64> ids{t.add(), t.add(), t.add()};
    const qint64 worker = t.worker();
    JobBatch batch(*t.queue);
    batch.setJobs(t.queue->claim(worker, s("noop"), 3).value());
    QCOMPARE(batch.takeNext().id, ids.at(0));
    QVERIFY(!batch.isEmpty());
    QVERIFY(batch.returnAll());
    QVERIFY(batch.isEmpty());
    QVERIFY(t.job(ids.at(0)).status == JobStatus::Processing);
    for (const qint64 id : {ids.at(1), ids.at(2)}) {
        QVERIFY(t.job(id).status == JobStatus::Pending);
        QCOMPARE(t.job(id).maxAttempts, 4);
    }
}

void TestWorkerSteps::batchIsKeptWhileTheDatabaseIsLocked()
{
    QueueTest t;
    const QList<qint64> ids{t.add(), t.add()};
    const qint64 worker = t.worker();
    auto impatient = Database::open(t.path(), OpenMode::ReadWrite, milliseconds(1));
    QVERIFY(impatient);
    JobQueue queue(**impatient, t.clock);
    JobBatch batch(queue);
    batch.setJobs(queue.claim(worker, s("noop"), 2).value());
    RawSql other(t.path());
    QVERIFY(other.exec(s("BEGIN IMMEDIATE")));
    const Status locked = batch.returnAll();
    QVERIFY(!locked);
    QCOMPARE(locked.error().code, ErrorCode::Busy);
    batch.dropNext();
    QVERIFY(!batch.isEmpty());
    QVERIFY(other.exec(s("COMMIT")));
    QVERIFY(batch.returnAll());
    QVERIFY(batch.isEmpty());
    QVERIFY(t.job(ids.at(0)).status == JobStatus::Processing);
    QVERIFY(t.job(ids.at(1)).status == JobStatus::Pending);
}

void TestWorkerSteps::batchDropsJobsWithoutALease()
{
    QueueTest t;
    const QList<qint64> ids{t.add(), t.add()};
    JobBatch batch(*t.queue);
    batch.setJobs(t.queue->claim(t.worker(), s("noop"), 2).value());
    QVERIFY(t.queue->cancel({ids.at(0)}, s("test")));
    QVERIFY(batch.returnAll());
    QVERIFY(batch.isEmpty());
    QVERIFY(t.job(ids.at(0)).status == JobStatus::Cancelled);
    QVERIFY(t.job(ids.at(1)).status == JobStatus::Pending);
}

void TestWorkerSteps::batchSkipsJobsWithoutALease()
{
    QueueTest t;
    const QList<qint64> ids{t.add(), t.add(), t.add()};
    JobBatch batch(*t.queue);
    batch.setJobs(t.queue->claim(t.worker(), s("noop"), 3).value());
    QCOMPARE(batch.takeNextValid().value()->id, ids.at(0));
    QVERIFY(t.queue->cancel({ids.at(1)}, s("test")));
    QCOMPARE(batch.takeNextValid().value()->id, ids.at(2));
    QVERIFY(!batch.takeNextValid().value());
    QVERIFY(batch.isEmpty());
}

void TestWorkerSteps::batchIsReturnedInOneTransaction()
{
    QueueTest t;
    QList<qint64> ids;
    for (int i = 0; i < 32; ++i)
        ids.append(t.add());
    JobBatch batch(*t.queue);
    batch.setJobs(t.queue->claim(t.worker(), s("noop"), 32).value());
    const int before = commitsIn(t.path() + s("-wal"));
    QVERIFY(batch.returnAll());
    QCOMPARE(commitsIn(t.path() + s("-wal")), before + 1);
    for (const qint64 id : ids)
        QVERIFY(t.job(id).status == JobStatus::Pending);
}

void TestWorkerSteps::batchIsReturnedAfterTheTimeLimit()
{
    QueueTest t;
    const QList<qint64> ids{t.add(), t.add(), t.add()};
    auto impatient = Database::open(t.path(), OpenMode::ReadWrite, milliseconds(1));
    QVERIFY(impatient);
    JobQueue queue(**impatient, t.clock);
    JobBatch batch(queue);
    batch.setJobs(queue.claim(t.worker(), s("noop"), 3).value());
    (void)batch.takeNext();
    // A job that ends in time leaves the batch as it is. The second batch shows that enough time has passed.
    batch.startJobTimeLimit();
    batch.stopJobTimeLimit();
    const qint64 other = t.add();
    JobBatch second(queue);
    second.setJobs(queue.claim(t.worker(s("w1")), s("noop"), 1).value());
    second.startJobTimeLimit();
    EVENTUALLY(second.isEmpty());
    QVERIFY(t.job(other).status == JobStatus::Pending);
    QVERIFY(!batch.isEmpty());
    // The return is repeated while the database is locked.
    RawSql lock(t.path());
    QVERIFY(lock.exec(s("BEGIN IMMEDIATE")));
    batch.startJobTimeLimit();
    QTest::qWait(2 * int(JobBatch::jobTimeLimit.count()));
    QVERIFY(!batch.isEmpty());
    QVERIFY(lock.exec(s("COMMIT")));
    EVENTUALLY(batch.isEmpty());
    QVERIFY(t.job(ids.at(0)).status == JobStatus::Processing);
    QVERIFY(t.job(ids.at(1)).status == JobStatus::Pending);
    QVERIFY(t.job(ids.at(2)).status == JobStatus::Pending);
}

void TestWorkerSteps::registrationTracksTheStatus()
{
    QueueTest t;
    WorkerRegistration registration(*t.registry, options());
    QVERIFY(!registration.isRegistered() && !registration.isIdle());
    QVERIFY2(registration.setDead(), "setDead() must succeed for a worker without a row");
    QVERIFY(registration.registerWorker());
    QVERIFY(registration.isRegistered() && registration.isIdle());
    QCOMPARE(t.registry->idOf(s("w0")).value().value(), registration.workerId());
    t.add();
    QVERIFY(t.queue->claim(registration.workerId(), s("noop")));
    registration.setBusy();
    QVERIFY(!registration.isIdle());
    QVERIFY(registration.setIdle());
    QVERIFY(registration.isIdle());
    QVERIFY(registration.setDead());
    QCOMPARE(RawSql(t.path()).value(s("SELECT status FROM workers")).toString(), s("dead"));
}

void TestWorkerSteps::deadWorkerCannotBecomeIdle()
{
    QueueTest t;
    WorkerRegistration registration(*t.registry, options());
    QVERIFY(registration.registerWorker());
    registration.setBusy();
    QVERIFY(t.registry->setDead(registration.workerId()));
    const Status idle = registration.setIdle();
    QVERIFY(!idle);
    QCOMPARE(idle.error().code, ErrorCode::WorkerDead);
    QVERIFY(!registration.isIdle());
}

void TestWorkerSteps::logLinesDependOnTheLevel_data()
{
    QTest::addColumn<int>("level");
    QTest::addColumn<QStringList>("lines");
    const QString time = s("2026-01-01T00:00:00");
    const QString stopping = time + s("Z stopping: SIGTERM");
    const QString ended = time + s(".000Z job 3 a b.puml -> out/%1.png: 0.100 s");
    const QString failed = time + s(".000Z job 4: FAILED: no input");
    const QString fatal = s("lifeguard-worker: no database");
    QTest::newRow("info") << int(LogLevel::Info) << QStringList{stopping, ended, failed, fatal};
    QTest::newRow("error") << int(LogLevel::Error) << QStringList{failed, fatal};
}

void TestWorkerSteps::logLinesDependOnTheLevel()
{
    QFETCH(int, level);
    ManualClock clock;
    QStringList lines;
    WorkerOptions with = options();
    with.logLevel = LogLevel(level);
    const WorkerLog log(with, clock, [&lines](const QString &line) { lines.append(line); });
    log.stopping(s("SIGTERM"));
    log.jobEnded(3, s("/ws/a b.puml"), s("/ws/out/%1.png"), s("0.100 s"));
    log.jobFailed(4, s("/ws/a.puml"), {}, s("no input"));
    log.fatal(s("no database"));
    QTEST(lines, "lines");
}

QTEST_GUILESS_MAIN(TestWorkerSteps)
#include "tests/support/manualclock.h"
#include "tst_workersteps.moc"
