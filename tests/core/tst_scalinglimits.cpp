// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the whole manager with a fake executor and a manual clock, without processes and without waiting: what limits
// the total of workers, also together with other managers.
#include "core/base/systemmemory.h"
#include "core/pool/memoryneed.h"
#include "core/pool/scalingpeers.h"
#include "tests/support/poolsimulation.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/scalingtest.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

using Kind = WorkerExit::Kind;

class TestScalingLimits : public ScalingTest
{
    Q_OBJECT

private Q_SLOTS:
    void totalIsLimited();
    void fixedPoolsAreLimited();
    void fixedPoolsShareTheMachine();
    void typesShareTheTotal();
    void machineIsLimited();
    void memoryIsLimited();
    void otherManagersCount();
    void managersTakeTurns();
    void memoryNeed();
    void silentPeers();
};

void TestScalingLimits::totalIsLimited()
{
    QVERIFY(t->start());
    t->manager->setLimits({5, 0});
    QVERIFY(t->launch(PoolSimulation::config(2)));
    WorkerConfig config = scaledPool(0, 8);
    config.type = s("other");
    config.command = {s("worker")};
    QVERIFY(launch(config));
    QVERIFY(t->showJobs(100, 0, s("other")));
    QTRY_COMPARE_WITH_TIMEOUT(counts(), (QList<int>{2, 3}), patience);
    QVERIFY(t->manager->pools().at(1).scalingDecision.endsWith(s("limited by max_total_workers")));
    t->manager->setLimits({6, 0});
    t->advance(1s);
    QCOMPARE(counts(), (QList<int>{2, 4}));
    // A worker that is being ended still counts.
    t->manager->setPoolCount(s("noop"), 1);
    t->advance(5s);
    QCOMPARE(counts(), (QList<int>{1, 4}));
    for (const QString &id : t->executor->runningIds()) {
        if (t->executor->requestOf(id).pool == s("noop") && t->executor->requestOf(id).index == 1)
            t->executor->endWorker(id);
    }
    t->waitForPostedTasks();
    t->advance(1s);
    QCOMPARE(counts(), (QList<int>{1, 5}));
}

void TestScalingLimits::fixedPoolsAreLimited()
{
    QVERIFY(t->start());
    t->manager->setLimits({3, 0});
    QVERIFY(launch(PoolSimulation::config(5)));
    QVERIFY(t->waitForRunning(3));
    QCOMPARE(t->pool().config.count, 5); // what the user wants does not change
    QCOMPARE(t->pool().reason, s("2 workers are not started: limited by max_total_workers"));
    t->manager->setLimits({4, 0});
    t->advance(1s);
    QVERIFY(t->waitForRunning(4));
    QCOMPARE(t->pool().reason, s("1 worker is not started: limited by max_total_workers"));

    // A dead worker is replaced by one that was not started, and no more.
    t->executor->endWorker(t->idOf(0), Kind::Signalled, 9);
    t->waitForPostedTasks();
    t->advance(5s);
    QVERIFY(t->waitForRunning(4));
    QCOMPARE(t->pool().reason, s("1 worker is not started: limited by max_total_workers"));
    t->manager->setLimits({0, 0});
    t->advance(1s);
    QVERIFY(t->waitForRunning(5));
    QVERIFY(t->pool().reason.isEmpty());
}

void TestScalingLimits::fixedPoolsShareTheMachine()
{
    QVERIFY(t->start());
    addManager(s("another"), 3);
    t->manager->setLimits({0, 5});
    QVERIFY(launch(PoolSimulation::config(4)));
    QVERIFY(waitForPeers());
    QVERIFY(t->waitForRunning(2));
    QCOMPARE(t->pool().reason, s("2 workers are not started: limited by max_machine_workers"));
    RawSql raw(t->folder.filePath(s("q.db")));
    QVERIFY(raw.exec(s("UPDATE lifeguard_workers SET ended_at = '2026-01-01' WHERE executor_id = 'another0'")));
    QVERIFY(waitForPeers());
    QVERIFY(t->waitForRunning(3));
}

void TestScalingLimits::typesShareTheTotal()
{
    QVERIFY(t->start());
    t->manager->setLimits({6, 0});
    WorkerConfig other = scaledPool(0, 8);
    other.type = s("other");
    other.command = {s("worker")};
    QVERIFY(launch(scaledPool(0, 8)));
    QVERIFY(launch(other));
    QVERIFY(t->showJobs(100));
    QTRY_COMPARE_WITH_TIMEOUT(counts(), (QList<int>{6, 0}), patience);
    QVERIFY(t->waitForRunning(6));
    t->showAllIdle();
    QVERIFY(t->showJobs(100, 0, s("other")));
    t->advance(1s);
    QCOMPARE(counts().constFirst(), 3); // makes room at once
    for (int index = 3; index < 6; ++index)
        t->executor->endWorker(t->idOf(index));
    t->waitForPostedTasks();
    t->advance(1s);
    QCOMPARE(counts(), (QList<int>{3, 3}));
}

void TestScalingLimits::machineIsLimited()
{
    QVERIFY(t->start());
    addManager(s("another"), 3);
    t->manager->setLimits({0, 5});
    QVERIFY(launch(scaledPool(0, 8)));
    QVERIFY(t->showJobs(100));
    QTRY_COMPARE_WITH_TIMEOUT(counts(), QList<int>{2}, patience);
    QCOMPARE(t->pool().scalingDecision, s("0 → 2: 100 pending, 4 per worker, limited by max_machine_workers"));
    RawSql raw(t->folder.filePath(s("q.db")));
    QVERIFY(raw.exec(s("UPDATE lifeguard_workers SET ended_at = '2026-01-01' WHERE executor_id = 'another0'")));
    QVERIFY(waitForPeers());
    t->advance(1s);
    QCOMPARE(counts(), QList<int>{3});
}

void TestScalingLimits::memoryIsLimited()
{
    QVERIFY(t->start());
    QVERIFY(launch(scaledPool(0, 8)));
    QVERIFY(t->showJobs(4));
    QVERIFY(t->waitForRunning(1));
    t->showAllIdle();
    t->beat(t->idOf(0), 12);
    WorkerStats stats = FakeWorkerExecutor::idleStats();
    stats.memoryBytes = systemMemory();
    t->executor->stats.insert(t->idOf(0), stats);
    t->advance(3s);
    QVERIFY(t->showJobs(100));
    t->advance(3s);
    QCOMPARE(counts(), QList<int>{1});
    QVERIFY2(t->pool().scalingDecision.contains(s("limited by free memory")), qPrintable(t->pool().scalingDecision));
}

void TestScalingLimits::otherManagersCount()
{
    QVERIFY(t->start());
    addManager(s("another"));
    publish(s("another"), 3, s("paused"));
    QVERIFY(launch(scaledPool(0, 8)));
    QVERIFY(t->showJobs(20));
    QTRY_COMPARE_WITH_TIMEOUT(counts(), QList<int>{5}, patience); // a paused pool does not count
    publish(s("another"), 3, s("running"), s("launch"));
    QVERIFY(waitForPeers());
    t->advance(11s);
    QCOMPARE(counts(), QList<int>{2});
    QCOMPARE(t->pool().scalingDecision, s("5 → 2: 20 pending, 4 per worker, 3 workers of other pools"));
    RawSql raw(t->folder.filePath(s("q.db")));
    EVENTUALLY(raw.exec(s("DELETE FROM lifeguard_managers WHERE id = 'another'"))); // fails while the manager writes
    QVERIFY(waitForPeers());
    t->advance(1s);
    QCOMPARE(counts(), QList<int>{5});
}

void TestScalingLimits::managersTakeTurns()
{
    QVERIFY(t->start());
    addManager(s("0")); // sorts before every UUID
    addManager(s("g")); // sorts after every UUID
    publish(s("0"), 0);
    publish(s("g"), 0);
    QVERIFY(launch(scaledPool(0, 8)));
    QVERIFY(waitForPeers());
    QVERIFY(t->showJobs(20));
    QVERIFY(waitForPeers());
    QCOMPARE(counts(), QList<int>{0}); // the first manager has not started its workers yet
    t->advance(1s);
    QCOMPARE(counts(), QList<int>{0});
    t->advance(2s);
    QCOMPARE(counts(), QList<int>{5});
}

void TestScalingLimits::memoryNeed()
{
    MemoryNeed need;
    need.add(0, 1s);
    QCOMPARE(need.bytes(), qint64(0));
    need.add(1000, 2s);
    need.add(400, 3s);
    QVERIFY(need.bytes() > 990);
    need.add(0, 5000s); // nothing is measured: nothing is forgotten at first
    need.add(400, 5000s + MemoryNeed::halfLife);
    QVERIFY(qAbs(need.bytes() - 700) < 5);
    need.add(2000, 9000s);
    QCOMPARE(need.bytes(), qint64(2000));
}

void TestScalingLimits::silentPeers()
{
    ScalingPeers::Manager manager;
    manager.id = s("a");
    manager.presence = ProcessPresence::Unknown;
    manager.isOnThisMachine = true;
    manager.isPublishing = true;
    manager.livingWorkers = 4;
    manager.claiming = {{s("noop"), 4}};
    manager.scaledTypes = QStringList{s("noop")};
    manager.heartbeat = QDateTime::fromSecsSinceEpoch(1, Qt::UTC);
    WorkerRow row;
    row.executorId = s("w");
    row.type = s("noop");
    row.status = WorkerStatus::Idle;
    row.managerId = s("b");
    row.lastHeartbeat = manager.heartbeat;
    WorkerRow foreign = row;
    foreign.executorId = s("clx");
    foreign.managerId.clear();
    foreign.status = WorkerStatus::Busy;
    const auto none = [](const QString &) { return false; };

    ScalingPeers peers;
    QVERIFY(!peers.isKnown());
    const auto apply = [&](milliseconds now) {
        peers.setManagers({manager}, s("own"), now);
        peers.setWorkers({row, foreign}, none, now);
    };
    apply(0ms);
    QVERIFY(peers.isKnown());
    QCOMPARE(peers.claimingWorkers(s("noop")), 6);
    QCOMPARE(peers.claimingWorkers(s("other")), 0);
    QCOMPARE(peers.rank(s("noop")), 1);
    QCOMPARE(peers.machineWorkers(), 4);
    apply(59s);
    QCOMPARE(peers.claimingWorkers(s("noop")), 6);
    apply(60s); // a busy worker of another program does not beat
    QCOMPARE(peers.claimingWorkers(s("noop")), 1);
    QCOMPARE(peers.rank(s("noop")), 0);
    QCOMPARE(peers.machineWorkers(), 0);
    manager.heartbeat = QDateTime::fromSecsSinceEpoch(0, Qt::UTC); // its clock was set back
    row.lastHeartbeat = manager.heartbeat;
    apply(61s);
    QCOMPARE(peers.claimingWorkers(s("noop")), 6);
    manager.presence = ProcessPresence::Gone;
    apply(62s);
    QCOMPARE(peers.claimingWorkers(s("noop")), 2);
    row.managerId = s("a"); // a detached worker of the manager that is gone
    apply(63s);
    QCOMPARE(peers.claimingWorkers(s("noop")), 2);
    manager.presence = ProcessPresence::Alive;
    apply(64s);
    QCOMPARE(peers.claimingWorkers(s("noop")), 5); // its workers are counted with its pools
    peers.setWorkers(
        {row, foreign}, [](const QString &) { return true; }, 65s);
    QCOMPARE(peers.claimingWorkers(s("noop")), 4);
}

QTEST_GUILESS_MAIN(TestScalingLimits)
#include "tst_scalinglimits.moc"
