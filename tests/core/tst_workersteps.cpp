// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the small parts of a worker: batch size, slot, pause, commits, batch of claimed jobs, registration, log.
#include "core/worker/batchsizepolicy.h"
#include "core/worker/blockage.h"
#include "core/worker/commitwatcher.h"
#include "core/worker/filethread.h"
#include "core/worker/holdwatcher.h"
#include "core/worker/jobbatch.h"
#include "core/worker/memorykills.h"
#include "core/worker/workerlog.h"
#include "core/worker/workerregistration.h"
#include "core/worker/workerslot.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QSemaphore>
#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <QtEndian>

#include <atomic>
#include <memory>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

/// Returns the number of transactions in a write-ahead log (https://www.sqlite.org/fileformat2.html#walformat).
int commitsIn(const QString &path)
{
    const QByteArray log = contentOf(path);
    const auto number = [&log](qsizetype at) { return qFromBigEndian<quint32>(log.constData() + at); };
    constexpr qsizetype logHeader = 32;
    constexpr qsizetype frameHeader = 24;
    if (log.size() < logHeader)
        return 0;
    const qsizetype frame = frameHeader + number(8);
    int commits = 0;
    for (qsizetype at = logHeader; at + frame <= log.size(); at += frame)
        commits += number(at + 4) > 0 ? 1 : 0; // the last frame of a transaction has the size of the database
    return commits;
}

} // namespace

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
    void pausesOfABlockageGrow_data();
    void pausesOfABlockageGrow();
    void blockageIsReportedAndEnds();
    void endOfAPoolsPauseEndsABlockage();
    void killsOfTheToolAreExplained();
    void fileThreadRunsOperationsInOrder();
    void fileThreadSurvivesBlockedOperations();
    void registrationTracksTheStatus();
    void takesOverTheRowOfAManagerOfClm_data();
    void takesOverTheRowOfAManagerOfClm();
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

void TestWorkerSteps::pausesOfABlockageGrow_data()
{
    QTest::addColumn<int>("attempts");
    QTest::addColumn<int>("pause"); // in seconds
    QTest::newRow("first") << 1 << 5;
    QTest::newRow("second") << 2 << 10;
    QTest::newRow("sixth") << 6 << 160;
    QTest::newRow("seventh") << 7 << 300;
    QTest::newRow("thousandth") << 1000 << 300;
}

void TestWorkerSteps::pausesOfABlockageGrow()
{
    QFETCH(int, attempts);
    QFETCH(int, pause);
    QCOMPARE(Blockage::pauseAfter(attempts), milliseconds(pause * 1000));
}

void TestWorkerSteps::blockageIsReportedAndEnds()
{
    QueueTest t;
    t.addOwned(s("w0"), s("manager"));
    WorkerRegistration registration(*t.registry, options());
    QVERIFY(registration.registerWorker());
    const auto reason = [&t] { return t.registry->list(t.clock.utcNow().addDays(-1)).value().constFirst().reason; };
    const WorkerSlot slot(nullptr, -1);
    Blockage blockage(registration, slot, t.clock);
    QSignalSpy due(&blockage, &Blockage::retryDue);
    const JobOutcome blocked{
        JobOutcome::Kind::Blocked, {ErrorCode::DiskFull, s("The disk is full."), {}}, {}, {}, true};
    blockage.update(blocked, s("The disk is full."));
    QVERIFY(blockage.isPausing());
    QCOMPARE(reason().code(), s("worker_blocked"));
    QCOMPARE(reason().englishText(), s("No job can be converted: The disk is full. Attempt 2 follows in 5 s."));
    QVERIFY(!due.wait(300));
    const Message first = reason();
    t.clock.advance(5s);
    EVENTUALLY(due.size() == 1);
    QVERIFY(!blockage.isPausing());
    blockage.update(blocked, s("The disk is full."));
    QVERIFY(reason() != first);
    t.clock.advance(5s);
    QVERIFY(!due.wait(300));
    t.clock.advance(5s);
    EVENTUALLY(due.size() == 2);
    // An output that was up to date proves nothing.
    blockage.update({JobOutcome::Kind::Unchanged, {}, {}, {}, false}, {});
    QVERIFY(!reason().isEmpty());
    blockage.update({JobOutcome::Kind::Converted, {}, {}, {}, true}, {});
    QVERIFY(reason().isEmpty());
    blockage.update(blocked, s("The disk is full."));
    QVERIFY(reason().englishText().endsWith(s("in 5 s.")));
}

void TestWorkerSteps::endOfAPoolsPauseEndsABlockage()
{
    QueueTest t;
    QTemporaryDir folder;
    auto beats = BeatFile::create(folder.filePath(s("beats")), 1);
    QVERIFY(beats);
    BeatFile *const manager = beats->get();
    const WorkerSlot slot(std::move(*beats), 0);
    WorkerRegistration registration(*t.registry, options());
    QVERIFY(registration.registerWorker());
    Blockage blockage(registration, slot, t.clock);
    QSignalSpy due(&blockage, &Blockage::retryDue);
    blockage.update({JobOutcome::Kind::Blocked, {}, {}, {}, true}, s("The disk is full."));
    manager->setHold(0, true);
    t.clock.advance(60s);
    QVERIFY2(!due.wait(300), "a worker of a paused pool must not claim");
    manager->setHold(0, false);
    EVENTUALLY(due.size() == 1);
    // A manager that resumes the pool does not wait for the end of the pause.
    blockage.update({JobOutcome::Kind::Blocked, {}, {}, {}, true}, s("The disk is full."));
    manager->setHold(0, true);
    QTest::qWait(300);
    manager->setHold(0, false);
    EVENTUALLY(due.size() == 2);
}

void TestWorkerSteps::killsOfTheToolAreExplained()
{
    MemoryState state{{4, true}, 512};
    MemoryKills kills([&state] { return state; });
    kills.begin();
    QVERIFY(!kills.reason());
    state.kills.kills = 5;
    QVERIFY(kills.reason());
    QCOMPARE(kills.reason()->englishText(),
             s("its worker's tool was killed by the kernel (SIGKILL): over its memory limit of 512 MB"));
    state = {{5, false}, 0};
    QCOMPARE(kills.reason()->englishText(),
             s("its worker's tool was killed by the kernel (SIGKILL): the machine had run out of memory"));
    kills.begin();
    QVERIFY(!kills.reason());
}

void TestWorkerSteps::fileThreadRunsOperationsInOrder()
{
    FileThread files;
    QStringList order;
    const Qt::HANDLE here = QThread::currentThreadId();
    bool isElsewhere = false;
    std::atomic<int> posted = 0;
    files.post([&posted] { posted = 1; });
    files.run(
        [&]() -> FileThread::Continuation {
            isElsewhere = QThread::currentThreadId() != here && posted == 1;
            return [&] { order.append(QThread::currentThreadId() == here ? s("done") : s("on a wrong thread")); };
        },
        seconds(20), [&] { order.append(s("timeout")); });
    QVERIFY(files.isRunning());
    QVERIFY(order.isEmpty());
    EVENTUALLY(!order.isEmpty());
    QCOMPARE(order, QStringList{s("done")});
    QVERIFY(isElsewhere && !files.isRunning());
    files.run([&order]() -> FileThread::Continuation { return [&order] { order.append(s("abandoned")); }; },
              seconds(20), {});
    files.abandon();
    QVERIFY(!files.isRunning());
    bool isDone = false;
    files.run([&isDone]() -> FileThread::Continuation { return [&isDone] { isDone = true; }; }, seconds(20), {});
    EVENTUALLY(isDone);
    QCOMPARE(order.size(), 1);
    {
        FileThread other;
        other.post([&posted] { posted = 2; });
    }
    QCOMPARE(posted.load(), 2); // the destructor waits
}

void TestWorkerSteps::fileThreadSurvivesBlockedOperations()
{
    auto gate = std::make_shared<QSemaphore>();
    auto returned = std::make_shared<std::atomic<int>>(0);
    const FileThread::Operation blocked = [gate, returned]() -> FileThread::Continuation {
        gate->acquire();
        ++*returned;
        return [] { qFatal("an abandoned operation has no continuation"); };
    };
    auto files = std::make_unique<FileThread>();
    int timeouts = 0;
    for (int i = 0; i < 20; ++i) { // more than the threads that are started
        files->run(blocked, milliseconds(10), [&timeouts] { ++timeouts; });
        EVENTUALLY(!files->isRunning());
    }
    QCOMPARE(timeouts, 20);
    gate->release(20);
    EVENTUALLY(*returned == 8);
    bool isDone = false;
    EVENTUALLY([&] {
        if (!isDone && !files->isRunning())
            files->run([&isDone]() -> FileThread::Continuation { return [&isDone] { isDone = true; }; }, seconds(20),
                       {});
        return isDone;
    }());
    gate->acquire(12); // the remaining ones
    files->run(blocked, seconds(20), {});
    files.reset(); // does not wait forever
    gate->release(20);
}

void TestWorkerSteps::registrationTracksTheStatus()
{
    QueueTest t;
    WorkerRegistration registration(*t.registry, options());
    QVERIFY(!registration.isRegistered() && !registration.isIdle());
    QVERIFY2(registration.leave(), "leave() must succeed for a worker without a row");
    QVERIFY(registration.registerWorker());
    QVERIFY(registration.isRegistered() && registration.isIdle());
    QCOMPARE(t.registry->idOf(s("w0")).value().value(), registration.workerId());
    t.add();
    QVERIFY(t.queue->claim(registration.workerId(), s("noop")));
    registration.setBusy();
    QVERIFY(!registration.isIdle());
    QVERIFY(registration.setIdle());
    QVERIFY(registration.isIdle());
    QVERIFY(registration.leave());
    QCOMPARE(RawSql(t.path()).value(s("SELECT status FROM workers")).toString(), s("dead"));
}

void TestWorkerSteps::takesOverTheRowOfAManagerOfClm_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("status");
    QTest::addColumn<QVariant>("mode");
    QTest::addColumn<bool>("isAccepted");
    const QVariant none;
    QTest::newRow("as CLM inserts it") << s("noop") << s("created") << none << true;
    QTest::newRow("with a mode") << s("noop") << s("created") << QVariant(s("docker")) << true;
    QTest::newRow("another type") << s("plantuml") << s("created") << none << false;
    QTest::newRow("in use") << s("noop") << s("idle") << none << false;
    QTest::newRow("busy") << s("noop") << s("busy") << none << false;
    QTest::newRow("given up") << s("noop") << s("dead") << none << false;
}

void TestWorkerSteps::takesOverTheRowOfAManagerOfClm()
{
    QFETCH(QString, type);
    QFETCH(QString, status);
    QFETCH(QVariant, mode);
    QFETCH(bool, isAccepted);
    QueueTest t;
    RawSql raw(t.path());
    WorkerOptions assigned = options();
    assigned.executionMode = s("direct");
    assigned.assignedWorkerId = 7;
    WorkerRegistration registration(*t.registry, assigned);
    QCOMPARE(registration.registerWorker().error().code, ErrorCode::NotFound); // the row may be inserted later
    QVERIFY(raw.exec(s("INSERT INTO workers (id, worker_type, container_id, status, parent_pid, session_id, "
                       "execution_mode, last_heartbeat) VALUES (7, ?, 'direct-noop-1', ?, 42, 'one', ?, 'old')"),
                     {type, status, mode}));
    const QString row = s(
        "SELECT status || '|' || container_id || '|' || session_id || '|' || ifnull(execution_mode, '-') "
        "|| '|' || (last_heartbeat = 'old') FROM workers");
    const QString before = raw.value(row).toString();
    const Status registered = registration.registerWorker();
    QCOMPARE(bool(registered), isAccepted);
    QCOMPARE(registration.isRegistered(), isAccepted);
    if (!isAccepted) {
        QCOMPARE(registered.error().code, ErrorCode::WorkerDead);
        QVERIFY(registered.error().message.contains(s("CLM_WORKER_ID")));
        QVERIFY(registration.leave());
        QCOMPARE(raw.value(row).toString(), before);
        return;
    }
    QCOMPARE(registration.workerId(), 7);
    QCOMPARE(registration.managerPid(), 42);
    QVERIFY(registration.isIdle());
    QCOMPARE(raw.value(row).toString(),
             s("idle|direct-noop-1|one|%1|0").arg(mode.isNull() ? s("direct") : mode.toString()));
    QVERIFY(registration.leave()); // as CLM's own workers do
    QCOMPARE(raw.value(s("SELECT count(*) FROM workers")).toInt(), 0);
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
