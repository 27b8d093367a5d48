// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the whole manager with a fake executor and a manual clock, without processes and without waiting:
// what follows from the end of a worker.
#include "core/store/workerregistry.h"
#include "tests/support/poolsimulation.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

using Kind = WorkerExit::Kind;

class TestSupervisorEnds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { t = std::make_unique<PoolSimulation>(); }
    void cleanup() { t.reset(); }

    void deadWorkerIsReplacedAtOnce();
    void backOffGrowsWithEachDeath();
    void crashLoopingPoolCanBeStartedAgain();
    void workerThatCannotStartMakesThePoolCrashLoop();
    void replacementOfAnExitedWorkerDependsOnItsWork_data();
    void replacementOfAnExitedWorkerDependsOnItsWork();
    void deadWorkersAreNotReplacedIfRestartIsNever();
    void jobsOfAnEndedWorkerAreReturned_data();
    void jobsOfAnEndedWorkerAreReturned();

private:
    std::unique_ptr<PoolSimulation> t;
};

void TestSupervisorEnds::deadWorkerIsReplacedAtOnce()
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
    EVENTUALLY(t->isClosed(id));
}

void TestSupervisorEnds::backOffGrowsWithEachDeath()
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

void TestSupervisorEnds::crashLoopingPoolCanBeStartedAgain()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    for (int death = 1; death <= 5; ++death) {
        QVERIFY(t->waitForRunning(2));
        t->showAllIdle();
        t->executor->endWorker(t->idOf(0), Kind::Exited, 9);
        t->advance(10s);
    }
    QCOMPARE(t->stateName(), s("crash-looping"));
    QVERIFY(t->pool().reason.contains(s("exit code 9")));
    QCOMPARE(t->count(EventKind::PoolCrashLooping), 1);
    const int starts = t->executor->startCount;
    t->advance(600s);
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, starts);
    t->manager->resumePool(s("noop"));
    QCOMPARE(t->stateName(), s("starting"));
    QVERIFY(t->waitForRunning(2));
    QVERIFY(t->pool().reason.isEmpty());
}

void TestSupervisorEnds::workerThatCannotStartMakesThePoolCrashLoop()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(3)));
    t->executor->endWorker(t->idOf(0), Kind::FailedToStart, -1);
    QCOMPARE(t->stateName(), s("crash-looping"));
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, 3);
}

void TestSupervisorEnds::replacementOfAnExitedWorkerDependsOnItsWork_data()
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
void TestSupervisorEnds::replacementOfAnExitedWorkerDependsOnItsWork()
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
        EVENTUALLY(t->stateName() == s("stopped"));
        QVERIFY(t->pool().reason.startsWith(s("1 ended worker is not replaced")));
    }
    QCOMPARE(t->count(EventKind::WorkerFailed), 0);
}

void TestSupervisorEnds::deadWorkersAreNotReplacedIfRestartIsNever()
{
    QVERIFY(t->start());
    WorkerConfig config = PoolSimulation::config(2);
    config.restart = RestartMode::Never;
    QVERIFY(t->launch(config));
    t->showAllIdle();
    t->executor->endWorker(t->idOf(0), Kind::Signalled, 9);
    QCOMPARE(t->stateName(), s("running"));
    const QString last = t->idOf(1);
    t->manager->killWorker(last);
    t->executor->endWorker(last, Kind::Signalled, 9);
    QCOMPARE(t->stateName(), s("stopped"));
    QVERIFY(t->pool().reason.startsWith(s("2 ended workers are not replaced (restart=never)")));
    QCOMPARE(t->executor->startCount, 2);
    t->manager->setPoolCount(s("noop"), 3); // a stopped pool stays stopped
    t->waitForPostedTasks();
    QCOMPARE(t->executor->startCount, 2);
    t->manager->restartPool(s("noop"));
    QVERIFY(t->waitForRunning(3));
}

void TestSupervisorEnds::jobsOfAnEndedWorkerAreReturned_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("maxAttempts"); // of the begun job
    QTest::newRow("killed") << int(Kind::Signalled) << 9 << 3; // the attempt counts
    QTest::newRow("ended because another program deleted its row") << int(Kind::Exited) << 4 << 4;
}

/// The slot in the beat file shows which job had begun.
void TestSupervisorEnds::jobsOfAnEndedWorkerAreReturned()
{
    QFETCH(int, kind);
    QFETCH(int, code);
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
    t->executor->endWorker(id, Kind(kind), code);
    QVERIFY(t->worker(id).reason.endsWith(s(" while it worked on job %1").arg(jobs->last())));
    EVENTUALLY(t->isClosed(id));
    const auto begun = answerOf(t->store->job(jobs->last()));
    const auto unstarted = answerOf(t->store->job(jobs->first()));
    QCOMPARE(toString(begun->status), s("pending"));
    QTEST(begun->maxAttempts, "maxAttempts");
    QCOMPARE(toString(unstarted->status), s("pending"));
    QCOMPARE(unstarted->maxAttempts, 4); // the attempt does not count
}

QTEST_GUILESS_MAIN(TestSupervisorEnds)
#include "tst_supervisorends.moc"
