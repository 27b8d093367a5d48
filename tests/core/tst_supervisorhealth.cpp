// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the whole manager with a fake executor and a manual clock, without processes and without waiting:
// how the health of workers is assessed, and what follows from it.
#include "core/pool/pooljournal.h"
#include "tests/support/poolsimulation.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QSignalSpy>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

using Kind = WorkerExit::Kind;

class TestSupervisorHealth : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { t = std::make_unique<PoolSimulation>(); }
    void cleanup() { t.reset(); }

    void hungWorkerIsStopped();
    void hungWorkerIsOnlyShown();
    void limitOfTheJobCounts_data();
    void limitOfTheJobCounts();
    void longerJobsAreReportedToTheEngine();
    void suspectWorkerRecovers();
    void workerOverItsMemoryLimitIsKilled();
    void memoryLimitOfTheKernelIsLeftToTheKernel();
    void workerThatDoesNotRegisterIsStopped();
    void recycledWorkerIsReplacedBeforeItEnds();
    void suspendAndClockChangesDoNotCount();
    void timeOfALockDoesNotCount();
    void failedWritesAreRepeated();

private:
    std::unique_ptr<PoolSimulation> t;
};

void TestSupervisorHealth::hungWorkerIsStopped()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    t->showAllIdle();
    const QString id = t->idOf(0);
    t->beat(id, 12);
    t->advance(1s);
    WorkerStats stats = FakeWorkerExecutor::idleStats();
    stats.state = 'T';
    t->executor->stats.insert(id, stats);
    t->advance(32s);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Suspect));
    QVERIFY2(t->worker(id).reason.contains(s("no beat for")), qPrintable(t->worker(id).reason));
    QVERIFY2(t->worker(id).reason.contains(s("; counts as hung in ")), qPrintable(t->worker(id).reason));
    t->advance(40s);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Stopping));
    QCOMPARE(t->executor->calls.last(), s("stop 10 0"));
    t->executor->endWorker(id, Kind::Signalled, 9);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Dead));
    QVERIFY2(t->worker(id).reason.contains(s("; SIGKILL while it worked on job 12")), qPrintable(t->worker(id).reason));
    QVERIFY(t->waitForRunning(1));
    QCOMPARE(t->count(EventKind::WorkerSuspect), 1);
    QCOMPARE(t->count(EventKind::WorkerHung), 1);
}

void TestSupervisorHealth::hungWorkerIsOnlyShown()
{
    QVERIFY(t->start());
    WorkerConfig config = PoolSimulation::config(1);
    config.restartHung = false;
    QVERIFY(t->launch(config));
    t->showAllIdle();
    const QString id = t->idOf(0);
    t->beat(id, 12);
    t->advance(100s);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Hung));
    QCOMPARE(t->executor->calls.last(), s("start 0"));
    t->beat(id, 12);
    t->advance(1s);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Busy));
    QCOMPARE(t->count(EventKind::WorkerRecovered), 1);
}

void TestSupervisorHealth::limitOfTheJobCounts_data()
{
    QTest::addColumn<bool>("beats");
    QTest::addColumn<int>("ofPool"); // seconds, like the following columns
    QTest::addColumn<int>("ofJob"); // 0: none
    QTest::addColumn<int>("hungAfter");
    for (const bool beats : {true, false}) {
        const char *const who = beats ? "a worker that beats" : "a command";
        QTest::addRow("%s, limit of the pool", who) << beats << 60 << 0 << 75;
        QTest::addRow("%s, longer limit of the job", who) << beats << 60 << 600 << 615;
        QTest::addRow("%s, shorter limit of the job", who) << beats << 600 << 60 << 75;
    }
}

/// A worker that has not ended its job at the job's own limit is hung, whatever the limit of the pool is.
void TestSupervisorHealth::limitOfTheJobCounts()
{
    QFETCH(bool, beats);
    QFETCH(int, ofPool);
    QFETCH(int, ofJob);
    QFETCH(int, hungAfter);
    QVERIFY(t->start());
    WorkerConfig config = PoolSimulation::config(1);
    config.maxJobTime = seconds(ofPool);
    if (!beats)
        config.command = QStringList{s("any")};
    QVERIFY(t->launch(config));
    t->showAllIdle();
    const QString id = t->idOf(0);
    if (!beats)
        t->showRunningJob(id, 12, ofJob > 0 ? std::optional(seconds(ofJob)) : std::nullopt);
    for (int second = 0; second < hungAfter; second += 5) {
        if (beats)
            t->beat(id, 12, seconds(ofJob));
        t->advance(5s);
        QCOMPARE(t->executor->calls.last(), s("start 0"));
    }
    t->advance(2s);
    QCOMPARE(t->executor->calls.last(), s("stop 10 0"));
    const QString limit = s("over its limit of ") + (hungAfter == 75 ? s("60 s") : s("10 min"));
    QVERIFY2(t->worker(id).reason.contains(limit), qPrintable(t->worker(id).reason));
}

/// Containers that a killed manager left behind have the time of their jobs.
void TestSupervisorHealth::longerJobsAreReportedToTheEngine()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->showAllIdle();
    t->showRunningJob(t->idOf(0), 12, {});
    QVERIFY(t->executor->jobLimits.isEmpty());
    t->showRunningJob(t->idOf(1), 13, 7200s);
    t->showRunningJob(t->idOf(1), 14, 60s); // of the same batch
    QCOMPARE(t->executor->jobLimits, (QHash<QString, seconds>{{t->idOf(1), 7200s}}));
}

void TestSupervisorHealth::suspectWorkerRecovers()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    t->showAllIdle();
    const QString id = t->idOf(0);
    t->beat(id);
    t->advance(40s);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Suspect));
    t->beat(id);
    t->advance(1s);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Idle));
    QVERIFY(t->worker(id).reason.isEmpty());
    QCOMPARE(t->count(EventKind::WorkerSuspect), 1);
    QCOMPARE(t->count(EventKind::WorkerRecovered), 1);
    QCOMPARE(t->count(EventKind::WorkerHung), 0);
}

void TestSupervisorHealth::workerOverItsMemoryLimitIsKilled()
{
    QVERIFY(t->start());
    WorkerConfig config = PoolSimulation::config(1);
    config.memoryLimitMb = 64;
    QVERIFY(t->launch(config));
    t->showAllIdle();
    WorkerStats stats;
    stats.memoryBytes = 65LL * 1024 * 1024;
    t->executor->stats.insert(t->idOf(0), stats);
    t->advance(1s);
    QCOMPARE(t->executor->calls.last(), s("kill 0"));
    QCOMPARE(t->worker(t->idOf(0)).reason, s("over its memory limit of 64 MB"));
    QVERIFY(!t->manager->historyOf(t->idOf(0)).isEmpty());
}

/// The kernel counts pages of files differently, so the measurement may exceed a limit that the kernel enforces.
void TestSupervisorHealth::memoryLimitOfTheKernelIsLeftToTheKernel()
{
    QVERIFY(t->start());
    WorkerConfig config = PoolSimulation::config(1);
    config.memoryLimitMb = 64;
    QVERIFY(t->launch(config));
    t->showAllIdle();
    WorkerStats stats;
    stats.memoryBytes = 65LL * 1024 * 1024;
    stats.isMemoryLimited = true;
    t->executor->stats.insert(t->idOf(0), stats);
    t->advance(5s);
    QCOMPARE(t->executor->calls.last(), s("start 0"));
    QCOMPARE(toString(t->worker(t->idOf(0)).state), toString(WorkerState::Idle));
    stats.isMemoryLimited = false; // the limit does act
    t->executor->stats.insert(t->idOf(0), stats);
    t->advance(1s);
    QCOMPARE(t->executor->calls.last(), s("kill 0"));
}

void TestSupervisorHealth::workerThatDoesNotRegisterIsStopped()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    t->advance(30s);
    QCOMPARE(t->executor->calls.last(), s("start 0"));
    t->advance(1s);
    QCOMPARE(t->executor->calls.last(), s("stop 10 0"));
}

void TestSupervisorHealth::recycledWorkerIsReplacedBeforeItEnds()
{
    QVERIFY(t->start());
    WorkerConfig config = PoolSimulation::config(1);
    config.recycleAfterJobs = 3;
    QVERIFY(t->launch(config));
    const QString id = t->idOf(0);
    t->showRow(id, WorkerStatus::Idle, 2);
    QCOMPARE(t->executor->calls.last(), s("start 0"));
    t->showRow(id, WorkerStatus::Idle, 3);
    QCOMPARE(t->executor->calls.last(), s("drain 0"));
    QVERIFY(t->waitForRunning(2)); // the replacement does not wait for the end
    QCOMPARE(t->executor->calls.last(), s("start 1"));
    t->executor->endWorker(id, Kind::Exited, 0);
    QCOMPARE(t->worker(id).reason, s("recycled after 3 jobs"));
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, 2);
    QCOMPARE(t->pool().config.count, 1);
}

void TestSupervisorHealth::suspendAndClockChangesDoNotCount()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    t->showAllIdle();
    const QString id = t->idOf(0);
    t->beat(id, 12);
    t->advance(20s);
    t->clock.suspend(8h);
    t->advance(25s); // 45 s without a beat, but only 25 s since the machine resumed
    QCOMPARE(t->count(EventKind::MachineSlept), 1);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Busy));
    t->clock.setClock(-2h);
    t->advance(25s);
    QCOMPARE(t->count(EventKind::ClockSet), 1);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Busy));
    t->advance(10s);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Suspect)); // no beat for 35 s since the clock was set
}

/// A worker cannot register while the database is locked.
void TestSupervisorHealth::timeOfALockDoesNotCount()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    t->waitForPostedTasks();
    Q_EMIT t->store->lockedChanged(true);
    t->advance(120s);
    QCOMPARE(t->workersIn(WorkerState::Starting).size(), 1);
    QCOMPARE(t->executor->calls.last(), s("start 0"));
    Q_EMIT t->store->lockedChanged(false);
    t->advance(29s);
    QCOMPARE(t->executor->calls.last(), s("start 0"));
    t->advance(2s);
    QCOMPARE(t->executor->calls.last(), s("stop 10 0"));
}

/// The row of an ended worker is closed when the database accepts writes again.
void TestSupervisorHealth::failedWritesAreRepeated()
{
    QVERIFY(t->start());
    WorkerConfig config = PoolSimulation::config(1);
    config.restart = RestartMode::Never; // so that no other write succeeds in the meantime
    QVERIFY(t->launch(config));
    t->waitForPostedTasks();
    QSignalSpy writeFailures(t->manager.get(), &WorkerPoolManager::writeFailed);
    QSignalSpy failures(t->manager.get(), &WorkerPoolManager::failed);
    RawSql raw(t->folder.filePath(s("q.db")));
    const QString id = t->idOf(0);
    EVENTUALLY(raw.exec(
        s("CREATE TRIGGER refuse BEFORE UPDATE ON lifeguard_workers BEGIN SELECT RAISE(ABORT, 'refused'); END")));
    t->executor->endWorker(id, Kind::Signalled, 9);
    EVENTUALLY(writeFailures.size() + failures.size() == 1);
    for (int i = 0; i < 3; ++i) {
        t->advance(PoolJournal::retryInterval);
        t->waitForPostedTasks();
    }
    QCOMPARE(writeFailures.size() + failures.size(), 1); // reported once
    QVERIFY(!t->isClosed(id));
    EVENTUALLY(raw.exec(s("DROP TRIGGER refuse")));
    t->advance(PoolJournal::retryInterval);
    EVENTUALLY(t->isClosed(id));
}

QTEST_GUILESS_MAIN(TestSupervisorHealth)
#include "tst_supervisorhealth.moc"
