// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the small parts of a worker: batch size, slot, pause, commits, log.
#include "core/worker/batchsizepolicy.h"
#include "core/worker/commitwatcher.h"
#include "core/worker/holdwatcher.h"
#include "core/worker/workerlog.h"
#include "core/worker/workerslot.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "tests/support/workertest.h"

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
    void logLinesDependOnTheLevel_data();
    void logLinesDependOnTheLevel();
};

void TestWorkerSteps::batchSizeDependsOnTheAverage_data()
{
    QTest::addColumn<QList<double>>("seconds");
    QTest::addColumn<double>("lock"); // seconds for which a transaction of 10 jobs held the lock; 0: not known
    QTest::addColumn<int>("size");
    QTest::addColumn<bool>("brief");
    QTest::newRow("no job yet") << QList<double>() << 0.0 << 1 << true;
    QTest::newRow("a long job") << QList<double>{10} << 0.0 << 1 << false;
    QTest::newRow("a job that is just too long") << QList<double>{0.021} << 0.0 << 1 << false;
    QTest::newRow("a job that is just short enough") << QList<double>{0.02} << 0.0 << 5 << false;
    QTest::newRow("a short job") << QList<double>{0.01} << 0.0 << 10 << false;
    QTest::newRow("a job that is not brief") << QList<double>{0.002} << 0.0005 << 50 << false;
    QTest::newRow("a brief job") << QList<double>{0.0019} << 0.0005 << 52 << true;
    QTest::newRow("a very short job") << QList<double>{0} << 0.0 << 40 << true;
    QTest::newRow("fast transactions") << QList<double>{0} << 0.0001 << 100 << true;
    QTest::newRow("slow transactions") << QList<double>{0} << 0.004 << 10 << true;
    QTest::newRow("transactions that take too long for more than one job") << QList<double>{0} << 0.5 << 1 << true;
    QTest::newRow("one long job after short ones") << QList<double>{0, 0, 1} << 0.0 << 1 << false;
    QTest::newRow("short jobs after a long one") << QList<double>(1, 1) + QList<double>(60, 0) << 0.0 << 40 << true;
}

void TestWorkerSteps::batchSizeDependsOnTheAverage()
{
    QFETCH(QList<double>, seconds);
    QFETCH(double, lock);
    BatchSizePolicy policy;
    for (const double each : seconds)
        policy.recordJob(each);
    if (policy.batchSize() > 1)
        policy.recordTransaction(1, 1); // says nothing about batches
    for (int i = 0; lock > 0 && i < 60; ++i)
        policy.recordTransaction(lock, 10);
    QTEST(policy.batchSize(), "size");
    QTEST(policy.mayBeBrief(), "brief");
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
    Job job;
    job.id = 12;
    job.workerId = 7;
    job.attempts = 3;
    slot.setJob(job, milliseconds(5000));
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
    CommitWatcher watcher(*t.db, s("noop"));
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

void TestWorkerSteps::logLinesDependOnTheLevel_data()
{
    QTest::addColumn<int>("level");
    QTest::addColumn<QStringList>("lines");
    const QString time = s("2026-01-01T00:00:00");
    const QString stopping = time + s("Z stopping: SIGTERM");
    const QString ended = time + s(".000Z job 3 a b.puml -> out/%1.png: 0.100 s");
    // Without an output, the input is not named either.
    const QString failed = time + s(".000Z job 4: FAILED: no input");
    const QString returned = time + s(".000Z job 5: returned to the queue: full disk");
    const QString lost = time + s(".000Z job 6: result dropped: the job was cancelled or belongs to another worker");
    const QString fatal = s("lifeguard-worker: no database");
    QTest::newRow("info") << int(LogLevel::Info) << QStringList{stopping, ended, failed, returned, lost, fatal};
    QTest::newRow("error") << int(LogLevel::Error) << QStringList{failed, returned, fatal};
}

void TestWorkerSteps::logLinesDependOnTheLevel()
{
    QFETCH(int, level);
    ManualClock clock;
    QStringList lines;
    WorkerOptions with = noopWorkerOptions();
    with.logLevel = LogLevel(level);
    const WorkerLog log(with, clock, [&lines](const QString &line) { lines.append(line); });
    log.stopping(s("SIGTERM"));
    JobOutcome ended{JobOutcome::Kind::Converted, {}, {}, {}, true};
    ended.output.target = s("/ws/out/%1.png");
    log.jobOutcome(3, s("/ws/a b.puml"), ended, 0.1, {});
    log.jobOutcome(4, s("/ws/a.puml"), {JobOutcome::Kind::Failed, {}, {}, {}, true}, 0.1, s("no input"));
    log.jobOutcome(5, s("/ws/a.puml"), {JobOutcome::Kind::Blocked, {}, {}, {}, true}, 0.1, s("full disk"));
    log.jobOutcome(6, s("/ws/a.puml"), {JobOutcome::Kind::LeaseLost, {}, {}, {}, true}, 0.1, {});
    log.fatal(s("no database"));
    QTEST(lines, "lines");
}

QTEST_GUILESS_MAIN(TestWorkerSteps)
#include "tests/support/manualclock.h"
#include "tst_workersteps.moc"
