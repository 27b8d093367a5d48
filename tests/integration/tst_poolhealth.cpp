// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the health of real workers: workers that are stopped by a signal, and a worker with a long job.
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <signal.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestPoolHealth : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void workerStoppedDuringAJobIsReplaced();
    void workerThatContinuesInTimeKeepsItsJob();
    void hungWorkerIsOnlyShown();
    void longJobDoesNotMakeItsWorkerSuspect();
};

namespace {

pid_t pidOf(const WorkerInfo &worker)
{
    return static_cast<pid_t>(worker.pid);
}

} // namespace

/// A stopped worker is suspect when its beat is stale, and hung when it has been inactive for long enough. It is then
/// replaced, its job runs again, and its reason describes what happened.
void TestPoolHealth::workerStoppedDuringAJobIsReplaced()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = t.addNoop(1, 4000);
    QVERIFY(t.manager->startPool(PoolTest::quick(2)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    const WorkerInfo victim = t.workersIn(WorkerState::Busy).constFirst();
    kill(pidOf(victim), SIGSTOP);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Suspect).size(), 1, patience);
    const WorkerInfo suspect = t.workersIn(WorkerState::Suspect).constFirst();
    QCOMPARE(suspect.executorId, victim.executorId);
    for (const char *part :
         {"no beat for", "CPU 0.0 %", "no output for", "process is stopped (T)", "; counts as hung in"})
        QVERIFY2(suspect.reason.contains(s(part)), qPrintable(suspect.reason));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Dead).size(), 1, patience);
    const WorkerInfo dead = t.workersIn(WorkerState::Dead).constFirst();
    QCOMPARE(dead.executorId, victim.executorId);
    for (const char *part : {"no beat for", "process is stopped (T)", "SIGKILL", "while it worked on"})
        QVERIFY2(dead.reason.contains(s(part)), qPrintable(dead.reason));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    QCOMPARE(t.job(jobs.first()).attempts, 2);
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->pools().first().alive, 2, patience);
    QVERIFY(t.stopAll());
    const QStringList kinds = t.eventKinds();
    QVERIFY(kinds.indexOf(s("worker_suspect")) >= 0);
    QVERIFY(kinds.indexOf(s("worker_hung")) > kinds.indexOf(s("worker_suspect")));
    QVERIFY(kinds.indexOf(s("worker_failed")) > kinds.indexOf(s("worker_hung")));
    QCOMPARE(kinds.count(s("worker_hung")), 1);
}

/// A worker that continues before it is hung keeps its job.
void TestPoolHealth::workerThatContinuesInTimeKeepsItsJob()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = t.addNoop(1, 6000);
    WorkerConfig config = PoolTest::quick(1);
    config.hungAfter = 600s;
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    const pid_t pid = pidOf(t.workersIn(WorkerState::Busy).constFirst());
    kill(pid, SIGSTOP);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Suspect).size(), 1, patience);
    kill(pid, SIGCONT);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Suspect).size(), 0, patience);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    QCOMPARE(t.job(jobs.first()).attempts, 1);
    QVERIFY(t.stopAll());
    QCOMPARE(t.eventKinds().count(s("worker_recovered")), 1);
    QVERIFY(!t.eventKinds().contains(s("worker_failed")));
}

void TestPoolHealth::hungWorkerIsOnlyShown()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = t.addNoop(1, 8000);
    WorkerConfig config = PoolTest::quick(1);
    config.restartHung = false;
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    const pid_t pid = pidOf(t.workersIn(WorkerState::Busy).constFirst());
    kill(pid, SIGSTOP);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Hung).size(), 1, patience);
    RawSql raw(t.path(s("q.db")));
    QTRY_COMPARE_WITH_TIMEOUT(raw.value(s("SELECT status FROM workers")).toString(), s("hung"), patience);
    QCOMPARE(toString(t.job(jobs.first()).status), s("processing"));
    kill(pid, SIGCONT);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Hung).size(), 0, patience);
    EVENTUALLY(raw.value(s("SELECT status FROM workers")).toString() != s("hung"));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    QCOMPARE(t.job(jobs.first()).attempts, 1);
    QVERIFY(t.stopAll());
}

/// A job that takes longer than the time after which an inactive worker is hung.
void TestPoolHealth::longJobDoesNotMakeItsWorkerSuspect()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = t.addNoop(1, 14000);
    QVERIFY(t.manager->startPool(PoolTest::quick(1)));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), 60000);
    QCOMPARE(t.job(jobs.first()).attempts, 1);
    QVERIFY(t.stopAll());
    QVERIFY(!t.eventKinds().contains(s("worker_suspect")));
}

QTEST_GUILESS_MAIN(TestPoolHealth)
#include "tst_poolhealth.moc"
