// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the whole manager with a fake executor and a manual clock, without processes and without waiting:
// the user's commands for workers and pools.
#include "tests/support/poolsimulation.h"
#include "tests/support/pooltest.h"
#include "tests/support/testhelpers.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

using Kind = WorkerExit::Kind;

class TestSupervisorCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { t = std::make_unique<PoolSimulation>(); }
    void cleanup() { t.reset(); }

    void stoppedWorkerIsNotReplaced();
    void drainingHasNoTimeLimit();
    void drainedWorkerCanBeStopped();
    void killsByTheUserDoNotCountAsDeaths();
    void workerThatIsBeingStoppedCanBeKilled();
    void poolIsScaledUpAndDown();
    void changedConfigurationReplacesTheWorkers();
    void configurationOfAStoppedPoolIsChanged();
    void poolsHaveTheRequestedNames();
    void pauseHoldsWorkersAndReplacements();
    void pauseDrainsCommands();
    void stoppedPoolCanBeRestarted();
    void removedPoolDisappearsWhenItsWorkersHaveEnded();
    void stopAllEndsWhenAllRowsAreClosed();
    void stopAllEndsWithoutWorkers();
    void commandsForUnknownPoolsAndWorkersHaveNoEffect();
    void readOnlyManagerStartsNoPool();
    void descriptionOfAContainerHasNoSecrets();

private:
    std::unique_ptr<PoolSimulation> t;
};

void TestSupervisorCommands::stoppedWorkerIsNotReplaced()
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

void TestSupervisorCommands::drainingHasNoTimeLimit()
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

void TestSupervisorCommands::drainedWorkerCanBeStopped()
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

void TestSupervisorCommands::killsByTheUserDoNotCountAsDeaths()
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

void TestSupervisorCommands::workerThatIsBeingStoppedCanBeKilled()
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

void TestSupervisorCommands::poolIsScaledUpAndDown()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->manager->setPoolCount(s("noop"), 4);
    QVERIFY(t->waitForRunning(4));
    t->showAllIdle();
    t->beat(t->idOf(3), 12); // busy workers are stopped last
    t->manager->setPoolCount(s("noop"), 1);
    QCOMPARE(t->executor->calls.mid(4), (QStringList{s("drain 2"), s("drain 1"), s("drain 0")}));
    QVERIFY(t->worker(t->idOf(2)).reason.startsWith(s("its pool was scaled down")));
    t->advance(20s); // longer than the grace period
    QCOMPARE(t->executor->calls.size(), 7); // nobody is killed
    for (int index = 0; index < 3; ++index)
        t->executor->endWorker(t->idOf(index), Kind::Exited, 0);
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, 4);
    QCOMPARE(t->pool().alive, 1);
}

void TestSupervisorCommands::changedConfigurationReplacesTheWorkers()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->showAllIdle();
    const QStringList before{t->idOf(0), t->idOf(1)};
    WorkerConfig changed = PoolSimulation::config(2);
    changed.maxJobTime = 77s;
    QVERIFY(t->manager->reconfigurePool(s("noop"), changed, CountSource::File));
    QVERIFY(t->waitForRunning(4)); // the earlier workers finish their jobs
    for (const QString &id : before) {
        QCOMPARE(t->worker(id).reason, s("the configuration of its pool was changed"));
    }
    QVERIFY(t->executor->calls.filter(s("kill")).isEmpty());
    for (const QString &id : before)
        t->executor->endWorker(id, Kind::Exited, 0);
    t->waitForPostedTasks();
    QVERIFY(t->waitForRunning(2));
    QCOMPARE(t->executor->requestOf(t->idOf(2)).config.maxJobTime, seconds(77));
    QCOMPARE(t->pool().config.maxJobTime, seconds(77));
    QCOMPARE(t->pool().countSource, CountSource::File);
    QCOMPARE(t->count(EventKind::PoolReconfigured), 1);
    changed.count = -1;
    QVERIFY(!t->manager->reconfigurePool(s("noop"), changed, CountSource::File));
    QCOMPARE(t->pool().config.count, 2);
}

void TestSupervisorCommands::configurationOfAStoppedPoolIsChanged()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    t->showAllIdle();
    t->manager->stopPool(s("noop"));
    t->executor->endWorker(t->idOf(0), Kind::Exited, 0);
    t->waitForPostedTasks();
    QCOMPARE(t->stateName(), s("stopped"));
    QVERIFY(t->manager->reconfigurePool(s("noop"), PoolSimulation::config(2), CountSource::File));
    t->waitForPostedTasks();
    QCOMPARE(t->stateName(), s("stopped"));
    t->manager->restartPool(s("noop"));
    QVERIFY(t->waitForRunning(2));
}

void TestSupervisorCommands::poolsHaveTheRequestedNames()
{
    QVERIFY(t->start());
    QCOMPARE(t->manager->startPool(PoolSimulation::config(1), s("quick"), CountSource::File).value_or(QString()),
             s("quick"));
    QCOMPARE(t->manager->startPool(PoolSimulation::config(1), s("quick")).value_or(QString()), s("quick-2"));
    QCOMPARE(t->manager->startPool(PoolSimulation::config(1)).value_or(QString()), s("noop"));
    QVERIFY(t->waitForRunning(3));
    QCOMPARE(t->pool(1).countSource, CountSource::File);
    t->manager->setPoolCount(s("quick"), 2);
    QCOMPARE(t->pool(1).countSource, CountSource::Hand);
    t->manager->setPoolCount(s("quick"), 2, CountSource::File);
    QCOMPARE(t->pool(1).countSource, CountSource::File);
}

void TestSupervisorCommands::pauseHoldsWorkersAndReplacements()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->showAllIdle();
    const StartRequest request = t->executor->requestOf(t->idOf(0));
    const auto beats = BeatFile::open(request.beatPath, false);
    QVERIFY(beats);
    t->manager->pauseAll();
    QCOMPARE(t->stateName(), s("paused"));
    QVERIFY((*beats)->isHeld(request.beatSlot));
    t->manager->setPoolCount(s("noop"), 3); // takes effect when the pool is resumed
    t->executor->endWorker(t->idOf(1), Kind::Signalled, 9); // so does the replacement
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, 2);
    t->manager->resumeAll();
    QCOMPARE(t->stateName(), s("running"));
    QVERIFY(!(*beats)->isHeld(request.beatSlot));
    QVERIFY(t->waitForRunning(3));
    QCOMPARE(t->executor->calls.size(), 4); // no worker was stopped
    QCOMPARE(t->count(EventKind::PoolPaused), 1);
    QCOMPARE(t->count(EventKind::PoolResumed), 1);
}

void TestSupervisorCommands::pauseDrainsCommands()
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
    QCOMPARE(t->stateName(), s("starting"));
    QVERIFY(t->waitForRunning(1));
}

void TestSupervisorCommands::stoppedPoolCanBeRestarted()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->manager->stopPool(s("noop"));
    QCOMPARE(t->stateName(), s("stopping"));
    QCOMPARE(t->executor->calls.mid(2), (QStringList{s("stop 10 0"), s("stop 10 1")}));
    t->executor->endWorker(t->idOf(0), Kind::Exited, 0);
    QCOMPARE(t->stateName(), s("stopping"));
    t->executor->endWorker(t->idOf(1), Kind::Exited, 0);
    QCOMPARE(t->stateName(), s("stopped"));
    QCOMPARE(t->pool().config.count, 2);
    t->manager->restartPool(s("noop"));
    QVERIFY(t->waitForRunning(2));
    QCOMPARE(t->count(EventKind::PoolStopped), 1);
}

void TestSupervisorCommands::removedPoolDisappearsWhenItsWorkersHaveEnded()
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
    t->executor->endWorker(t->executor->runningIds().constFirst(), Kind::Exited, 0);
    t->manager->removePool(s("noop-2")); // a stopped pool is removed at once
    QVERIFY(t->manager->pools().isEmpty());
}

void TestSupervisorCommands::stopAllEndsWhenAllRowsAreClosed()
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
    QVERIFY(t->isClosed(last)); // emitted after the rows were closed
    t->waitForPostedTasks();
    QCOMPARE(stopped.size(), 1);
    QCOMPARE(t->stateName(), s("stopped"));
    t->manager->restartPool(s("noop")); // a pool that is launched again ends the shutdown
    QVERIFY(t->waitForRunning(2));
}

void TestSupervisorCommands::stopAllEndsWithoutWorkers()
{
    QVERIFY(t->start());
    QSignalSpy stopped(t->manager.get(), &WorkerPoolManager::allStopped);
    t->manager->stopAll();
    QVERIFY(stopped.isEmpty()); // not before stopAll() returns
    QVERIFY(stopped.wait(patience));
}

void TestSupervisorCommands::commandsForUnknownPoolsAndWorkersHaveNoEffect()
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

void TestSupervisorCommands::readOnlyManagerStartsNoPool()
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

void TestSupervisorCommands::descriptionOfAContainerHasNoSecrets()
{
    QVERIFY(t->start());
    WorkerConfig config = PoolSimulation::config(1);
    config.mode = ExecutionMode::Docker;
    config.image = s("mine");
    t->executor->container = {
        {s("Config"),
         QJsonObject{{s("Env"), QJsonArray{s("API_TOKEN=hunter2"), s("HARMLESS=hunter2"), s("WORKER_TYPE=noop")}},
                     {s("Cmd"), QJsonArray{s("worker"), s("--password"), s("hunter2")}}}}};
    QVERIFY(t->launch(config));
    const QString id = t->idOf(0);
    const Result<QString> description = answerOf(t->manager->inspectWorker(id));
    QVERIFY(description);
    QVERIFY2(!description->contains(s("hunter2")), qPrintable(*description));
    const QJsonObject container = QJsonDocument::fromJson(description->toUtf8()).object();
    QCOMPARE(container[s("Id")].toString(), id);
    QCOMPARE(container[s("Config")][s("Env")],
             (QJsonArray{s("API_TOKEN=***"), s("HARMLESS=***"), s("WORKER_TYPE=noop")}));
}

QTEST_GUILESS_MAIN(TestSupervisorCommands)
#include "tst_supervisorcommands.moc"
