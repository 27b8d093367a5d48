// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the whole manager with a fake executor and a manual clock, without processes and without waiting:
// pools whose number of workers follows the pending jobs.
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

class TestPoolScaler : public ScalingTest
{
    Q_OBJECT

private Q_SLOTS:
    void followsTheQueue();
    void drainsBusyWorkersLast();
    void minimumIsKept();
    void countByHandSuspendsScaling();
    void endingAWorkerSuspendsScaling();
    void restartFollowsTheQueue();
    void leavesPoolsAloneThatCannotStart();
    void directAndDockerPoolsShareTheTarget();
    void fixedPoolsOfTheTypeCount();
    void refusesDifferentRules();
    void nothingStartsDuringShutdown();
};

void TestPoolScaler::followsTheQueue()
{
    QVERIFY(t->start());
    QVERIFY(launch(scaledPool(0, 8)));
    QVERIFY(waitForPeers());
    QCOMPARE(counts(), QList<int>{0});
    QCOMPARE(t->executor->startCount, 0);
    QCOMPARE(t->stateName(), s("running")); // there is nothing to start
    QCOMPARE(t->eventTexts(EventKind::PoolStarting),
             QStringList{s("Pool noop was launched with 0 to 8 workers (direct).")});
    QCOMPARE(t->count(EventKind::PoolScaled), 0);

    QVERIFY(t->showJobs(10));
    QVERIFY(t->waitForRunning(3)); // without waiting for a timer
    QCOMPARE(t->eventTexts(EventKind::PoolScaled),
             QStringList{s("Pool noop was scaled 0 → 3: 10 pending, 4 per worker.")});
    QCOMPARE(t->pool().scalingDecision, s("0 → 3: 10 pending, 4 per worker"));
    QVERIFY(t->pool().countSource == CountSource::Scaling);
    QCOMPARE(t->pool().scalingBounds->max, 8);
    t->showAllIdle();
    t->advance(3s);
    QCOMPARE(t->executor->startCount, 3); // starting workers count

    QVERIFY(t->showJobs(100));
    QVERIFY(t->waitForRunning(8));
    t->advance(5s);
    QCOMPARE(t->count(EventKind::PoolScaled), 2);
    QCOMPARE(t->pool().scalingDecision, s("8 workers: 100 pending, 4 per worker, max is 8"));

    t->showAllIdle();
    const qsizetype before = t->executor->calls.size();
    QVERIFY(t->showJobs(0));
    t->advance(9s);
    QCOMPARE(counts(), QList<int>{8});
    t->advance(2s);
    QCOMPARE(counts(), QList<int>{0});
    QStringList drained;
    for (int index = 7; index >= 0; --index)
        drained.append(s("drain %1").arg(index));
    QCOMPARE(callsAfter(before), drained);
    t->advance(20s); // longer than the grace period
    QCOMPARE(callsAfter(before), drained);
    QCOMPARE(t->count(EventKind::PoolScaled), 3);
    for (const QString &id : t->executor->runningIds())
        t->executor->endWorker(id);
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, 8);

    QVERIFY(t->showJobs(1)); // the first one starts again
    QVERIFY(t->waitForRunning(1));
}

void TestPoolScaler::drainsBusyWorkersLast()
{
    QVERIFY(t->start());
    QVERIFY(launch(scaledPool(0, 8)));
    QVERIFY(t->showJobs(16));
    QVERIFY(t->waitForRunning(4));
    t->showAllIdle();
    const QString busy = t->idOf(3);
    t->beat(busy, 12);
    const qsizetype before = t->executor->calls.size();
    QVERIFY(t->showJobs(0, 1));
    t->advance(11s);
    QCOMPARE(callsAfter(before), (QStringList{s("drain 2"), s("drain 1"), s("drain 0")}));
    QCOMPARE(counts(), QList<int>{1});
    QVERIFY(t->showJobs(0));
    t->advance(11s);
    QCOMPARE(t->executor->calls.last(), s("drain 3"));
    t->advance(20s); // longer than the grace period
    QCOMPARE(t->executor->calls.last(), s("drain 3"));
    t->executor->endWorker(busy);
    t->waitForPostedTasks();
    QCOMPARE(t->count(EventKind::JobReturned), 0);
    QCOMPARE(t->count(EventKind::JobInterrupted), 0);
}

void TestPoolScaler::minimumIsKept()
{
    QVERIFY(t->start());
    QVERIFY(launch(scaledPool(2, 8)));
    QVERIFY(t->waitForRunning(2));
    t->showAllIdle();
    t->advance(20s);
    QCOMPARE(counts(), QList<int>{2});
    t->executor->endWorker(t->idOf(0), Kind::Signalled, 9);
    QVERIFY(t->waitForRunning(2)); // replaced
}

void TestPoolScaler::countByHandSuspendsScaling()
{
    QVERIFY(t->start());
    QVERIFY(launch(scaledPool(0, 8)));
    QVERIFY(t->showJobs(8));
    QVERIFY(t->waitForRunning(2));
    t->manager->setPoolCount(s("noop"), 5);
    QVERIFY(t->waitForRunning(5));
    t->showAllIdle();
    QVERIFY(t->pool().countSource == CountSource::Hand);
    QVERIFY(t->pool().scalingDecision.isEmpty());
    QVERIFY(t->showJobs(100));
    t->advance(12s);
    QCOMPARE(counts(), QList<int>{5});
    t->manager->setPoolCount(s("noop"), 0);
    QCOMPARE(counts(), QList<int>{0});
    t->advance(12s);
    QCOMPARE(counts(), QList<int>{0});

    t->manager->resumeScaling(s("noop"));
    QVERIFY(waitForPeers());
    QCOMPARE(counts(), QList<int>{8});
    QVERIFY(t->pool().countSource == CountSource::Scaling);
    QVERIFY(t->eventTexts(EventKind::PoolScaled)
                .contains(s("The number of workers of pool noop follows the pending jobs again.")));
    const int events = t->count(EventKind::PoolScaled);
    t->manager->resumeScaling(s("noop")); // has no effect
    t->manager->resumeScaling(s("other"));
    QCOMPARE(t->count(EventKind::PoolScaled), events);

    t->manager->setPoolCount(s("noop"), 8); // the same number, but now it is fixed
    QVERIFY(t->pool().countSource == CountSource::Hand);
}

void TestPoolScaler::endingAWorkerSuspendsScaling()
{
    QVERIFY(t->start());
    QVERIFY(launch(scaledPool(0, 8)));
    QVERIFY(t->showJobs(12));
    QVERIFY(t->waitForRunning(3));
    t->showAllIdle();
    t->manager->drainWorker(t->idOf(1));
    QVERIFY(t->pool().countSource == CountSource::Hand);
    t->advance(12s);
    QCOMPARE(counts(), QList<int>{2});
    t->manager->resumeScaling(s("noop"));
    QVERIFY(waitForPeers());
    QCOMPARE(counts(), QList<int>{3});
    t->manager->killWorker(t->idOf(0)); // is replaced, so the count stays that of scaling
    QVERIFY(t->pool().countSource == CountSource::Scaling);
}

void TestPoolScaler::restartFollowsTheQueue()
{
    QVERIFY(t->start());
    QVERIFY(launch(scaledPool(0, 8)));
    t->manager->setPoolCount(s("noop"), 3);
    QVERIFY(t->waitForRunning(3));
    t->manager->stopPool(s("noop"));
    for (const QString &id : t->executor->runningIds())
        t->executor->endWorker(id);
    QCOMPARE(t->stateName(), s("stopped"));
    QVERIFY(t->showJobs(20)); // a stopped pool stays stopped
    t->advance(5s);
    QCOMPARE(t->executor->startCount, 3);
    QVERIFY(t->showJobs(0));
    t->manager->restartPool(s("noop"));
    QVERIFY(waitForPeers());
    QCOMPARE(t->executor->startCount, 3); // min is 0
    QCOMPARE(counts(), QList<int>{0});
    QVERIFY(t->showJobs(5));
    QVERIFY(t->waitForRunning(2));
}

void TestPoolScaler::leavesPoolsAloneThatCannotStart()
{
    QVERIFY(t->start());
    QVERIFY(launch(scaledPool(0, 8)));
    QVERIFY(t->showJobs(8));
    QVERIFY(t->waitForRunning(2));
    t->showAllIdle();
    t->manager->pausePool(s("noop"));
    QVERIFY(t->showJobs(40));
    t->advance(5s);
    QCOMPARE(counts(), QList<int>{2});
    t->manager->resumePool(s("noop"));
    QVERIFY(waitForPeers());
    QCOMPARE(counts(), QList<int>{8});
    QVERIFY(t->waitForRunning(8));
    // Dies until it is crash-looping.
    for (int i = 0; i < 20 && t->pool().state != PoolState::CrashLooping; ++i) {
        for (const QString &id : t->executor->runningIds())
            t->executor->endWorker(id, Kind::Exited, 3);
        t->waitForPostedTasks();
        t->advance(10s);
    }
    QVERIFY(t->pool().state == PoolState::CrashLooping);
    const int started = t->executor->startCount;
    const int events = t->count(EventKind::PoolScaled);
    QVERIFY(t->showJobs(80));
    t->advance(60s);
    QCOMPARE(t->executor->startCount, started);
    QCOMPARE(t->count(EventKind::PoolScaled), events);
}

void TestPoolScaler::directAndDockerPoolsShareTheTarget()
{
    WorkerConfig direct = scaledPool(0, 2);
    WorkerConfig docker = inDocker(scaledPool(0, 4));
    direct.scaling->prefer = docker.scaling->prefer = ExecutionMode::Docker;
    QVERIFY(t->start());
    QVERIFY(launch(direct)); // noop
    QVERIFY(launch(docker)); // noop-2
    QVERIFY(t->showJobs(12));
    QTRY_COMPARE_WITH_TIMEOUT(counts(), (QList<int>{0, 3}), patience);
    QVERIFY(t->showJobs(100));
    QTRY_COMPARE_WITH_TIMEOUT(counts(), (QList<int>{2, 4}), patience);
    QVERIFY(t->waitForRunning(6));
    t->showAllIdle();
    t->advance(1s);
    QCOMPARE(t->manager->pools().at(0).scalingDecision, s("2 workers: 100 pending, 4 per worker, max is 6"));
    QVERIFY(t->eventTexts(EventKind::PoolScaled)
                .contains(s("Pool noop was scaled 0 → 2: 100 pending, 4 per worker, max is 6.")));
    QVERIFY(t->showJobs(8));
    t->advance(11s);
    QCOMPARE(counts(), (QList<int>{0, 2}));
    // The other pool replaces one that cannot start.
    t->manager->pausePool(s("noop-2"));
    QVERIFY(waitForPeers());
    QCOMPARE(counts().constFirst(), 2);
}

void TestPoolScaler::fixedPoolsOfTheTypeCount()
{
    QVERIFY(t->start());
    QVERIFY(launch(PoolSimulation::config(2)));
    QVERIFY(launch(scaledPool(0, 8)));
    QVERIFY(t->showJobs(20));
    QTRY_COMPARE_WITH_TIMEOUT(counts(), (QList<int>{2, 3}), patience);
    QCOMPARE(t->manager->pools().at(1).scalingDecision, s("0 → 3: 20 pending, 4 per worker, 2 workers of other pools"));
    t->manager->pausePool(s("noop"));
    QVERIFY(waitForPeers());
    QCOMPARE(counts(), (QList<int>{2, 5}));
}

void TestPoolScaler::refusesDifferentRules()
{
    QVERIFY(t->start());
    QVERIFY(launch(scaledPool(0, 8, 4)));
    const Result<QString> second = t->manager->startPool(scaledPool(0, 8, 5));
    QVERIFY(!second);
    QCOMPARE(second.error().code, ErrorCode::InvalidArgument);
    QVERIFY(second.error().message.contains(s("noop")));
    QVERIFY(launch(scaledPool(1, 3, 4))); // the range may differ
    WorkerConfig other = scaledPool(0, 8, 5);
    other.type = s("other");
    other.command = {s("worker")};
    QVERIFY(launch(other));
}

void TestPoolScaler::nothingStartsDuringShutdown()
{
    QVERIFY(t->start());
    QVERIFY(launch(scaledPool(0, 8)));
    QVERIFY(t->showJobs(8));
    QVERIFY(t->waitForRunning(2));
    t->manager->stopAll();
    QVERIFY(t->showJobs(80));
    t->advance(5s);
    QCOMPARE(t->executor->startCount, 2);
}

QTEST_GUILESS_MAIN(TestPoolScaler)
#include "tst_poolscaler.moc"
