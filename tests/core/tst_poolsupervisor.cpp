// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the whole manager with a fake executor and a manual clock, without processes and without waiting:
// how workers are started and recorded, how the mode of a pool is determined, and how a manager takes over from another
// one.
#include "core/base/beatfile.h"
#include "core/pool/workerlogs.h"
#include "core/store/workerregistry.h"
#include "tests/support/poolsimulation.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
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

    // Modes
    void autoPoolRunsDirectWithoutDocker();
    void autoPoolWaitsForDockerForFiveSeconds();
    void failedPullMakesThePoolCrashLoop();
    void inspectionForARemovedPoolIsIgnored();
    void poolStartsAgainWhenTheEngineReconnects();

    // Other managers
    void detachedWorkersAreAdopted();
    void managerRemovesItsRowAndItsBeatFile();
    void leftoversOfEarlierManagersAreRemoved();
    void largeLogsOfWorkersAreShortened();

private:
    std::unique_ptr<PoolSimulation> t;
};

void TestPoolSupervisor::poolStartsAndItsWorkersRegister()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(3)));
    QCOMPARE(t->stateName(), s("starting"));
    QCOMPARE(t->workersIn(WorkerState::Starting).size(), 3);
    QCOMPARE(t->executor->calls, (QStringList{s("start 0"), s("start 1"), s("start 2")}));
    t->showRow(t->idOf(1));
    QCOMPARE(t->stateName(), s("running"));
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
    EVENTUALLY(!t->hasOpenRow(workers.first().executorId));
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
    QCOMPARE(t->stateName(), s("crash-looping"));
    QCOMPARE(t->workersIn(WorkerState::Dead).size(), 1);
    QSignalSpy stopped(t->manager.get(), &WorkerPoolManager::allStopped);
    t->manager->stopAll();
    QVERIFY(stopped.wait(patience));
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
    EVENTUALLY(t->stateName() == s("crash-looping"));
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
    EVENTUALLY(t->stateName() == s("crash-looping"));
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
    EVENTUALLY(t->stateName() == s("stopped"));
    Q_EMIT t->executor->engineReconnected();
    QCOMPARE(t->stateName(), s("starting"));
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

void TestPoolSupervisor::leftoversOfEarlierManagersAreRemoved()
{
    QVERIFY(QDir(t->folder.path()).mkpath(s("run")) && QDir(t->folder.path()).mkpath(s("logs")));
    const QString beats = t->folder.filePath(s("run/killed.beats"));
    const QString log = t->folder.filePath(s("logs/old.log"));
    QVERIFY(BeatFile::create(beats, 1000)); // and closed at once, as by a manager that was killed
    write(log, "x");
    for (const QString &path : {beats, log}) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadWrite)
                && file.setFileTime(QDateTime::currentDateTimeUtc().addDays(-WorkerLogs::retentionDays - 1),
                                    QFile::FileModificationTime));
    }
    QVERIFY(t->start());
    EVENTUALLY(!QFile::exists(beats) && !QFile::exists(log));
    QCOMPARE(QDir(t->folder.filePath(s("run"))).entryList({s("*.beats")}).size(), 1); // its own
}

/// Also that of a worker that has not registered yet, while the database is locked.
void TestPoolSupervisor::largeLogsOfWorkersAreShortened()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    const QString log = t->executor->requestOf(t->idOf(0)).logPath;
    write(log, "x");
    QVERIFY(QFile::resize(log, WorkerLogs::maxSize + 4096)); // a sparse file
    RawSql other(t->folder.filePath(s("q.db")));
    EVENTUALLY(other.exec(s("BEGIN IMMEDIATE")));
    t->advance(10s);
    EVENTUALLY(QFileInfo(log).size() <= WorkerLogs::maxSize);
    QVERIFY(QFileInfo(log).size() >= WorkerLogs::keptSize);
    QVERIFY(other.exec(s("COMMIT")));
}

QTEST_GUILESS_MAIN(TestPoolSupervisor)
#include "tst_poolsupervisor.moc"
