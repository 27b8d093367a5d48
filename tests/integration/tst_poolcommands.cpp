// SPDX-License-Identifier: GPL-3.0-or-later
// Tests pausing, resuming, draining, recycling and the replacement of ended workers, with real workers.
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "core/store/workerregistry.h"
#include "places.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QFile>

#include <signal.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestPoolCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pausedPoolClaimsNoJobs();
    void pauseReturnsUnstartedJobs();
    void repeatedPausesLoseNoJob();
    void pauseEndsTheWorkersOfACommand();
    void drainingHasNoTimeLimit();
    void drainedWorkerCanBeStopped();
    void workerIsRecycledAfterItsJobs();
    void workerIsRecycledAboveItsMemory();
    void deadWorkersAreNotReplacedIfRestartIsNever();
    void failingCommandMakesThePoolCrashLoop();
    void workersOfAPoolShareTheBackOff();
    void crashingJobsDoNotStopAPoolThatHasWorked();

private:
    static int started(const PoolTest &t) { return int(t.eventKinds().count(s("worker_starting"))); }
};

namespace {

QStringList executorIds(const QList<WorkerInfo> &workers)
{
    QStringList ids;
    for (const WorkerInfo &worker : workers)
        ids.append(worker.executorId);
    ids.sort();
    return ids;
}

QString poolState(const PoolTest &t)
{
    return toString(t.manager->pools().first().state);
}

qint64 completed(const PoolTest &t)
{
    return answerOf(t.store->snapshot())->total().completed;
}

} // namespace

/// The running job is finished, no other job is claimed, and resuming starts no process.
void TestPoolCommands::pausedPoolClaimsNoJobs()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(PoolTest::noop(2)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 2, patience);
    const QList<qint64> first = t.addNoop(1, 2000);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    const QStringList before = executorIds(t.manager->workers());
    t.manager->pausePool(s("noop"));
    QCOMPARE(poolState(t), s("paused"));
    const QList<qint64> second = t.addNoop(20, 0);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(first.first()).status), s("completed"), patience);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 2, patience);
    QCOMPARE(t.job(first.first()).attempts, 1);
    // Commits wake the workers, which must not claim anything.
    const QList<qint64> third = t.addNoop(1, 0);
    QElapsedTimer quiet;
    quiet.start();
    EVENTUALLY(quiet.hasExpired(1500));
    QCOMPARE(completed(t), 1);
    t.manager->pauseAll(); // has no effect
    t.manager->resumeAll();
    QCOMPARE(poolState(t), s("running"));
    QTRY_COMPARE_WITH_TIMEOUT(completed(t), 22, patience);
    QCOMPARE(executorIds(t.manager->workers()), before);
    for (const qint64 id : second + third)
        QCOMPARE(t.job(id).attempts, 1);
    QVERIFY(t.stopAll());
    QCOMPARE(t.eventKinds().count(s("pool_paused")), 1);
    QCOMPARE(t.eventKinds().count(s("pool_resumed")), 1);
}

void TestPoolCommands::pauseReturnsUnstartedJobs()
{
    PoolTest t;
    QVERIFY(t.begin());
    t.addNoop(400, 5); // short ones are claimed in batches
    QVERIFY(t.manager->startPool(PoolTest::noop(1)));
    EVENTUALLY(completed(t) > 20);
    t.manager->pausePool(s("noop"));
    const auto processing = [&t] { return answerOf(t.store->snapshot())->total().processing; };
    // A claim that was in progress is returned, so this condition may be true once and then false again.
    EVENTUALLY(processing() == 0);
    QVERIFY(completed(t) < 400);
    t.manager->setPoolCount(s("noop"), 2); // takes effect when the pool is resumed
    QCOMPARE(t.manager->workers().size(), 1);
    t.manager->resumePool(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(completed(t), 400, patience);
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->pools().first().alive, 2, patience);
    QVERIFY(t.stopAll());
}

/// No job stays claimed without being run, whatever a worker is doing when its pool is paused or resumed.
void TestPoolCommands::repeatedPausesLoseNoJob()
{
    constexpr int count = 3000;
    PoolTest t;
    QVERIFY(t.begin());
    t.addNoop(count, 1); // in batches
    QVERIFY(t.manager->startPool(PoolTest::noop(2)));
    const auto processing = [&t] { return answerOf(t.store->snapshot())->total().processing; };
    for (int round = 0; round < 25; ++round) {
        const qint64 before = completed(t);
        t.manager->pausePool(s("noop"));
        if (round % 2 == 0)
            // A claim that was in progress is returned, so this condition may be true once and then false again.
            EVENTUALLY(processing() == 0);
        t.manager->resumePool(s("noop"));
        if (round % 3 == 0)
            t.addNoop(1, 0); // a commit wakes idle workers before they poll
        EVENTUALLY(completed(t) > before || completed(t) >= count);
    }
    RawSql raw(t.path(s("q.db")));
    EVENTUALLY(raw.value(s("SELECT count(*) FROM jobs WHERE status <> 'completed'")).toInt() == 0);
    QCOMPARE(raw.value(s("SELECT count(*) FROM jobs WHERE attempts <> 1 + (SELECT count(*) FROM lifeguard_events e "
                         "WHERE e.job_id = jobs.id "
                         "AND kind = 'job_returned')"))
                 .toInt(),
             0);
    QVERIFY(t.stopAll());
    QVERIFY(!t.eventKinds().contains(s("job_interrupted")));
}

/// A command cannot be paused: its workers end after their job, and are started again on resume.
void TestPoolCommands::pauseEndsTheWorkersOfACommand()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = PoolTest::noop(1);
    config.command = QStringList{s(LIFEGUARD_BIN_DIR "/lifeguard-worker")};
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    const QList<qint64> jobs = t.addNoop(1, 2000);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    t.manager->pausePool(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Stopped).size(), 1, patience);
    QCOMPARE(toString(t.job(jobs.first()).status), s("completed"));
    QCOMPARE(poolState(t), s("paused"));
    QVERIFY2(t.workersIn(WorkerState::Stopped).constFirst().reason.contains(s("paused")),
             qPrintable(t.workersIn(WorkerState::Stopped).constFirst().reason));
    t.manager->resumePool(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(poolState(t), s("running"), patience);
    QVERIFY(t.stopAll());
}

/// Draining has no time limit.
void TestPoolCommands::drainingHasNoTimeLimit()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = t.addNoop(1, 3000);
    WorkerConfig config = PoolTest::noop(1);
    config.stopGrace = 1s;
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    t.manager->drainWorker(t.workersIn(WorkerState::Busy).constFirst().executorId);
    QCOMPARE(t.workersIn(WorkerState::Stopping).size(), 1);
    const QString reason = t.workersIn(WorkerState::Stopping).constFirst().reason;
    QVERIFY2(reason.contains(s("drained by the user; ends when its job is done")), qPrintable(reason));
    const QList<qint64> more = t.addNoop(1, 0);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Stopped).size(), 1, patience);
    QCOMPARE(toString(t.job(jobs.first()).status), s("completed"));
    QCOMPARE(t.job(jobs.first()).attempts, 1);
    QCOMPARE(toString(t.job(more.first()).status), s("pending"));
    QCOMPARE(t.manager->pools().first().config.count, 0);
    QVERIFY(t.stopAll());
}

void TestPoolCommands::drainedWorkerCanBeStopped()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = t.addNoop(1, 60000);
    WorkerConfig config = PoolTest::noop(2);
    config.stopGrace = 1s;
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    const QString id = t.workersIn(WorkerState::Busy).constFirst().executorId;
    t.manager->drainWorker(id);
    QCOMPARE(t.manager->pools().first().config.count, 1);
    t.manager->stopWorker(id);
    QCOMPARE(t.manager->pools().first().config.count, 1); // the drained worker did not count any more
    QVERIFY(t.workersIn(WorkerState::Stopping).constFirst().reason.contains(s("will be killed in")));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Stopped).size(), 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(t.job(jobs.first()).maxAttempts, 4, patience); // the attempt does not count
    QVERIFY(t.stopAll());
}

void TestPoolCommands::workerIsRecycledAfterItsJobs()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = t.addNoop(12, 400); // too long to be claimed in batches
    WorkerConfig config = PoolTest::noop(1);
    config.recycleAfterJobs = 3;
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(completed(t), 12, patience);
    for (const qint64 id : jobs)
        QCOMPARE(t.job(id).attempts - (t.job(id).maxAttempts - 3), 1); // returning an unstarted job does not count
    EVENTUALLY(t.workersIn(WorkerState::Stopped).size() >= 2);
    const QString reason = t.workersIn(WorkerState::Stopped).constFirst().reason;
    QVERIFY2(reason.contains(s("recycled after")), qPrintable(reason));
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->pools().first().alive, 1, patience);
    QVERIFY(t.stopAll());
    QVERIFY(!t.eventKinds().contains(s("worker_failed")));
}

void TestPoolCommands::workerIsRecycledAboveItsMemory()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = PoolTest::noop(1);
    config.recycleAboveMb = 1; // every worker uses more
    QVERIFY(t.manager->startPool(config));
    EVENTUALLY(t.workersIn(WorkerState::Stopped).size() >= 2);
    const QString reason = t.workersIn(WorkerState::Stopped).constFirst().reason;
    QVERIFY2(reason.contains(s("recycled at")) && reason.contains(s("above 1 MB")), qPrintable(reason));
    QVERIFY(t.stopAll());
}

void TestPoolCommands::deadWorkersAreNotReplacedIfRestartIsNever()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = PoolTest::noop(2);
    config.restart = RestartMode::Never;
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 2, patience);
    kill(pid_t(t.workersIn(WorkerState::Idle).constFirst().pid), SIGKILL);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Dead).size(), 1, patience);
    QCOMPARE(poolState(t), s("running"));
    QVERIFY2(t.manager->pools().first().reason.contains(s("not replaced (restart=never)")),
             qPrintable(t.manager->pools().first().reason));
    t.manager->killWorker(t.workersIn(WorkerState::Idle).constFirst().executorId);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Dead).size(), 2, patience);
    QTRY_COMPARE_WITH_TIMEOUT(poolState(t), s("stopped"), patience);
    QCOMPARE(started(t), 2);
    t.manager->resumePool(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 2, patience);
    QVERIFY(t.stopAll());
}

void TestPoolCommands::failingCommandMakesThePoolCrashLoop()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = PoolTest::noop(1);
    config.type = s("broken");
    config.command = QStringList{s("/bin/false")};
    QVERIFY(t.manager->startPool(config));
    // The real back-offs: 0, 1, 2 and 4 s.
    EVENTUALLY(t.manager->pools().first().reason.contains(s("the next worker is started in")));
    QTRY_COMPARE_WITH_TIMEOUT(poolState(t), s("crash-looping"), patience);
    QVERIFY2(t.manager->pools().first().reason.contains(s("exit code 1")),
             qPrintable(t.manager->pools().first().reason));
    QCOMPARE(started(t), 5);
    t.manager->resumePool(s("broken"));
    QTRY_COMPARE_WITH_TIMEOUT(poolState(t), s("crash-looping"), patience);
    QVERIFY(t.stopAll());
}

void TestPoolCommands::workersOfAPoolShareTheBackOff()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = PoolTest::noop(8);
    config.type = s("broken");
    config.command = QStringList{s("/bin/false")};
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(poolState(t), s("crash-looping"), patience);
    EVENTUALLY(!t.manager->hasLiveWorkers());
    // The first eight workers and their first replacements.
    QVERIFY2(started(t) <= 16, qPrintable(QString::number(started(t))));
    QVERIFY(t.stopAll());
}

/// Jobs that crash their workers are given up after their attempts. A pool that has finished a job keeps working on the
/// others.
void TestPoolCommands::crashingJobsDoNotStopAPoolThatHasWorked()
{
    // The sanitizer must not turn the signal into an exit code.
    qputenv("ASAN_OPTIONS", qgetenv("ASAN_OPTIONS") + ":handle_segv=0");
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(PoolTest::noop(1)));
    const QList<qint64> good = t.addNoop(1, 0);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(good.first()).status), s("completed"), patience);
    const QList<qint64> poison = t.addNoop(2, 60000);
    const auto busy = [&t] { return t.workersIn(WorkerState::Busy); };
    for (int death = 1; death <= 5; ++death) {
        QTRY_COMPARE_WITH_TIMEOUT(busy().size(), 1, patience);
        kill(pid_t(busy().constFirst().pid), SIGSEGV);
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Dead).size(), death, patience);
        QVERIFY(t.workersIn(WorkerState::Dead).constFirst().reason.contains(s("SIGSEGV")));
    }
    QCOMPARE(toString(t.job(poison.first()).status), s("failed"));
    QVERIFY2(t.job(poison.first()).error.count(s("SIGSEGV")) >= 3, qPrintable(t.job(poison.first()).error));
    QCOMPARE(poolState(t), s("running"));
    QVERIFY(t.stopAll());
}

QTEST_GUILESS_MAIN(TestPoolCommands)
#include "tst_poolcommands.moc"
