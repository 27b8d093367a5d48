// SPDX-License-Identifier: GPL-3.0-or-later
#include "places.h"
#include "tests/support/manualclock.h"
#include "tests/support/pooltest.h"

#include "core/model/event.h"
#include "core/model/job.h"
#include "core/model/jobstatus.h"
#include "core/model/poolstate.h"
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "core/store/eventlog.h"
#include "core/store/jobqueue.h"
#include "core/store/workerregistry.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QSignalSpy>

#include <signal.h>
#include <sys/wait.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

/// Tests WorkerPoolManager with a real database and real workers.
class TestPoolManager : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsPoolAtItsCount()
    {
        PoolTest t;
        QVERIFY(t.begin());
        QVERIFY(t.manager->startPool(PoolTest::noop(4)));
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 4, patience);
        QCOMPARE(toString(t.manager->pools().first().state), toString(PoolState::Running));
        QCOMPARE(t.manager->pools().first().alive, 4);
        t.manager->setPoolCount(QStringLiteral("noop"), 6);
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 6, patience);
        t.manager->setPoolCount(QStringLiteral("noop"), 1);
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Stopped).size(), 5, patience);
        QCOMPARE(t.workersIn(WorkerState::Idle).size(), 1);
        QVERIFY(t.stopAll());
        QCOMPARE(toString(t.manager->pools().first().state), toString(PoolState::Stopped));
        QVERIFY(PoolTest::leftovers(t.manager->workers()).isEmpty());
    }

    void scaleDownStopsIdleWorkersFirst()
    {
        PoolTest t;
        QVERIFY(t.begin());
        const QList<qint64> jobs = t.addNoop(1, 3000);
        QVERIFY(t.manager->startPool(PoolTest::noop(3)));
        EVENTUALLY(t.workersIn(WorkerState::Busy).size() == 1 && t.workersIn(WorkerState::Idle).size() == 2);
        const QString busy = t.workersIn(WorkerState::Busy).constFirst().executorId;
        t.manager->setPoolCount(QStringLiteral("noop"), 1);
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Stopped).size(), 2, patience);
        for (const WorkerInfo &stopped : t.workersIn(WorkerState::Stopped))
            QVERIFY(stopped.executorId != busy);
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), toString(JobStatus::Completed), patience);
        QCOMPARE(t.job(jobs.first()).attempts, 1);
        QVERIFY(t.stopAll());
    }

    void replacesKilledWorkerAndRunsItsJobAgain()
    {
        PoolTest t;
        QVERIFY(t.begin());
        const QList<qint64> jobs = t.addNoop(1, 1500);
        QVERIFY(t.manager->startPool(PoolTest::noop(1)));
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
        const WorkerInfo victim = t.workersIn(WorkerState::Busy).constFirst();
        QCOMPARE(victim.jobId, jobs.first());
        kill(pid_t(victim.pid), SIGKILL);
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Dead).size(), 1, patience);
        const WorkerInfo dead = t.workersIn(WorkerState::Dead).constFirst();
        QVERIFY2(dead.reason.contains(QStringLiteral("SIGKILL")), qPrintable(dead.reason));
        QVERIFY2(dead.reason.contains(QStringLiteral("job %1").arg(jobs.first())), qPrintable(dead.reason));
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), toString(JobStatus::Completed), patience);
        QCOMPARE(t.job(jobs.first()).attempts, 2);
        QCOMPARE(t.manager->pools().first().config.count, 1);
        QVERIFY(t.stopAll());
    }

    void killCommandCountsAttemptButNoDeath()
    {
        PoolTest t;
        QVERIFY(t.begin());
        const QList<qint64> jobs = t.addNoop(1, 60000);
        QVERIFY(t.manager->startPool(PoolTest::noop(1)));
        for (int i = 1; i <= 2; ++i) {
            EVENTUALLY(t.workersIn(WorkerState::Busy).size() == 1 && t.job(jobs.first()).attempts == i);
            t.manager->killWorker(t.workersIn(WorkerState::Busy).constFirst().executorId);
            QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Dead).size(), i, patience);
        }
        // After the third and last attempt the job is given up, and its error lists the deaths.
        EVENTUALLY(t.workersIn(WorkerState::Busy).size() == 1 && t.job(jobs.first()).attempts == 3);
        t.manager->killWorker(t.workersIn(WorkerState::Busy).constFirst().executorId);
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), toString(JobStatus::Failed), patience);
        QCOMPARE(t.job(jobs.first()).error.count(QStringLiteral("killed by the user")), 3);
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
        QCOMPARE(toString(t.manager->pools().first().state), toString(PoolState::Running));
        QVERIFY(t.stopAll());
    }

    void stopLowersCountAndReturnsJobUncounted()
    {
        PoolTest t;
        QVERIFY(t.begin());
        const QList<qint64> jobs = t.addNoop(1, 60000);
        WorkerConfig config = PoolTest::noop(1);
        config.stopGrace = 1s;
        QVERIFY(t.manager->startPool(config));
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
        t.manager->stopWorker(t.workersIn(WorkerState::Busy).constFirst().executorId);
        const QList<WorkerInfo> stopping = t.workersIn(WorkerState::Stopping);
        QCOMPARE(stopping.size(), 1);
        QVERIFY2(stopping.first().reason.contains(QStringLiteral("will be killed in")),
                 qPrintable(stopping.first().reason));
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Stopped).size(), 1, patience);
        QCOMPARE(t.manager->pools().first().config.count, 0);
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), toString(JobStatus::Pending), patience);
        QCOMPARE(t.job(jobs.first()).attempts, 1);
        // Raised by one, so that the attempt does not count and the lease never repeats.
        QCOMPARE(t.job(jobs.first()).maxAttempts, 4);
        QVERIFY(t.stopAll());
    }

    void stopLetsBegunJobFinish()
    {
        PoolTest t;
        QVERIFY(t.begin());
        const QList<qint64> jobs = t.addNoop(1, 1000);
        QVERIFY(t.manager->startPool(PoolTest::noop(1)));
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
        QVERIFY(t.stopAll());
        QCOMPARE(toString(t.job(jobs.first()).status), toString(JobStatus::Completed));
        QCOMPARE(t.job(jobs.first()).attempts, 1);
    }

    void crashingCommandMakesPoolCrashLoop()
    {
        PoolTest t;
        QVERIFY(t.begin());
        WorkerConfig config = PoolTest::noop(8); // the workers of a pool share one count of deaths
        config.command = QStringList{QStringLiteral("/bin/sh"), QStringLiteral("-c"),
                                     QStringLiteral("echo I cannot work; exit 9")};
        QVERIFY(t.manager->startPool(config));
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.manager->pools().first().state), toString(PoolState::CrashLooping),
                                  patience);
        EVENTUALLY(!t.manager->hasLiveWorkers());
        const QString reason = t.manager->pools().first().reason;
        QVERIFY2(reason.contains(QStringLiteral("exit code 9")) && reason.contains(QStringLiteral("I cannot work")),
                 qPrintable(reason));
        QVERIFY(t.manager->workers().size() <= 12);
        QVERIFY(t.stopAll());
    }

    void reportsCommandThatCannotBeStarted()
    {
        PoolTest t;
        QVERIFY(t.begin());
        WorkerConfig config = PoolTest::noop(1);
        config.command = QStringList{QStringLiteral("/nonexistent/worker")};
        QVERIFY(t.manager->startPool(config));
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.manager->pools().first().state), toString(PoolState::CrashLooping),
                                  patience);
        QVERIFY(t.manager->pools().first().reason.contains(QStringLiteral("/nonexistent/worker")));
        QCOMPARE(t.manager->workers().size(), 1);
        QVERIFY(t.stopAll());
    }

    void stopsWorkerThatDoesNotRegister()
    {
        PoolTest t;
        QVERIFY(t.begin());
        WorkerConfig config = PoolTest::noop(1);
        config.registrationTimeout = 1s;
        config.stopGrace = 1s;
        config.command = QStringList{QStringLiteral("/bin/sh"), QStringLiteral("-c"),
                                     QStringLiteral("echo waiting for nothing; sleep 1000")};
        QVERIFY(t.manager->startPool(config));
        EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
        const QString reason = t.workersIn(WorkerState::Dead).constFirst().reason;
        QVERIFY2(reason.contains(QStringLiteral("has not registered within 1 s"))
                     && reason.contains(QStringLiteral("waiting for nothing")),
                 qPrintable(reason));
        QVERIFY(t.stopAll());
    }

    void workerIsHungIfItsJobIsOverItsLimit()
    {
        // A command that registers, claims a job and never ends it. The worker does not act at the limit, so the
        // monitor does.
        PoolTest t;
        QVERIFY(t.begin());
        const QList<qint64> jobs = t.addNoop(1, 0);
        const auto rows = answerOf(t.store->write<qint64>([&](Database &db) -> Result<qint64> {
            // Makes sure that the command does not get the first id.
            WorkerRegistry registry(db, t.clock);
            return registry.registerWorker(QStringLiteral("noop"), QStringLiteral("placeholder"),
                                           QStringLiteral("direct"));
        }));
        QVERIFY(rows);
        WorkerConfig config = PoolTest::noop(1);
        config.maxJobTime = 1s;
        config.command = QStringList{QStringLiteral("/bin/sh"), QStringLiteral("-c"), QStringLiteral("sleep 1000")};
        QVERIFY(t.manager->startPool(config));
        EVENTUALLY(!t.manager->workers().isEmpty() && t.manager->workers().first().pid > 0);
        QString id;
        for (const WorkerInfo &worker : t.manager->workers()) {
            if (worker.own)
                id = worker.executorId;
        }
        QVERIFY(answerOf(t.store->write<int>([&](Database &db) -> Result<int> {
            WorkerRegistry registry(db, t.clock);
            const auto worker = registry.registerWorker(QStringLiteral("noop"), id, QStringLiteral("direct"));
            if (!worker)
                return tl::unexpected(worker.error());
            // Claimed long ago.
            ManualClock past;
            return claimJobs(db, *worker, past);
        })));
        EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty() || !t.workersIn(WorkerState::Stopping).isEmpty());
        EVENTUALLY(t.job(jobs.first()).status == JobStatus::Pending);
        bool isReported = false;
        for (const Event &event : answerOf(t.store->events(100)).value_or(QList<Event>()))
            isReported = isReported
                      || (event.kind == EventKind::WorkerHung
                          && event.message.englishText().contains(QStringLiteral("over its limit of 1 s")));
        QVERIFY(isReported);
        QVERIFY(t.stopAll());
    }

    void cleansUpAfterEarlierRun()
    {
        PoolTest t;
        QVERIFY(QDir(t.folder.path()).mkpath(QStringLiteral("run")));
        qint64 jobId = 0;
        {
            // A manager and a worker of this boot whose processes are gone: the pid belongs to another process.
            const auto db = Database::open(t.path(QStringLiteral("q.db")), OpenMode::Create);
            QVERIFY(db);
            ProcessIdentity gone = ProcessIdentity::self();
            gone.startTime -= 1;
            WorkerRegistry registry(**db, t.clock);
            QVERIFY((*db)->run("manager_add", {{QStringLiteral("id"), QStringLiteral("old")},
                                               {QStringLiteral("kind"), QStringLiteral("manager")},
                                               {QStringLiteral("process"), gone.toString()},
                                               {QStringLiteral("now"), QStringLiteral("2026-01-01 00:00:00.000")}}));
            OwnedWorker worker;
            worker.executorId = QStringLiteral("direct-noop-0-deadbeef");
            worker.managerId = QStringLiteral("old");
            worker.pool = QStringLiteral("noop");
            worker.type = QStringLiteral("noop");
            worker.mode = QStringLiteral("direct");
            worker.process = gone;
            QVERIFY(registry.addOwned({worker}));
            const auto id = registry.registerWorker(QStringLiteral("noop"), worker.executorId,
                                                    QStringLiteral("direct"));
            QVERIFY(id);
            JobQueue queue(**db, t.clock);
            NewJob job;
            job.type = QStringLiteral("noop");
            jobId = *queue.add(job);
            QCOMPARE(queue.claim(*id, QStringLiteral("noop"))->size(), 1);
        }
        QVERIFY(t.begin());
        QCOMPARE(toString(t.job(jobId).status), toString(JobStatus::Pending));
        QTRY_COMPARE_WITH_TIMEOUT(t.manager->workers().size(), 1, patience);
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.manager->workers().first().state), toString(WorkerState::Dead), patience);
        QVERIFY(!t.manager->workers().first().own);
    }

    void leavesWorkersOfLiveManagerAlone()
    {
        PoolTest t;
        QVERIFY(t.begin());
        const QList<qint64> jobs = t.addNoop(1, 60000);
        QVERIFY(t.manager->startPool(PoolTest::noop(1)));
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
        // A second manager with the same database, as in another program.
        WorkerPoolManager second(*t.store, t.clock, localExecutorFactory(),
                                 {QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker"), t.folder.path(),
                                  t.path(QStringLiteral("logs2")), t.path(QStringLiteral("run2"))});
        QSignalSpy ready(&second, &WorkerPoolManager::ready);
        second.start();
        QVERIFY(ready.wait(patience));
        QCOMPARE(toString(t.job(jobs.first()).status), toString(JobStatus::Processing));
        QTRY_COMPARE_WITH_TIMEOUT(second.workers().size(), 1, patience);
        QVERIFY(!second.workers().constFirst().own);
        second.killWorker(second.workers().constFirst().executorId); // not a worker of this manager, so nothing happens
        QCOMPARE(t.workersIn(WorkerState::Busy).size(), 1);
        t.manager->killWorker(t.workersIn(WorkerState::Busy).constFirst().executorId);
        QVERIFY(t.stopAll());
    }

    void reasonNamesTheMemoryLimit()
    {
        PoolTest t;
        QVERIFY(t.begin());
        WorkerConfig config = PoolTest::noop(1);
        config.memoryLimitMb = 64;
        // A single process, so that the worker dies whether the kernel enforces the limit first or the monitor does.
        config.command = QStringList{QStringLiteral("/bin/dd"), QStringLiteral("if=/dev/zero"),
                                     QStringLiteral("of=/dev/null"), QStringLiteral("bs=400M")};
        QVERIFY(t.manager->startPool(config));
        EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
        const QString reason = t.workersIn(WorkerState::Dead).constFirst().reason;
        QVERIFY2(reason.contains(QStringLiteral("over its memory limit of 64 MB")), qPrintable(reason));
        QVERIFY(t.stopAll());
    }

    void managerOfAReadOnlyDatabaseStartsNoPool()
    {
        PoolTest t;
        QVERIFY(t.begin());
        t.addNoop(1, 0);
        Store store;
        QVERIFY(answerOf(store.open(t.path(QStringLiteral("q.db")), OpenMode::ReadOnly)));
        WorkerPoolManager watcher(store, t.clock, localExecutorFactory(),
                                  {{}, t.folder.path(), t.path(QStringLiteral("l")), t.path(QStringLiteral("r"))});
        QSignalSpy ready(&watcher, &WorkerPoolManager::ready);
        watcher.start();
        QVERIFY(ready.wait(patience));
        const auto refused = watcher.startPool(PoolTest::noop(1));
        QVERIFY(!refused);
        QVERIFY(refused.error().code == ErrorCode::ReadOnly);
        QVERIFY(!QFile::exists(t.path(QStringLiteral("l"))) && !QFile::exists(t.path(QStringLiteral("r"))));
    }

    void refusalNamesTheField()
    {
        PoolTest t;
        QVERIFY(t.begin());
        WorkerConfig docker = PoolTest::noop(1);
        docker.mode = ExecutionMode::Docker;
        const auto refused = t.manager->startPool(docker);
        QVERIFY(!refused);
        QVERIFY(refused.error().message.contains(QStringLiteral("image:"))
                && refused.error().message.contains(QStringLiteral("Docker workers need an image")));
        QVERIFY(t.manager->pools().isEmpty());
    }

private:
    static Result<int> claimJobs(Database &db, qint64 worker, const Clock &clock)
    {
        const auto jobs = JobQueue(db, clock).claim(worker, QStringLiteral("noop"));
        if (!jobs)
            return tl::unexpected(jobs.error());
        return int(jobs->size());
    }
};

QTEST_GUILESS_MAIN(TestPoolManager)
#include "tst_poolmanager.moc"
