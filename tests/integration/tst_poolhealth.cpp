// SPDX-License-Identifier: GPL-3.0-or-later
// Tests stopped workers, clock jumps and a locked database, with real workers.
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
    void clockJumpsDoNotCount_data();
    void clockJumpsDoNotCount();
    void timeOfALockDoesNotCount();
};

namespace {

/// Returns a configuration with the shortest timeouts.
WorkerConfig quick(int count)
{
    WorkerConfig config = PoolTest::noop(count);
    config.staleAfter = 3s;
    config.hungAfter = 6s;
    config.stopGrace = 1s;
    return config;
}

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
    QVERIFY(t.manager->startPool(quick(2)));
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
    WorkerConfig config = quick(1);
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
    WorkerConfig config = quick(1);
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
    QVERIFY(t.manager->startPool(quick(1)));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), 60000);
    QCOMPARE(t.job(jobs.first()).attempts, 1);
    QVERIFY(t.stopAll());
    QVERIFY(!t.eventKinds().contains(s("worker_suspect")));
}

void TestPoolHealth::clockJumpsDoNotCount_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("kind");
    QTest::newRow("the machine sleeps") << s("sleep") << s("machine_slept");
    QTest::newRow("the clock is set forward") << s("forward") << s("clock_set");
    QTest::newRow("the clock is set back") << s("back") << s("clock_set");
    QTest::newRow("the manager stalls") << s("stall") << QString();
}

void TestPoolHealth::clockJumpsDoNotCount()
{
    QFETCH(QString, what);
    QFETCH(QString, kind);
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = t.addNoop(1, 9000);
    QVERIFY(t.manager->startPool(quick(2)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    // An idle worker of another program, which beats as those of CLX do.
    RawSql raw(t.path(s("q.db")));
    const auto foreignBeat = [&] {
        return raw.exec(s("UPDATE workers SET last_heartbeat = datetime('now') WHERE container_id = 'foreign'"));
    };
    EVENTUALLY(raw.exec(s("INSERT OR IGNORE INTO workers (worker_type, container_id, status, last_heartbeat) "
                          "VALUES ('other', 'foreign', 'idle', datetime('now'))")));
    const auto kinds = [&t] { return t.eventKinds(); };
    if (what == s("sleep"))
        t.clock.suspend(8h);
    else if (what == s("forward"))
        t.clock.setClock(2h);
    else if (what == s("back"))
        t.clock.setClock(-2h);
    else
        t.clock.stall(90s);
    if (!kind.isEmpty())
        EVENTUALLY(kinds().contains(kind));
    EVENTUALLY(foreignBeat() && toString(t.job(jobs.first()).status) == s("completed"));
    QCOMPARE(t.job(jobs.first()).attempts, 1);
    QCOMPARE(raw.value(s("SELECT status FROM workers WHERE container_id = 'foreign'")).toString(), s("idle"));
    for (const char *bad : {"worker_suspect", "worker_hung", "worker_failed", "rescued"})
        QVERIFY2(!kinds().contains(s(bad)), bad);
    QVERIFY(t.stopAll());
}

/// Workers cannot beat, register or acknowledge while the database is locked, but they do not become suspect.
void TestPoolHealth::timeOfALockDoesNotCount()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = t.addNoop(2, 3000);
    WorkerConfig config = quick(2);
    config.registrationTimeout = 10s;
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 2, patience);
    RawSql raw(t.path(s("q.db")));
    EVENTUALLY(raw.exec(s("INSERT OR IGNORE INTO workers (worker_type, container_id, status, last_heartbeat) "
                          "VALUES ('other', 'foreign', 'idle', datetime('now'))")));
    t.manager->setPoolCount(s("noop"), 4); // the two new workers have to register during the lock
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->workers().size(), 5, patience);
    bool hasLock = false; // the expression may be evaluated again after it was true
    EVENTUALLY(hasLock || (hasLock = raw.exec(s("BEGIN IMMEDIATE"))));
    QElapsedTimer locked;
    locked.start();
    QTRY_VERIFY_WITH_TIMEOUT(locked.hasExpired(40'000), 60'000);
    QCOMPARE(t.workersIn(WorkerState::Dead).size(), 0);
    QCOMPARE(t.workersIn(WorkerState::Stopping).size(), 0);
    QVERIFY(raw.exec(s("COMMIT")));
    for (const qint64 id : jobs) {
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(id).status), s("completed"), patience);
        QCOMPARE(t.job(id).attempts, 1);
    }
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->pools().first().alive, 4, patience);
    QCOMPARE(raw.value(s("SELECT status FROM workers WHERE container_id = 'foreign'")).toString(), s("idle"));
    for (const char *bad : {"worker_suspect", "worker_hung", "worker_failed", "rescued"})
        QVERIFY2(!t.eventKinds().contains(s(bad)), bad);
    QVERIFY(t.stopAll());
}

QTEST_GUILESS_MAIN(TestPoolHealth)
#include "tst_poolhealth.moc"
