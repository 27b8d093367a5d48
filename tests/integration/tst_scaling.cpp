// SPDX-License-Identifier: GPL-3.0-or-later
// Tests pools whose number of workers follows the pending jobs, with a real database and real workers.
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/scalingtest.h"
#include "tests/support/testhelpers.h"

#include "core/model/eventkind.h"
#include "core/store/eventlog.h"
#include "places.h"

#include <QTest>

#include <algorithm>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

WorkerConfig scaled(int min, int max, int target, seconds down)
{
    return withScaling(PoolTest::noop(1), min, max, target, down);
}

/// A second manager in this process, on the database of the test.
struct SecondManager
{
    explicit SecondManager(const PoolTest &t)
    {
        isOpen = answerOf(store.open(t.path(s("q.db")), OpenMode::ReadWrite)).has_value();
        ManagerPaths paths;
        paths.workerProgram = QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker");
        paths.workspace = t.folder.path();
        paths.logFolder = t.path(s("logs2"));
        paths.runtimeFolder = t.path(s("run2"));
        manager = std::make_unique<WorkerPoolManager>(store, clock, localExecutorFactory(), paths);
        bool isReady = false;
        QObject::connect(manager.get(), &WorkerPoolManager::ready, manager.get(), [&] { isReady = true; });
        manager->start();
        isOpen = isOpen && waitUntil([&] { return isReady; });
    }

    bool isOpen = false;
    ShiftedClock clock;
    Store store;
    std::unique_ptr<WorkerPoolManager> manager;
};

/// Writes the pools of a manager to lifeguard_pools whenever they change.
void publishPools(WorkerPoolManager &manager, const QString &path)
{
    QObject::connect(
        &manager, &WorkerPoolManager::poolsChanged, &manager, [&manager, path](const QList<PoolInfo> &all) {
            RawSql raw(path);
            for (const PoolInfo &pool : all) {
                raw.exec(s("INSERT OR REPLACE INTO lifeguard_pools (manager_id, name, worker_type, state, count, "
                           "count_source, mode, spec, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, '', '')"),
                         {manager.managerId(), pool.name, pool.config.type, toString(pool.state), pool.config.count,
                          toString(pool.countSource), pool.mode});
            }
        });
}

int countOf(const WorkerPoolManager &manager)
{
    const QList<PoolInfo> pools = manager.pools();
    return pools.isEmpty() ? 0 : pools.first().config.count;
}

} // namespace

class TestScaling : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void followsABurstAndReturnsToZero();
    void workerThatClaimsWhileLeavingFinishesItsJob();
    void managersShareAType();

private:
    static void expectNoInterruption(PoolTest &t);
};

/// No job was taken from a worker.
void TestScaling::expectNoInterruption(PoolTest &t)
{
    const QStringList kinds = t.eventKinds();
    for (const EventKind kind : {EventKind::JobReturned, EventKind::JobInterrupted, EventKind::JobGivenUp,
                                 EventKind::WorkerFailed, EventKind::WorkerStopping, EventKind::Rescued})
        QVERIFY2(!kinds.contains(toString(kind)), qPrintable(toString(kind)));
}

void TestScaling::followsABurstAndReturnsToZero()
{
    constexpr int jobs = 500;
    PoolTest t;
    QVERIFY(t.begin());
    int peak = 0;
    connect(t.manager.get(), &WorkerPoolManager::poolsChanged, this,
            [&peak](const QList<PoolInfo> &pools) { peak = std::max(peak, pools.value(0).alive); });
    QVERIFY(t.manager->startPool(scaled(0, 8, 4, 2s)));
    QTest::qWait(0);
    QCOMPARE(countOf(*t.manager), 0);
    QCOMPARE(t.addNoop(jobs, 100).size(), jobs);
    RawSql raw(t.path(s("q.db")));
    const auto completed = [&raw] {
        return raw.value(s("SELECT count(*) FROM jobs WHERE status = 'completed'")).toInt();
    };
    QVERIFY(waitUntil([&] { return completed() == jobs; }, 4 * patience));
    QCOMPARE(peak, 8);
    EVENTUALLY(countOf(*t.manager) == 0 && !t.manager->hasLiveWorkers());
    QCOMPARE(raw.value(s("SELECT sum(jobs_processed) FROM workers")).toInt(), jobs); // each ran once
    const QString decision = t.manager->pools().first().scalingDecision;
    QVERIFY2(decision.contains(s("→ 0: 0 pending, 4 per worker")), qPrintable(decision));
    expectNoInterruption(t);

    // One more job starts a worker, which ends again.
    t.addNoop(1, 1);
    QVERIFY(waitUntil([&] { return completed() == jobs + 1; }));
    EVENTUALLY(countOf(*t.manager) == 0 && !t.manager->hasLiveWorkers());
    const QStringList kinds = t.eventKinds();
    QCOMPARE(kinds.count(toString(EventKind::WorkerStarting)), 9);
    QCOMPARE(kinds.count(toString(EventKind::WorkerDraining)), 9);
    QVERIFY(kinds.count(toString(EventKind::PoolScaled)) <= 2 * 8 + 2); // only changes
    expectNoInterruption(t);
}

/// The pool is lowered to 0 at the moment in which a job is added, which an idle worker may claim before it receives
/// the signal.
void TestScaling::workerThatClaimsWhileLeavingFinishesItsJob()
{
    constexpr int rounds = 12;
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(PoolTest::noop(2)));
    int claimed = 0;
    for (int i = 0; i < rounds; ++i) {
        t.manager->setPoolCount(s("noop"), 2);
        EVENTUALLY(t.workersIn(WorkerState::Idle).size() == 2);
        const qint64 job = t.addNoop(1, 200).value(0);
        QVERIFY(job > 0);
        if (i % 3 > 0)
            QTest::qWait(i % 3); // the worker notices the job in this time, or not
        t.manager->setPoolCount(s("noop"), 0);
        EVENTUALLY(!t.manager->hasLiveWorkers());
        claimed += t.job(job).status == JobStatus::Completed ? 1 : 0;
        QVERIFY(t.job(job).status == JobStatus::Completed || t.job(job).status == JobStatus::Pending);
    }
    qInfo("%d of %d jobs were claimed by a worker that was about to leave", claimed, rounds);
    t.manager->setPoolCount(s("noop"), 1);
    RawSql raw(t.path(s("q.db")));
    EVENTUALLY(raw.value(s("SELECT count(*) FROM jobs WHERE status = 'completed' AND attempts = 1")).toInt() == rounds);
    expectNoInterruption(t);
    QVERIFY(t.stopAll());
}

void TestScaling::managersShareAType()
{
    PoolTest t;
    QVERIFY(t.begin());
    SecondManager second(t);
    QVERIFY(second.isOpen);
    publishPools(*t.manager, t.path(s("q.db")));
    publishPools(*second.manager, t.path(s("q.db")));
    QVERIFY(t.manager->startPool(scaled(0, 8, 4, 2s)));
    QVERIFY(second.manager->startPool(scaled(0, 8, 4, 2s)));
    RawSql raw(t.path(s("q.db")));
    EVENTUALLY(raw.value(s("SELECT count(*) FROM lifeguard_pools WHERE count_source = 'scaling'")).toInt() == 2);
    const auto total = [&] { return countOf(*t.manager) + countOf(*second.manager); };
    const auto completed = [&] { return raw.value(s("SELECT count(*) FROM jobs WHERE status = 'completed'")).toInt(); };
    t.addNoop(16, 4000);
    EVENTUALLY(total() >= 4);
    // Managers that did not know each other yet start too many workers. The surplus leaves after its jobs.
    QVERIFY(waitUntil([&] { return completed() >= 4 && total() <= 4; }, 4 * patience));
    QVERIFY(total() > 0);
    QVERIFY(waitUntil([&] { return completed() == 16; }, 4 * patience));
    EVENTUALLY(total() == 0 && !t.manager->hasLiveWorkers() && !second.manager->hasLiveWorkers());
    expectNoInterruption(t);
}

QTEST_GUILESS_MAIN(TestScaling)
#include "tst_scaling.moc"
