// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the whole manager with a fake executor and a manual clock, without processes and without waiting: what the
// manager starts, stops, records and writes.
#include "core/pool/pooljournal.h"
#include "core/store/workerregistry.h"
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

class TestPoolSupervisor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { t = std::make_unique<PoolSimulation>(); }
    void cleanup() { t.reset(); }

    // Starting
    void poolStartsAndItsWorkersRegister();
    void workersAreRecordedBeforeTheyAreStarted();
    void manyWorkersStartAtOnce();
    void workerCanBeStoppedWhileItIsPrepared();
    void workerCanBeStoppedWhileItIsRecorded();
    void workerIsNamedAfterItsContainer();
    void failedPreparationMakesThePoolCrashLoop();

    // Ends
    void deadWorkerIsReplacedAtOnce();
    void backOffGrowsWithEachDeath();
    void crashLoopingPoolCanBeStartedAgain();
    void workerThatCannotStartMakesThePoolCrashLoop();
    void replacementOfAnExitedWorkerDependsOnItsWork_data();
    void replacementOfAnExitedWorkerDependsOnItsWork();
    void deadWorkersAreNotReplacedIfRestartIsNever();
    void jobsOfAnEndedWorkerAreReturned();

    // Commands
    void stoppedWorkerIsNotReplaced();
    void drainingHasNoTimeLimit();
    void drainedWorkerCanBeStopped();
    void killsByTheUserDoNotCountAsDeaths();
    void workerThatIsBeingStoppedCanBeKilled();
    void poolIsScaledUpAndDown();
    void pauseHoldsWorkersAndReplacements();
    void pauseDrainsCommands();
    void blockedPoolIsPausedUntilAJobIsConverted();
    void blockedPoolCanBeResumedByTheUser();
    void blockedPoolSurvivesTheEndOfItsScout();
    void blockageDoesNotUndoAPauseByTheUser();
    void stoppedPoolCanBeRestarted();
    void removedPoolDisappearsWhenItsWorkersHaveEnded();
    void stopAllEndsWhenAllRowsAreClosed();
    void stopAllEndsWithoutWorkers();
    void commandsForUnknownPoolsAndWorkersHaveNoEffect();
    void readOnlyManagerStartsNoPool();

    // Health
    void hungWorkerIsStopped();
    void hungWorkerIsOnlyShown();
    void suspectWorkerRecovers();
    void workerOverItsMemoryLimitIsKilled();
    void workerThatDoesNotRegisterIsStopped();
    void recycledWorkerIsReplacedBeforeItEnds();
    void suspendAndClockChangesDoNotCount();
    void timeOfALockDoesNotCount();
    void failedWritesAreRepeated();

    // Modes
    void autoPoolRunsDirectWithoutDocker();
    void autoPoolWaitsForDockerForFiveSeconds();
    void failedPullMakesThePoolCrashLoop();
    void inspectionForARemovedPoolIsIgnored();
    void poolStartsAgainWhenTheEngineReconnects();

    // Other managers
    void detachedWorkersAreAdopted();
    void managerRemovesItsRowAndItsBeatFile();

private:
    [[nodiscard]] QString state() const { return toString(t->pool().state); }
    [[nodiscard]] bool isClosed(const QString &executorId)
    {
        RawSql raw(t->folder.filePath(s("q.db")));
        return !raw.value(s("SELECT ended_at FROM lifeguard_workers WHERE executor_id = ?"), {executorId}).isNull();
    }
    std::unique_ptr<PoolSimulation> t;
};

void TestPoolSupervisor::poolStartsAndItsWorkersRegister()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(3)));
    QCOMPARE(state(), s("starting"));
    QCOMPARE(t->workersIn(WorkerState::Starting).size(), 3);
    QCOMPARE(t->executor->calls, (QStringList{s("start 0"), s("start 1"), s("start 2")}));
    t->showRow(t->idOf(1));
    QCOMPARE(state(), s("running"));
    QCOMPARE(t->pool().alive, 1);
    t->showAllIdle();
    QCOMPARE(t->workersIn(WorkerState::Idle).size(), 3);
    QCOMPARE(t->count(EventKind::PoolStarting), 1);
    QCOMPARE(t->count(EventKind::PoolStarted), 1);
    QCOMPARE(t->count(EventKind::WorkerStarting), 3);
    QCOMPARE(t->count(EventKind::WorkerRegistered), 3);
}

/// If the manager dies in between, the rows show the next manager which workers were about to start.
void TestPoolSupervisor::workersAreRecordedBeforeTheyAreStarted()
{
    QVERIFY(t->start());
    RawSql raw(t->folder.filePath(s("q.db")));
    EVENTUALLY(raw.exec(s("BEGIN IMMEDIATE")));
    QVERIFY(t->manager->startPool(PoolSimulation::config(2)));
    QCoreApplication::processEvents();
    QVERIFY(t->executor->calls.isEmpty());
    QCOMPARE(t->manager->workers().size(), 2);
    QVERIFY(raw.exec(s("COMMIT")));
    QVERIFY(t->waitForRunning(2));
    QCOMPARE(raw.value(s("SELECT count(*) FROM lifeguard_workers WHERE ended_at IS NULL")).toInt(), 2);
}

void TestPoolSupervisor::manyWorkersStartAtOnce()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(300)));
    QCOMPARE(t->executor->startCount, 300);
    t->showAllIdle();
    QCOMPARE(t->pool().alive, 300);
    t->manager->stopAll(0s);
    QSignalSpy stopped(t->manager.get(), &WorkerPoolManager::allStopped);
    for (const QString &id : t->executor->runningIds())
        t->executor->endWorker(id, Kind::Signalled, 9);
    QVERIFY(stopped.wait(patience));
    QVERIFY(!t->manager->hasLiveWorkers());
}

void TestPoolSupervisor::workerCanBeStoppedWhileItIsPrepared()
{
    QVERIFY(t->start());
    t->executor->holdsPreparation = true;
    QVERIFY(t->manager->startPool(PoolSimulation::config(1)));
    const QString id = t->executor->preparingIds.value(0);
    t->manager->stopWorker(id);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Stopping));
    t->executor->finishPreparation(id, s("0123456789ab")); // a container
    QCOMPARE(t->executor->calls, QStringList{s("kill 0")});
    t->executor->endWorker(s("0123456789ab"), Kind::Signalled, 9);
    EVENTUALLY(t->workersIn(WorkerState::Stopped).size() == 1);
    QCOMPARE(t->pool().config.count, 0);
}

void TestPoolSupervisor::workerCanBeStoppedWhileItIsRecorded()
{
    QVERIFY(t->start());
    QVERIFY(t->manager->startPool(PoolSimulation::config(2)));
    const QList<WorkerInfo> workers = t->manager->workers();
    t->manager->stopWorker(workers.first().executorId);
    EVENTUALLY(t->workersIn(WorkerState::Stopped).size() == 1);
    QVERIFY(t->waitForRunning(1));
    QCOMPARE(t->executor->startCount, 1);
    EVENTUALLY(isClosed(workers.first().executorId));
}

void TestPoolSupervisor::workerIsNamedAfterItsContainer()
{
    QVERIFY(t->start());
    t->executor->holdsPreparation = true;
    WorkerConfig config = PoolSimulation::config(1);
    config.mode = ExecutionMode::Docker;
    config.image = s("mine");
    QVERIFY(t->manager->startPool(config));
    EVENTUALLY(t->executor->preparingIds.size() == 1);
    t->executor->finishPreparation(t->executor->preparingIds.first(), s("0123456789ab"));
    EVENTUALLY(t->executor->startCount == 1);
    QCOMPARE(t->manager->workers().size(), 1);
    QCOMPARE(t->manager->workers().first().executorId, s("0123456789ab"));
    QVERIFY(t->executor->requestOf(s("0123456789ab")).beatPath.isEmpty());
}

void TestPoolSupervisor::failedPreparationMakesThePoolCrashLoop()
{
    QVERIFY(t->start());
    t->executor->holdsPreparation = true;
    QVERIFY(t->manager->startPool(PoolSimulation::config(1)));
    t->executor->endWorker(t->executor->preparingIds.first(), Kind::FailedToStart, -1);
    QCOMPARE(state(), s("crash-looping"));
    QCOMPARE(t->workersIn(WorkerState::Dead).size(), 1);
    QSignalSpy stopped(t->manager.get(), &WorkerPoolManager::allStopped);
    t->manager->stopAll();
    QVERIFY(stopped.wait(patience));
}

void TestPoolSupervisor::deadWorkerIsReplacedAtOnce()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->showAllIdle();
    const QString id = t->idOf(1);
    t->executor->endWorker(id, Kind::Exited, 3, {s("cannot go on")});
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Dead));
    QCOMPARE(t->worker(id).reason, s("exit code 3. Last output: cannot go on"));
    QVERIFY(t->waitForRunning(2));
    QVERIFY(t->idOf(1) != id); // the index is used again
    QCOMPARE(t->count(EventKind::WorkerFailed), 1);
    EVENTUALLY(isClosed(id));
}

void TestPoolSupervisor::backOffGrowsWithEachDeath()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    t->showAllIdle();
    t->showRow(t->idOf(0), WorkerStatus::Idle, 1); // it has finished a job: no crash loop
    const QList<milliseconds> waits{0ms, 1s, 2s, 4s, 8s, 16s};
    int starts = 1;
    for (const milliseconds wait : waits) {
        t->executor->endWorker(t->idOf(0), Kind::Exited, 3);
        if (wait > 0ms) {
            t->waitForPostedTasks();
            t->advance(wait - 1ms);
            t->waitForPostedTasks();
            QCOMPARE(t->executor->startCount, starts);
            QVERIFY(t->pool().reason.startsWith(s("the next worker is started in 1 s, because")));
            t->advance(1ms);
        }
        QVERIFY(t->waitForRunning(1));
        QCOMPARE(t->executor->startCount, ++starts);
        t->showAllIdle();
    }
}

void TestPoolSupervisor::crashLoopingPoolCanBeStartedAgain()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    for (int death = 1; death <= 5; ++death) {
        QVERIFY(t->waitForRunning(2));
        t->showAllIdle();
        t->executor->endWorker(t->idOf(0), Kind::Exited, 9);
        t->advance(10s);
    }
    QCOMPARE(state(), s("crash-looping"));
    QVERIFY(t->pool().reason.contains(s("exit code 9")));
    QCOMPARE(t->count(EventKind::PoolCrashLooping), 1);
    const int starts = t->executor->startCount;
    t->advance(600s);
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, starts);
    t->manager->resumePool(s("noop"));
    QCOMPARE(state(), s("starting"));
    QVERIFY(t->waitForRunning(2));
    QVERIFY(t->pool().reason.isEmpty());
}

void TestPoolSupervisor::workerThatCannotStartMakesThePoolCrashLoop()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(3)));
    t->executor->endWorker(t->idOf(0), Kind::FailedToStart, -1);
    QCOMPARE(state(), s("crash-looping"));
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, 3);
}

void TestPoolSupervisor::replacementOfAnExitedWorkerDependsOnItsWork_data()
{
    QTest::addColumn<int>("restart");
    QTest::addColumn<bool>("hasWorked");
    QTest::addColumn<bool>("isReplaced");
    QTest::newRow("on-failure, after a job") << int(RestartMode::OnFailure) << true << true;
    QTest::newRow("on-failure, without a job") << int(RestartMode::OnFailure) << false << false;
    QTest::newRow("always, without a job") << int(RestartMode::Always) << false << true;
    QTest::newRow("never, after a job") << int(RestartMode::Never) << true << false;
}

/// Exit code 0 is not a death. Whether the worker had finished a job is read from the database.
void TestPoolSupervisor::replacementOfAnExitedWorkerDependsOnItsWork()
{
    QFETCH(int, restart);
    QFETCH(bool, hasWorked);
    QFETCH(bool, isReplaced);
    QVERIFY(t->start());
    WorkerConfig config = PoolSimulation::config(1);
    config.restart = RestartMode(restart);
    QVERIFY(t->launch(config));
    t->showAllIdle();
    const QString id = t->idOf(0);
    if (hasWorked) {
        RawSql raw(t->folder.filePath(s("q.db")));
        EVENTUALLY(raw.exec(
            s("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload, worker_id, "
              "attempts, started_at, completed_at) VALUES ('noop', 'completed', '', '', '', '{}', ?, 1, ?, ?)"),
            {t->worker(id).workerId, t->clock.utcNow().toString(s("yyyy-MM-dd HH:mm:ss.zzz")),
             t->clock.utcNow().addSecs(1).toString(s("yyyy-MM-dd HH:mm:ss.zzz"))}));
    }
    t->executor->endWorker(id, Kind::Exited, 0);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Stopped));
    QCOMPARE(t->worker(id).reason, s("ended by itself (exit code 0)"));
    if (isReplaced) {
        QVERIFY(t->waitForRunning(1));
    } else {
        EVENTUALLY(state() == s("stopped"));
        QVERIFY(t->pool().reason.startsWith(s("1 ended worker is not replaced")));
    }
    QCOMPARE(t->count(EventKind::WorkerFailed), 0);
}

void TestPoolSupervisor::deadWorkersAreNotReplacedIfRestartIsNever()
{
    QVERIFY(t->start());
    WorkerConfig config = PoolSimulation::config(2);
    config.restart = RestartMode::Never;
    QVERIFY(t->launch(config));
    t->showAllIdle();
    t->executor->endWorker(t->idOf(0), Kind::Signalled, 9);
    QCOMPARE(state(), s("running"));
    const QString last = t->idOf(1);
    t->manager->killWorker(last);
    t->executor->endWorker(last, Kind::Signalled, 9);
    QCOMPARE(state(), s("stopped"));
    QVERIFY(t->pool().reason.startsWith(s("2 ended workers are not replaced (restart=never)")));
    QCOMPARE(t->executor->startCount, 2);
    t->manager->setPoolCount(s("noop"), 3); // a stopped pool stays stopped
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, 2);
    t->manager->restartPool(s("noop"));
    QVERIFY(t->waitForRunning(3));
}

/// The slot in the beat file shows which job had begun.
void TestPoolSupervisor::jobsOfAnEndedWorkerAreReturned()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    const QString id = t->idOf(0);
    NewJob job;
    job.type = s("noop");
    const auto jobs = answerOf(t->store->addJobs({job, job}));
    QVERIFY(jobs);
    const auto worker = answerOf(t->store->write<qint64>([&](Database &db) -> Result<qint64> {
        const auto registered = WorkerRegistry(db, t->clock).registerWorker(s("noop"), id, s("direct"));
        if (!registered || !JobQueue(db, t->clock).claim(*registered, s("noop"), 2))
            return failure(ErrorCode::Internal, {});
        return *registered;
    }));
    QVERIFY(worker);
    t->beat(id, jobs->last());
    t->executor->endWorker(id, Kind::Signalled, 9);
    QCOMPARE(t->worker(id).reason, s("SIGKILL while it worked on job %1").arg(jobs->last()));
    EVENTUALLY(isClosed(id));
    const auto begun = answerOf(t->store->job(jobs->last()));
    const auto unstarted = answerOf(t->store->job(jobs->first()));
    QCOMPARE(toString(begun->status), s("pending"));
    QCOMPARE(begun->maxAttempts, 3); // the attempt counts
    QCOMPARE(toString(unstarted->status), s("pending"));
    QCOMPARE(unstarted->maxAttempts, 4); // the attempt does not count
}

void TestPoolSupervisor::stoppedWorkerIsNotReplaced()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->showAllIdle();
    const QString id = t->idOf(0);
    t->manager->stopWorker(id);
    QCOMPARE(t->executor->calls.last(), s("stop 10 0"));
    QCOMPARE(t->worker(id).reason, s("stopped by the user; will be killed in 10 s"));
    t->advance(4s);
    QCOMPARE(t->worker(id).reason, s("stopped by the user; will be killed in 6 s"));
    t->manager->stopWorker(id); // has no effect
    QCOMPARE(t->executor->calls.count(s("stop 10 0")), 1);
    QCOMPARE(t->pool().config.count, 1);
    t->executor->endWorker(id, Kind::Exited, 0);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Stopped));
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, 2); // not replaced
    QCOMPARE(t->count(EventKind::WorkerStopping), 1);
    QCOMPARE(t->count(EventKind::WorkerStopped), 1);
}

void TestPoolSupervisor::drainingHasNoTimeLimit()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    t->showAllIdle();
    const QString id = t->idOf(0);
    t->beat(id, 12);
    t->manager->drainWorker(id);
    t->manager->drainWorker(id); // has no effect
    QCOMPARE(t->executor->calls.mid(1), QStringList{s("drain 0")});
    QCOMPARE(t->worker(id).reason, s("drained by the user; ends when its job is done"));
    QCOMPARE(t->pool().config.count, 0);
    for (int minute = 0; minute < 9; ++minute) { // without a time limit but that of the job
        t->advance(30s);
        t->beat(id, 12);
    }
    QCOMPARE(t->executor->calls.last(), s("drain 0"));
    t->executor->endWorker(id, Kind::Exited, 0);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Stopped));
}

void TestPoolSupervisor::drainedWorkerCanBeStopped()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    const QString id = t->idOf(0);
    t->manager->drainWorker(id);
    QCOMPARE(t->pool().config.count, 1);
    t->manager->stopWorker(id);
    QCOMPARE(t->pool().config.count, 1); // lowered once
    QCOMPARE(t->executor->calls.last(), s("stop 10 0"));
    QVERIFY(t->worker(id).reason.endsWith(s("will be killed in 10 s")));
}

void TestPoolSupervisor::killsByTheUserDoNotCountAsDeaths()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    for (int i = 0; i < 6; ++i) { // killed workers do not count as deaths
        t->showAllIdle();
        const QString id = t->idOf(0);
        t->manager->killWorker(id);
        QCOMPARE(t->executor->calls.last(), s("kill 0"));
        t->executor->endWorker(id, Kind::Signalled, 9);
        QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Dead));
        QCOMPARE(t->worker(id).reason, s("killed by the user"));
        QVERIFY(t->waitForRunning(1));
    }
    QCOMPARE(t->pool().config.count, 1);
    QCOMPARE(t->count(EventKind::WorkerStopping), 0);
}

void TestPoolSupervisor::workerThatIsBeingStoppedCanBeKilled()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    const QString id = t->idOf(0);
    t->manager->stopWorker(id);
    t->manager->killWorker(id);
    QCOMPARE(t->executor->calls.last(), s("kill 0"));
    t->executor->endWorker(id, Kind::Signalled, 9);
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Stopped)); // its job does not count
    QCOMPARE(t->worker(id).reason, s("killed by the user; killed (SIGKILL) after the grace period"));
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, 1);
}

void TestPoolSupervisor::poolIsScaledUpAndDown()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->manager->setPoolCount(s("noop"), 4);
    QVERIFY(t->waitForRunning(4));
    t->showAllIdle();
    t->beat(t->idOf(3), 12); // busy workers are stopped last
    t->manager->setPoolCount(s("noop"), 1);
    QCOMPARE(t->executor->calls.mid(4), (QStringList{s("stop 10 2"), s("stop 10 1"), s("stop 10 0")}));
    QVERIFY(t->worker(t->idOf(2)).reason.startsWith(s("its pool was scaled down")));
    for (int index = 0; index < 3; ++index)
        t->executor->endWorker(t->idOf(index), Kind::Exited, 0);
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, 4);
    QCOMPARE(t->pool().alive, 1);
}

void TestPoolSupervisor::pauseHoldsWorkersAndReplacements()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->showAllIdle();
    const StartRequest request = t->executor->requestOf(t->idOf(0));
    const auto beats = BeatFile::open(request.beatPath, false);
    QVERIFY(beats);
    t->manager->pauseAll();
    QCOMPARE(state(), s("paused"));
    QVERIFY((*beats)->isHeld(request.beatSlot));
    t->manager->setPoolCount(s("noop"), 3); // takes effect when the pool is resumed
    t->executor->endWorker(t->idOf(1), Kind::Signalled, 9); // so does the replacement
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, 2);
    t->manager->resumeAll();
    QCOMPARE(state(), s("running"));
    QVERIFY(!(*beats)->isHeld(request.beatSlot));
    QVERIFY(t->waitForRunning(3));
    QCOMPARE(t->executor->calls.size(), 4); // no worker was stopped
    QCOMPARE(t->count(EventKind::PoolPaused), 1);
    QCOMPARE(t->count(EventKind::PoolResumed), 1);
}

void TestPoolSupervisor::pauseDrainsCommands()
{
    QVERIFY(t->start());
    WorkerConfig config = PoolSimulation::config(1);
    config.command = QStringList{s("/bin/worker")};
    QVERIFY(t->launch(config));
    const QString id = t->idOf(0);
    QVERIFY(t->executor->requestOf(id).beatPath.isEmpty());
    t->showRow(id);
    t->manager->pausePool(s("noop"));
    QCOMPARE(t->executor->calls.last(), s("drain 0"));
    t->executor->endWorker(id, Kind::Exited, 0);
    QCOMPARE(t->worker(id).reason, s("its pool was paused"));
    QCOMPARE(toString(t->worker(id).state), toString(WorkerState::Stopped));
    t->manager->resumePool(s("noop"));
    QCOMPARE(state(), s("starting"));
    QVERIFY(t->waitForRunning(1));
}

namespace {

Message blocked(const char *pause)
{
    return Message("worker_blocked", {s("The disk is full."), s(pause), s("2026-01-01 00:00:%1").arg(s(pause))});
}

} // namespace

void TestPoolSupervisor::blockedPoolIsPausedUntilAJobIsConverted()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(4)));
    t->showAllIdle();
    const QStringList ids{t->idOf(0), t->idOf(1), t->idOf(2), t->idOf(3)};
    t->showReason(ids.at(2), blocked("5 s"));
    QCOMPARE(state(), s("paused"));
    QCOMPARE(t->pool().reason, s("No job can be converted: The disk is full. The next attempt is in 5 s."));
    QCOMPARE(t->count(EventKind::PoolPaused), 1);
    for (const QString &id : ids)
        QCOMPARE(t->isHeld(id), id != ids.at(2)); // one worker keeps trying
    t->showReason(ids.at(0), blocked("5 s")); // it was busy when the pool was paused
    t->showReason(ids.at(2), blocked("10 s"));
    QVERIFY(t->pool().reason.contains(s("in 10 s")));
    QCOMPARE(t->count(EventKind::PoolPaused), 1);
    t->showReason(ids.at(2), {});
    QCOMPARE(state(), s("running"));
    QVERIFY(t->pool().reason.isEmpty());
    QCOMPARE(t->count(EventKind::PoolResumed), 1);
    for (const QString &id : ids)
        QVERIFY(!t->isHeld(id));
    t->showAllIdle();
    QCOMPARE(state(), s("running")); // the earlier report of the first worker has been handled
    t->showReason(ids.at(0), blocked("20 s"));
    QCOMPARE(state(), s("paused"));
}

void TestPoolSupervisor::blockedPoolCanBeResumedByTheUser()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->showAllIdle();
    t->showReason(t->idOf(0), blocked("5 s"));
    QVERIFY(t->isHeld(t->idOf(1)));
    t->manager->resumePool(s("noop"));
    QCOMPARE(state(), s("running"));
    QVERIFY(!t->isHeld(t->idOf(1)));
    t->showAllIdle();
    QCOMPARE(state(), s("running"));
    t->showReason(t->idOf(1), blocked("6 s"));
    QCOMPARE(state(), s("paused"));
    QVERIFY(t->isHeld(t->idOf(0)));
    // A stopped pool is not blocked any more.
    t->manager->stopPool(s("noop"));
    QCOMPARE(state(), s("stopping"));
}

void TestPoolSupervisor::blockedPoolSurvivesTheEndOfItsScout()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->showAllIdle();
    const QString scout = t->idOf(0);
    const QString other = t->idOf(1);
    t->showReason(scout, blocked("5 s"));
    t->executor->endWorker(scout, Kind::Signalled, 9);
    QVERIFY(t->waitForRunning(2)); // the pool replaces it
    t->showAllIdle();
    QCOMPARE(state(), s("paused"));
    QVERIFY2(!t->isHeld(other), "a worker must find out whether jobs can be converted again");
    t->showReason(other, blocked("6 s"));
    t->showReason(other, {});
    QCOMPARE(state(), s("running"));
}

void TestPoolSupervisor::blockageDoesNotUndoAPauseByTheUser()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->showAllIdle();
    t->manager->pausePool(s("noop"));
    t->showReason(t->idOf(0), blocked("5 s")); // its job had begun before
    QCOMPARE(t->count(EventKind::PoolPaused), 1);
    t->showReason(t->idOf(0), {});
    QCOMPARE(state(), s("paused"));
    QVERIFY(t->isHeld(t->idOf(0)) && t->isHeld(t->idOf(1)));
    t->manager->resumePool(s("noop"));
    QCOMPARE(state(), s("running"));
    QVERIFY(!t->isHeld(t->idOf(0)) && !t->isHeld(t->idOf(1)));
}

void TestPoolSupervisor::stoppedPoolCanBeRestarted()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->manager->stopPool(s("noop"));
    QCOMPARE(state(), s("stopping"));
    QCOMPARE(t->executor->calls.mid(2), (QStringList{s("stop 10 0"), s("stop 10 1")}));
    t->executor->endWorker(t->idOf(0), Kind::Exited, 0);
    QCOMPARE(state(), s("stopping"));
    t->executor->endWorker(t->idOf(1), Kind::Exited, 0);
    QCOMPARE(state(), s("stopped"));
    QCOMPARE(t->pool().config.count, 2);
    t->manager->restartPool(s("noop"));
    QVERIFY(t->waitForRunning(2));
    QCOMPARE(t->count(EventKind::PoolStopped), 1);
}

void TestPoolSupervisor::removedPoolDisappearsWhenItsWorkersHaveEnded()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    QVERIFY(t->launch(PoolSimulation::config(1)));
    QCOMPARE(t->manager->pools().size(), 2);
    QCOMPARE(t->pool(1).name, s("noop-2"));
    t->manager->removePool(s("noop"));
    QCOMPARE(t->manager->pools().size(), 2);
    for (const WorkerInfo &worker : t->manager->workers()) {
        if (worker.pool == s("noop"))
            t->executor->endWorker(worker.executorId, Kind::Exited, 0);
    }
    QCOMPARE(t->manager->pools().size(), 1);
    QCOMPARE(t->pool().name, s("noop-2"));
    t->manager->stopPool(s("noop-2"));
    t->executor->endWorker(t->executor->runningIds().first(), Kind::Exited, 0);
    t->manager->removePool(s("noop-2")); // a stopped pool is removed at once
    QVERIFY(t->manager->pools().isEmpty());
}

void TestPoolSupervisor::stopAllEndsWhenAllRowsAreClosed()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    QSignalSpy stopped(t->manager.get(), &WorkerPoolManager::allStopped);
    t->manager->stopAll();
    t->executor->endWorker(t->idOf(0), Kind::Exited, 0);
    t->waitForPostedTasks();
    QVERIFY(stopped.isEmpty());
    t->manager->stopAll(0s); // more urgent
    QCOMPARE(t->executor->calls.last(), s("kill 1"));
    const QString last = t->idOf(1);
    t->executor->endWorker(last, Kind::Signalled, 9);
    QVERIFY(stopped.wait(patience));
    QVERIFY(isClosed(last)); // emitted after the rows were closed
    t->waitForPostedTasks();
    QCOMPARE(stopped.size(), 1);
    QCOMPARE(state(), s("stopped"));
    t->manager->restartPool(s("noop")); // a pool that is launched again ends the shutdown
    QVERIFY(t->waitForRunning(2));
}

void TestPoolSupervisor::stopAllEndsWithoutWorkers()
{
    QVERIFY(t->start());
    QSignalSpy stopped(t->manager.get(), &WorkerPoolManager::allStopped);
    t->manager->stopAll();
    QVERIFY(stopped.isEmpty()); // not before stopAll() returns
    QVERIFY(stopped.wait(patience));
}

void TestPoolSupervisor::commandsForUnknownPoolsAndWorkersHaveNoEffect()
{
    QVERIFY(t->open());
    t->createManager();
    const auto early = t->manager->startPool(PoolSimulation::config(1));
    QVERIFY(!early && early.error().code == ErrorCode::Database);
    t->manager->pausePool(s("noop"));
    t->manager->killWorker(s("x"));
    QVERIFY(t->start());
    WorkerConfig wrong = PoolSimulation::config(-1);
    const auto refused = t->manager->startPool(wrong);
    QVERIFY(!refused && refused.error().code == ErrorCode::InvalidArgument);
    t->manager->restartPool(s("x"));
    t->manager->stopPool(s("x"));
    t->manager->removePool(s("x"));
    t->manager->setPoolCount(s("x"), 3);
    t->manager->pausePool(s("x"));
    t->manager->resumePool(s("x"));
    t->manager->stopWorker(s("x"));
    t->manager->drainWorker(s("x"));
    t->manager->killWorker(s("x"));
    t->executor->endWorker(s("x"));
    t->waitForPostedTasks();
    QVERIFY(t->manager->pools().isEmpty());
    QVERIFY(t->executor->calls.isEmpty());
    QVERIFY(t->eventKinds().isEmpty());
}

void TestPoolSupervisor::readOnlyManagerStartsNoPool()
{
    QVERIFY(t->open());
    t->store = std::make_unique<Store>();
    QVERIFY(answerOf(t->store->open(t->folder.filePath(s("q.db")), OpenMode::ReadOnly)));
    t->createManager();
    QSignalSpy ready(t->manager.get(), &WorkerPoolManager::ready);
    t->manager->start();
    QVERIFY(ready.wait(patience));
    QVERIFY(!t->executor); // not even created
    const auto refused = t->manager->startPool(PoolSimulation::config(1));
    QVERIFY(!refused && refused.error().code == ErrorCode::ReadOnly);
    QVERIFY(t->manager->inspectDocker().result().problem.has_value());
    QVERIFY(!t->manager->shellCommand(s("x")));
    QSignalSpy stopped(t->manager.get(), &WorkerPoolManager::allStopped);
    t->manager->stopAll();
    QVERIFY(stopped.wait(patience));
}

void TestPoolSupervisor::hungWorkerIsStopped()
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
    QVERIFY2(t->worker(id).reason.contains(s("; will be hung in ")), qPrintable(t->worker(id).reason));
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

void TestPoolSupervisor::hungWorkerIsOnlyShown()
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

void TestPoolSupervisor::suspectWorkerRecovers()
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

void TestPoolSupervisor::workerOverItsMemoryLimitIsKilled()
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

void TestPoolSupervisor::workerThatDoesNotRegisterIsStopped()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    t->advance(30s);
    QCOMPARE(t->executor->calls.last(), s("start 0"));
    t->advance(1s);
    QCOMPARE(t->executor->calls.last(), s("stop 10 0"));
}

void TestPoolSupervisor::recycledWorkerIsReplacedBeforeItEnds()
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

void TestPoolSupervisor::suspendAndClockChangesDoNotCount()
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
void TestPoolSupervisor::timeOfALockDoesNotCount()
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
void TestPoolSupervisor::failedWritesAreRepeated()
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
    QVERIFY(!isClosed(id));
    EVENTUALLY(raw.exec(s("DROP TRIGGER refuse")));
    t->advance(PoolJournal::retryInterval);
    EVENTUALLY(isClosed(id));
}

void TestPoolSupervisor::autoPoolRunsDirectWithoutDocker()
{
    QVERIFY(t->start());
    t->executor->inspection.engineError = Error{ErrorCode::ToolMissing, s("Docker is not installed"), {}};
    WorkerConfig config = PoolSimulation::config(1);
    config.mode = ExecutionMode::Auto;
    QVERIFY(t->launch(config));
    QCOMPARE(t->executor->inspectedImages, QStringList{s("lifeguard-noop:latest")});
    QCOMPARE(t->pool().mode, s("direct"));
    QCOMPARE(t->pool().modeReason, s("direct: Docker is not installed"));
    QCOMPARE(t->count(EventKind::PoolMode), 1);
}

void TestPoolSupervisor::autoPoolWaitsForDockerForFiveSeconds()
{
    QVERIFY(t->start());
    t->executor->holdsInspection = true;
    WorkerConfig config = PoolSimulation::config(1);
    config.mode = ExecutionMode::Auto;
    QVERIFY(t->manager->startPool(config));
    QCOMPARE(t->pool().reason, s("checking whether Docker has the image lifeguard-noop:latest"));
    QVERIFY(t->pool().mode.isEmpty());
    t->advance(5s);
    QCOMPARE(t->pool().modeReason, s("direct: Docker does not respond"));
    QVERIFY(t->waitForRunning(1));
    t->executor->finishInspection(); // too late
    t->waitForPostedTasks();
    QCOMPARE(t->pool().mode, s("direct"));
}

void TestPoolSupervisor::failedPullMakesThePoolCrashLoop()
{
    QVERIFY(t->start());
    t->executor->inspection.imageError = Error{ErrorCode::NotFound, s("no such image"), {}};
    t->executor->imageStatus = failure(ErrorCode::Io, s("the pull failed"));
    WorkerConfig config = PoolSimulation::config(1);
    config.mode = ExecutionMode::Docker;
    config.image = s("mine");
    QVERIFY(t->manager->startPool(config));
    EVENTUALLY(state() == s("crash-looping"));
    QCOMPARE(t->pool().reason, s("the pull failed"));
    t->executor->imageStatus = {};
    t->manager->resumePool(s("noop"));
    QVERIFY(t->waitForRunning(1));
    QCOMPARE(t->pool().mode, s("docker"));
}

void TestPoolSupervisor::inspectionForARemovedPoolIsIgnored()
{
    QVERIFY(t->start());
    t->executor->holdsInspection = true;
    WorkerConfig config = PoolSimulation::config(1);
    config.mode = ExecutionMode::Docker;
    config.image = s("mine");
    QVERIFY(t->manager->startPool(config));
    t->manager->removePool(s("noop"));
    QVERIFY(t->manager->pools().isEmpty());
    QVERIFY(t->manager->startPool(config)); // another pool of the same name
    t->executor->inspection.engineError = Error{ErrorCode::Io, s("old"), {}};
    t->executor->finishInspection();
    EVENTUALLY(state() == s("crash-looping"));
    QCOMPARE(t->count(EventKind::PoolCrashLooping), 1); // by its own inspection
}

void TestPoolSupervisor::poolStartsAgainWhenTheEngineReconnects()
{
    QVERIFY(t->start());
    WorkerConfig config = PoolSimulation::config(1);
    config.mode = ExecutionMode::Docker;
    config.image = s("mine");
    QVERIFY(t->launch(config));
    t->executor->endWorker(t->idOf(0), Kind::Exited, 0); // an engine that stops sends TERM to its containers
    EVENTUALLY(state() == s("stopped"));
    Q_EMIT t->executor->engineReconnected();
    QCOMPARE(state(), s("starting"));
    QVERIFY(t->waitForRunning(1));
}

void TestPoolSupervisor::detachedWorkersAreAdopted()
{
    QVERIFY(t->open());
    const QString id = s("direct-noop-0-deadbeef");
    const auto prepared = answerOf(t->store->write<int>([&](Database &db) -> Result<int> {
        ProcessIdentity gone = ProcessIdentity::self();
        ++gone.startTime;
        WorkerRegistry registry(db, t->clock);
        OwnedWorker worker;
        worker.executorId = id;
        worker.managerId = s("gone");
        worker.pool = s("noop");
        worker.type = s("noop");
        worker.mode = s("direct");
        worker.spec = s("noop=2,mode=direct,detach=yes");
        if (!registry.registerManager(s("gone"), s("manager")) || !registry.addOwned({worker})
            || !registry.setProcess(id, ProcessIdentity::self()))
            return failure(ErrorCode::Internal, {});
        return int(db.run("manager_add", {{s("id"), s("x")},
                                          {s("kind"), s("manager")},
                                          {s("process"), gone.toString()},
                                          {s("now"), s("2026-01-01 00:00:00.000")}})
                       .has_value());
    }));
    QVERIFY(prepared);
    RawSql raw(t->folder.filePath(s("q.db")));
    EVENTUALLY(
        raw.exec(s("UPDATE lifeguard_managers SET process = (SELECT process FROM lifeguard_managers WHERE id = 'x') "
                   "WHERE id = 'gone'")));
    QVERIFY(t->start());
    QCOMPARE(t->executor->calls.value(0), s("adopt 0"));
    QVERIFY(t->waitForRunning(2)); // the pool lacked one worker
    QCOMPARE(t->count(EventKind::WorkerAdopted), 1);
    QCOMPARE(t->pool().config.count, 2);
    QVERIFY(t->worker(id).own);
    // Launching the same pool reuses it.
    WorkerConfig config = PoolSimulation::config(3);
    config.detach = true;
    QCOMPARE(t->manager->startPool(config).value_or(QString()), s("noop"));
    QVERIFY(t->waitForRunning(3));
    QCOMPARE(t->manager->pools().size(), 1);
    QCOMPARE(t->manager->startPool(config).value_or(QString()), s("noop-2")); // once
}

/// A manager whose workers have all ended removes its row and its beat file.
void TestPoolSupervisor::managerRemovesItsRowAndItsBeatFile()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    const QString beatPath = t->executor->requestOf(t->idOf(0)).beatPath;
    QVERIFY(QFile::exists(beatPath));
    QSignalSpy stopped(t->manager.get(), &WorkerPoolManager::allStopped);
    t->manager->stopAll();
    t->executor->endWorker(t->idOf(0), Kind::Exited, 0);
    QVERIFY(stopped.wait(patience));
    t->manager.reset();
    t->store.reset();
    QVERIFY(!QFile::exists(beatPath));
    RawSql raw(t->folder.filePath(s("q.db")));
    QCOMPARE(raw.value(s("SELECT count(*) FROM lifeguard_managers")).toInt(), 0);
}

QTEST_GUILESS_MAIN(TestPoolSupervisor)
#include "tst_poolsupervisor.moc"
