// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the whole manager with a fake executor and a manual clock, without processes and without waiting:
// pools whose number of workers follows the pending jobs.
#include "core/base/systemmemory.h"
#include "core/pool/memoryneed.h"
#include "core/pool/scalingpeers.h"
#include "tests/support/poolsimulation.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

using Kind = WorkerExit::Kind;

namespace {

WorkerConfig scaled(int min, int max, int target = 4, seconds down = 10s)
{
    WorkerConfig config = PoolSimulation::config(1);
    config.scaling.emplace();
    config.scaling->min = min;
    config.scaling->max = max;
    config.scaling->targetPerWorker = target;
    config.scaling->scaleDownAfter = down;
    return config;
}

WorkerConfig inDocker(WorkerConfig config)
{
    config.mode = ExecutionMode::Docker;
    config.image = s("lifeguard-noop:latest");
    config.staleAfter = minStaleAfterInContainers;
    return config;
}

} // namespace

class TestPoolScaler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { t = std::make_unique<PoolSimulation>(); }
    void cleanup() { t.reset(); }

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
    void totalIsLimited();
    void fixedPoolsAreLimited();
    void fixedPoolsShareTheMachine();
    void typesShareTheTotal();
    void machineIsLimited();
    void memoryIsLimited();
    void otherManagersCount();
    void managersTakeTurns();
    void nothingStartsDuringShutdown();
    void memoryNeed();
    void silentPeers();

private:
    [[nodiscard]] bool launch(const WorkerConfig &config);
    [[nodiscard]] QList<int> counts() const;
    [[nodiscard]] QStringList callsAfter(qsizetype count) const { return t->executor->calls.mid(count); }
    void addManager(const QString &id, int workers = 0);
    void publish(const QString &manager, int count, const QString &state = s("running"),
                 const QString &source = s("scaling"));
    bool waitForPeers();

    std::unique_ptr<PoolSimulation> t;
};

bool TestPoolScaler::launch(const WorkerConfig &config)
{
    return t->manager->startPool(config).has_value();
}

QList<int> TestPoolScaler::counts() const
{
    QList<int> counts;
    for (const PoolInfo &pool : t->manager->pools())
        counts.append(pool.config.count);
    return counts;
}

/// Adds a manager in another process of this machine.
void TestPoolScaler::addManager(const QString &id, int workers)
{
    RawSql raw(t->folder.filePath(s("q.db")));
    const ProcessIdentity process = ProcessIdentity::of(1).value_or(ProcessIdentity::self());
    QVERIFY2(raw.exec(s("INSERT INTO lifeguard_managers (id, kind, process, started_at, heartbeat_at) "
                        "VALUES (?, 'run', ?, '2026-01-01', '2026-01-01')"),
                      {id, process.toString()}),
             qPrintable(raw.error()));
    for (int i = 0; i < workers; ++i) {
        QVERIFY2(raw.exec(s("INSERT INTO lifeguard_workers (executor_id, manager_id, pool, worker_type, mode, idx, "
                            "max_job_time, started_at) VALUES (?, ?, 'x', 'x', 'direct', ?, 600, '2026-01-01')"),
                          {QString(id + QString::number(i)), id, i}),
                 qPrintable(raw.error()));
    }
}

void TestPoolScaler::publish(const QString &manager, int count, const QString &state, const QString &source)
{
    RawSql raw(t->folder.filePath(s("q.db")));
    QVERIFY2(raw.exec(s("INSERT OR REPLACE INTO lifeguard_pools (manager_id, name, worker_type, state, count, "
                        "count_source, mode, spec, updated_at) VALUES (?, 'noop', 'noop', ?, ?, ?, 'direct', '', '')"),
                      {manager, state, count, source}),
             qPrintable(raw.error()));
}

/// Lets the manager read the other managers again.
bool TestPoolScaler::waitForPeers()
{
    t->advance(1s);
    for (int i = 0; i < 3; ++i) {
        if (!answerOf(t->store->read<int>([](Database &) -> Result<int> { return 0; })))
            return false;
        t->waitForPostedTasks();
    }
    return true;
}

void TestPoolScaler::followsTheQueue()
{
    QVERIFY(t->start());
    QVERIFY(launch(scaled(0, 8)));
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
    QVERIFY(launch(scaled(0, 8)));
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
    QVERIFY(launch(scaled(2, 8)));
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
    QVERIFY(launch(scaled(0, 8)));
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
    QVERIFY(launch(scaled(0, 8)));
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
    QVERIFY(launch(scaled(0, 8)));
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
    QVERIFY(launch(scaled(0, 8)));
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
    WorkerConfig direct = scaled(0, 2);
    WorkerConfig docker = inDocker(scaled(0, 4));
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
    QVERIFY(launch(scaled(0, 8)));
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
    QVERIFY(launch(scaled(0, 8, 4)));
    const Result<QString> second = t->manager->startPool(scaled(0, 8, 5));
    QVERIFY(!second);
    QCOMPARE(second.error().code, ErrorCode::InvalidArgument);
    QVERIFY(second.error().message.contains(s("noop")));
    QVERIFY(launch(scaled(1, 3, 4))); // the range may differ
    WorkerConfig other = scaled(0, 8, 5);
    other.type = s("other");
    other.command = {s("worker")};
    QVERIFY(launch(other));
}

void TestPoolScaler::totalIsLimited()
{
    QVERIFY(t->start());
    t->manager->setLimits({5, 0});
    QVERIFY(t->launch(PoolSimulation::config(2)));
    WorkerConfig config = scaled(0, 8);
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

void TestPoolScaler::fixedPoolsAreLimited()
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

void TestPoolScaler::fixedPoolsShareTheMachine()
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

void TestPoolScaler::typesShareTheTotal()
{
    QVERIFY(t->start());
    t->manager->setLimits({6, 0});
    WorkerConfig other = scaled(0, 8);
    other.type = s("other");
    other.command = {s("worker")};
    QVERIFY(launch(scaled(0, 8)));
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

void TestPoolScaler::machineIsLimited()
{
    QVERIFY(t->start());
    addManager(s("another"), 3);
    t->manager->setLimits({0, 5});
    QVERIFY(launch(scaled(0, 8)));
    QVERIFY(t->showJobs(100));
    QTRY_COMPARE_WITH_TIMEOUT(counts(), QList<int>{2}, patience);
    QCOMPARE(t->pool().scalingDecision, s("0 → 2: 100 pending, 4 per worker, limited by max_machine_workers"));
    RawSql raw(t->folder.filePath(s("q.db")));
    QVERIFY(raw.exec(s("UPDATE lifeguard_workers SET ended_at = '2026-01-01' WHERE executor_id = 'another0'")));
    QVERIFY(waitForPeers());
    t->advance(1s);
    QCOMPARE(counts(), QList<int>{3});
}

void TestPoolScaler::memoryIsLimited()
{
    QVERIFY(t->start());
    QVERIFY(launch(scaled(0, 8)));
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

void TestPoolScaler::otherManagersCount()
{
    QVERIFY(t->start());
    addManager(s("another"));
    publish(s("another"), 3, s("paused"));
    QVERIFY(launch(scaled(0, 8)));
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

void TestPoolScaler::managersTakeTurns()
{
    QVERIFY(t->start());
    addManager(s("0")); // sorts before every UUID
    addManager(s("g")); // sorts after every UUID
    publish(s("0"), 0);
    publish(s("g"), 0);
    QVERIFY(launch(scaled(0, 8)));
    QVERIFY(waitForPeers());
    QVERIFY(t->showJobs(20));
    QVERIFY(waitForPeers());
    QCOMPARE(counts(), QList<int>{0}); // the first manager has not started its workers yet
    t->advance(1s);
    QCOMPARE(counts(), QList<int>{0});
    t->advance(2s);
    QCOMPARE(counts(), QList<int>{5});
}

void TestPoolScaler::nothingStartsDuringShutdown()
{
    QVERIFY(t->start());
    QVERIFY(launch(scaled(0, 8)));
    QVERIFY(t->showJobs(8));
    QVERIFY(t->waitForRunning(2));
    t->manager->stopAll();
    QVERIFY(t->showJobs(80));
    t->advance(5s);
    QCOMPARE(t->executor->startCount, 2);
}

void TestPoolScaler::memoryNeed()
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

void TestPoolScaler::silentPeers()
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

QTEST_GUILESS_MAIN(TestPoolScaler)
#include "tst_poolscaler.moc"
