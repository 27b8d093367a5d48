// SPDX-License-Identifier: GPL-3.0-or-later
// Tests workers, jobs and tools whose manager was killed, with the real lifeguardctl and the real dashboard.
#include "core/base/orphanreaper.h"
#include "core/base/processidentity.h"
#include "core/base/processtable.h"
#include "core/base/processtree.h"
#include "core/model/job.h"
#include "core/model/jobstatus.h"
#include "core/model/workerinfo.h"
#include "core/model/workerrow.h"
#include "core/model/workerstate.h"
#include "core/model/workerstatus.h"
#include "core/pool/heartbeattracker.h"
#include "core/pool/orphanwatch.h"
#include "core/pool/rescuer.h"
#include "core/pool/rescueview.h"
#include "places.h"
#include "tests/support/clxfiles.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/pooltest.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QTest>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestManagerCrash : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prctl(PR_SET_CHILD_SUBREAPER, 1); } // orphaned processes become children of this one
    void workersFinishAndExit_data();
    void workersFinishAndExit();
    void jobKeepsItsLimit_data();
    void jobKeepsItsLimit();
    void stoppedOrphanIsKilled();
    void stoppedOrphanThatHoldsTheLockIsKilled();
    void toolsEndWithTheirWorker();
    void nextManagerKillsLeftovers();
    void nextManagerForgetsEndedWorkers();
    void detachedWorkersAreAdopted();
    void detachedWorkersOfALiveManagerAreNotAdopted();

private:
    /// The real program with a pool, on the database of the test. The destructor ends it.
    struct Manager
    {
        Manager(const PoolTest &t, const QString &program, const QStringList &arguments);
        ~Manager();
        void crash();
        QProcess process;
    };
    static bool open(PoolTest &t);
    static QStringList executorIds(const PoolTest &t);
    static QList<qint64> livingProcesses(const QStringList &ids);
};

TestManagerCrash::Manager::Manager(const PoolTest &t, const QString &program, const QStringList &arguments)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("QT_QPA_PLATFORM"), s("offscreen"));
    for (const char *name : {"XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        environment.insert(s(name), t.path(s("home")));
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    QStringList all = arguments;
    all += {s("--db"), t.path(s("q.db")), s("--workspace"), t.folder.path()};
    process.start(s(LIFEGUARD_BIN_DIR) + u'/' + program, all);
}

TestManagerCrash::Manager::~Manager()
{
    if (process.state() == QProcess::NotRunning)
        return;
    process.terminate();
    if (!process.waitForFinished(patience))
        process.kill();
    process.waitForFinished(patience);
}

void TestManagerCrash::Manager::crash()
{
    process.kill();
    process.waitForFinished(patience);
}

/// Opens the store without starting a manager in this process.
bool TestManagerCrash::open(PoolTest &t)
{
    t.store = std::make_unique<Store>();
    return answerOf(t.store->open(t.path(s("q.db")), OpenMode::Create)).has_value();
}

QStringList TestManagerCrash::executorIds(const PoolTest &t)
{
    QStringList ids;
    const auto snapshot = answerOf(t.store->snapshot());
    for (const WorkerRow &row : snapshot ? snapshot->workers : QList<WorkerRow>()) {
        if (row.id > 0 && row.status != WorkerStatus::Dead)
            ids.append(row.executorId);
    }
    ids.sort();
    return ids;
}

/// Returns the living processes of these workers. Reaps orphans that have ended.
QList<qint64> TestManagerCrash::livingProcesses(const QStringList &ids)
{
    reapOrphans({});
    return processesWithExecutorId(QSet<QString>(ids.cbegin(), ids.cend()));
}

void TestManagerCrash::workersFinishAndExit_data()
{
    QTest::addColumn<QString>("program");
    QTest::newRow("lifeguardctl run") << s("lifeguardctl");
    QTest::newRow("the dashboard") << s("lifeguard");
}

/// Workers finish the job that they have begun, claim no other job, and exit.
void TestManagerCrash::workersFinishAndExit()
{
    QFETCH(QString, program);
    PoolTest t;
    QVERIFY(open(t));
    const QStringList pool{s("--pool"), s("noop=3")};
    Manager manager(t, program, program == s("lifeguardctl") ? QStringList{s("run")} + pool : pool);
    QTRY_COMPARE_WITH_TIMEOUT(executorIds(t).size(), 3, patience);
    const QStringList ids = executorIds(t);
    const QList<qint64> jobs = t.addNoop(2, 4000);
    for (const qint64 id : jobs)
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(id).status), s("processing"), patience);
    manager.crash();
    const QList<qint64> late = t.addNoop(1, 0);
    for (const qint64 id : jobs) {
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(id).status), s("completed"), patience);
        QCOMPARE(t.job(id).attempts, 1);
    }
    EVENTUALLY(livingProcesses(ids).isEmpty());
    // The next manager closes the rows of the workers that have exited, and runs the pending job.
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(PoolTest::noop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(late.first()).status), s("completed"), patience);
    QCOMPARE(executorIds(t).size(), 1);
    QVERIFY(t.stopAll());
}

void TestManagerCrash::jobKeepsItsLimit_data()
{
    QTest::addColumn<QString>("ofPool");
    QTest::addColumn<QString>("ofJob");
    QTest::addColumn<int>("sleepMs");
    QTest::addColumn<bool>("crashes"); // whether the manager is killed during the job
    QTest::addColumn<QString>("error"); // empty: the job is completed
    const QString error = s("The job took longer than its own max_job_time (2 s), and its tool was stopped.");
    for (const bool crashes : {false, true}) {
        const char *const when = crashes ? ", manager killed" : "";
        QTest::addRow("longer than that of the pool%s", when) << s("1s") << s("10m") << 3000 << crashes << QString();
        QTest::addRow("shorter than that of the pool%s", when) << s("10m") << s("2s") << 600'000 << crashes << error;
    }
}

/// The worker applies the limit of the job instead of that of its pool.
void TestManagerCrash::jobKeepsItsLimit()
{
    QFETCH(QString, ofPool);
    QFETCH(QString, ofJob);
    QFETCH(int, sleepMs);
    QFETCH(bool, crashes);
    QFETCH(QString, error);
    PoolTest t;
    QVERIFY(open(t));
    QProcess submit;
    submit.start(s(LIFEGUARD_BIN_DIR "/lifeguardctl"),
                 {s("submit"), s("--type"), s("noop"), s("--payload"), s("{\"sleep_ms\": %1}").arg(sleepMs),
                  s("--max-job-time"), ofJob, s("--db"), t.path(s("q.db")), s("--workspace"), t.folder.path()});
    QVERIFY(submit.waitForFinished(patience));
    QCOMPARE(submit.exitCode(), 0);
    Manager manager(t, s("lifeguardctl"), {s("run"), s("--pool"), s("noop=1,mode=direct,max_job_time=") + ofPool});
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(1).status), s("processing"), patience);
    if (crashes)
        manager.crash();
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(1).status), error.isEmpty() ? s("completed") : s("failed"), patience);
    QCOMPARE(t.job(1).error, error);
    QCOMPARE(t.job(1).attempts, 1);
}

/// A worker that was stopped (SIGSTOP) after its manager had crashed never finishes. The next manager kills it, and its
/// job runs again. A worker that is still working is left alone.
void TestManagerCrash::stoppedOrphanIsKilled()
{
    PoolTest t;
    QVERIFY(open(t));
    Manager manager(t, s("lifeguardctl"), {s("run"), s("--pool"), s("noop=2")});
    QTRY_COMPARE_WITH_TIMEOUT(executorIds(t).size(), 2, patience);
    const QList<qint64> jobs = t.addNoop(2, 4000);
    for (const qint64 id : jobs)
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(id).status), s("processing"), patience);
    manager.crash();
    RawSql raw(t.path(s("q.db")));
    const QString of = s("FROM jobs JOIN workers w ON w.id = jobs.worker_id JOIN lifeguard_workers l ON l.executor_id "
                         "= w.container_id WHERE jobs.id = ?");
    const QString stopped = raw.value(s("SELECT l.executor_id ") + of, {jobs.first()}).toString();
    const auto process = ProcessIdentity::fromString(raw.value(s("SELECT l.process ") + of, {jobs.first()}).toString());
    QVERIFY(process);
    kill(pid_t(process->pid), SIGSTOP);
    QTRY_COMPARE_WITH_TIMEOUT(processEntry(process->pid).value_or(ProcessEntry()).state, 'T', patience);

    OrphanWatch orphans;
    RescueView view;
    view.managerId = s("next");
    const milliseconds begin = t.clock.steadyNow();
    const auto lostAfter = [&](milliseconds watched) {
        view.steadyNow = view.storeNow = begin + watched;
        return answerOf(t.store->read<int>([&](Database &db) { return orphans.poll(db, t.clock, view); })).value_or(-1);
    };
    view.killReason = [&orphans](const QString &executorId) { return orphans.killReason(executorId); };
    QCOMPARE(lostAfter(0s), 0);
    QCOMPARE(lostAfter(29s), 0);
    view.jumpCount = 1; // the machine was suspended
    QCOMPARE(lostAfter(31s), 0);
    QCOMPARE(livingProcesses({stopped}).size(), 1);
    QCOMPARE(lostAfter(62s), 1);
    QCOMPARE(orphans.killReason(stopped).englishText(), s("its process has been stopped (T) for 31 s"));
    HeartbeatTracker heartbeats;
    const RescueReport rescued = answerOf(t.store->write<RescueReport>([&](Database &db) {
                                     return Rescuer(db, t.clock, view, heartbeats).rescueStale();
                                 })).value_or(RescueReport());
    QCOMPARE(rescued.endedWorkers, QStringList{stopped});
    QCOMPARE(rescued.jobs.size(), 1);
    QCOMPARE(rescued.jobs.first().jobId, jobs.first());
    QVERIFY(rescued.jobs.first().counted && rescued.jobs.first().status == JobStatus::Pending);
    QVERIFY(livingProcesses({stopped}).isEmpty());
    const QString reason = raw.value(s("SELECT reason FROM lifeguard_workers WHERE executor_id = ?"), {stopped})
                               .toString();
    QCOMPARE(reason, s("its manager ended, and the worker was killed: its process has been stopped (T) for 31 s"));

    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.last()).status), s("completed"), patience);
    QCOMPARE(t.job(jobs.last()).attempts, 1);
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(PoolTest::noop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    QCOMPARE(t.job(jobs.first()).attempts, 2);
    QVERIFY(t.stopAll());
}

/// An orphan that was stopped in the middle of a transaction holds the write lock. A manager that starts cannot
/// register, finds the orphan, and kills it.
void TestManagerCrash::stoppedOrphanThatHoldsTheLockIsKilled()
{
    PoolTest t;
    QVERIFY(open(t));
    t.store.reset();
    const QString orphan = s("direct-noop-0-0rphan00");
    QProcess worker;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("LIFEGUARD_EXECUTOR_ID"), orphan);
    worker.setProcessEnvironment(environment);
    worker.start(s("python3"), {s("-c"),
                                s("import sqlite3, sys, time\n"
                                  "database = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
                                  "sys.stdin.readline()\n"
                                  "database.execute('BEGIN IMMEDIATE')\n"
                                  "print('locked', flush=True)\n"
                                  "time.sleep(1000)\n"),
                                t.path(s("q.db"))});
    QVERIFY(worker.waitForStarted());
    const auto process = ProcessIdentity::of(worker.processId());
    QVERIFY(process);
    ProcessIdentity gone = ProcessIdentity::self();
    ++gone.startTime;
    {
        RawSql raw(t.path(s("q.db")));
        QVERIFY(raw.exec(s("INSERT INTO lifeguard_managers (id, kind, process, started_at, heartbeat_at) VALUES "
                           "('gone', 'manager', ?, datetime('now'), datetime('now'))"),
                         {gone.toString()}));
        QVERIFY(raw.exec(s("INSERT INTO lifeguard_workers (executor_id, manager_id, pool, worker_type, mode, idx, "
                           "process, max_job_time, started_at) "
                           "VALUES (?, 'gone', 'noop', 'noop', 'direct', 0, ?, 600, datetime('now'))"),
                         {orphan, process->toString()}));
    }
    worker.write("\n");
    EVENTUALLY(worker.canReadLine());
    QCOMPARE(worker.readLine(), QByteArray("locked\n"));
    kill(pid_t(process->pid), SIGSTOP);
    QTRY_COMPARE_WITH_TIMEOUT(processEntry(process->pid).value_or(ProcessEntry()).state, 'T', patience);

    QVERIFY(t.begin(4 * patience));
    QVERIFY(presenceOf(*process) == ProcessPresence::Gone);
    RawSql raw(t.path(s("q.db")));
    const QString reason = raw.value(s("SELECT reason FROM lifeguard_workers WHERE executor_id = ?"), {orphan})
                               .toString();
    QVERIFY2(reason.startsWith(
                 s("its manager ended, and the worker was killed: its process has been stopped (T) for ")),
             qPrintable(reason));
    const QList<qint64> jobs = t.addNoop(1, 0);
    QVERIFY(t.manager->startPool(PoolTest::noop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    QVERIFY(t.stopAll());
}

/// A Java virtual machine that is kept running between jobs ends with its idle worker.
void TestManagerCrash::toolsEndWithTheirWorker()
{
    PoolTest t;
    QVERIFY(open(t));
    NewJob job;
    job.type = s("plantuml");
    job.inputFile = t.path(s("a.puml"));
    job.outputFile = t.path(s("a.svg"));
    job.payload = R"({"data": "@startuml\nA -> B\n@enduml\n", "output_format": "svg"})";
    QFile(job.inputFile).open(QIODevice::WriteOnly);
    const auto ids = answerOf(t.store->addJobs({job}));
    QVERIFY(ids);
    Manager manager(t, s("lifeguardctl"), {s("run"), s("--pool"), s("plantuml=1")});
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(ids->first()).status), s("completed"), 60000);
    const QStringList workers = executorIds(t);
    QCOMPARE(workers.size(), 1);
    QVERIFY2(livingProcesses(workers).size() >= 2, "the worker must have a Java process");
    manager.crash();
    EVENTUALLY(livingProcesses(workers).isEmpty());
}

/// Manager and worker are killed together, and a process of the worker has a session of its own. The next manager kills
/// it.
void TestManagerCrash::nextManagerKillsLeftovers()
{
    PoolTest t;
    QVERIFY(open(t));
    const QString script = writeScript(
        t.path(s("sleeper")), "#!/bin/sh\nsetsid sleep 1000 &\necho $! >\"$WORKSPACE_PATH/pid\"\nexec sleep 1000\n");
    Manager manager(t, s("lifeguardctl"),
                    {s("run"), s("--pool"), s("noop=1,registration-timeout=600,command=") + script});
    const qint64 left = pidIn(t.path(s("pid")), patience);
    QVERIFY(left > 0);
    const auto idOf = [left] {
        QFile environment(s("/proc/%1/environ").arg(left));
        if (!environment.open(QIODevice::ReadOnly))
            return QString();
        for (const QByteArray &variable : environment.readAll().split('\0')) {
            if (variable.startsWith("LIFEGUARD_EXECUTOR_ID="))
                return QString::fromUtf8(variable.mid(variable.indexOf('=') + 1));
        }
        return QString();
    };
    EVENTUALLY(!idOf().isEmpty()); // its environment is empty while it executes another program
    const QStringList ids{idOf()};
    const ProcessTable table = ProcessTable::read();
    const qint64 guard = table.childrenOf(manager.process.processId()).value(0);
    QVERIFY(guard > 0);
    kill(pid_t(manager.process.processId()), SIGSTOP); // so that the manager cannot handle it itself
    const qint64 managerPid = manager.process.processId();
    QTRY_COMPARE_WITH_TIMEOUT(ProcessTable::read().entries().value(managerPid).state, 'T', patience);
    kill(pid_t(guard), SIGKILL);
    manager.crash();
    // Only the process with its own session is left.
    QTRY_COMPARE_WITH_TIMEOUT(livingProcesses(ids), QList<qint64>{left}, patience);
    QVERIFY(t.begin());
    EVENTUALLY(livingProcesses(ids).isEmpty());
    QVERIFY(t.stopAll());
}

/// A killed manager leaves references to its workers in a file of CLM, with which CLM cannot migrate it. The next
/// manager clears them when it starts, not only when it ends.
void TestManagerCrash::nextManagerForgetsEndedWorkers()
{
    PoolTest t;
    RawSql raw(t.path(s("q.db")));
    raw.script(clxScript({6, 6}));
    QVERIFY(open(t));
    const QList<qint64> jobs = t.addNoop(10, 0);
    Manager manager(t, s("lifeguardctl"), {s("run"), s("--pool"), s("noop=2")});
    for (const qint64 id : jobs)
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(id).status), s("completed"), patience);
    QTRY_COMPARE_WITH_TIMEOUT(executorIds(t).size(), 2, patience);
    const QStringList ids = executorIds(t);
    manager.crash();
    EVENTUALLY(livingProcesses(ids).isEmpty());
    const auto references = [&raw](const QString &table) {
        return raw.value(s("SELECT count(*) FROM %1 WHERE worker_id IS NOT NULL").arg(table)).toInt();
    };
    QCOMPARE(references(s("jobs")), 10);
    QCOMPARE(raw.value(s("SELECT count(*) FROM workers")).toInt(), 2);
    QVERIFY(raw.exec(s("VACUUM INTO ?"), {t.path(s("copy.db"))}));
    QVERIFY2(!migrateLikeClm(t.path(s("copy.db"))).isEmpty(), "this test shows nothing");

    QVERIFY(t.begin());
    QCOMPARE(references(s("jobs")), 0);
    QCOMPARE(references(s("worker_events")), 0);
    QCOMPARE(raw.value(s("SELECT count(*) FROM workers")).toInt(), 0);
    QCOMPARE(raw.value(s("SELECT count(*) FROM jobs WHERE status = 'completed'")).toInt(), 10);
    QVERIFY(raw.exec(s("VACUUM INTO ?"), {t.path(s("cleared.db"))}));
    QCOMPARE(migrateLikeClm(t.path(s("cleared.db"))), QString());
    QVERIFY(t.stopAll());
}

/// Detached workers keep working without a manager, and then belong to the next manager, which can stop them.
void TestManagerCrash::detachedWorkersAreAdopted()
{
    PoolTest t;
    QVERIFY(open(t));
    Manager manager(t, s("lifeguardctl"),
                    {s("run"), s("--pool"), s("noop=3,detach=yes,grace=1,stale-after=3,hung-after=6")});
    QTRY_COMPARE_WITH_TIMEOUT(executorIds(t).size(), 3, patience);
    const QStringList ids = executorIds(t);
    const QList<qint64> begun = t.addNoop(1, 5000);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(begun.first()).status), s("processing"), patience);
    manager.crash();
    const QList<qint64> later = t.addNoop(10, 0);
    for (const qint64 id : later)
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(id).status), s("completed"), patience);

    QVERIFY(t.begin());
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->pools().size(), 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->pools().first().alive, 3, patience);
    QCOMPARE(executorIds(t), ids);
    for (const WorkerInfo &worker : t.manager->workers())
        QVERIFY(worker.own && ids.contains(worker.executorId));
    QCOMPARE(t.eventKinds().count(s("worker_adopted")), 3);
    // Launching the same pool reuses these workers.
    WorkerConfig config = PoolTest::noop(3);
    config.stopGrace = 1s;
    config.detach = true;
    QCOMPARE(t.manager->startPool(config).value_or(QString()), s("noop"));
    QCOMPARE(t.manager->pools().size(), 1);
    // They beat and are measured, and they are replaced when they die.
    EVENTUALLY(t.manager->workers().first().beatAge.has_value()
               && t.manager->workers().first().memoryBytes.value_or(0) > 0);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(begun.first()).status), s("completed"), patience);
    QCOMPARE(t.job(begun.first()).attempts, 1);
    const QList<qint64> slow = t.addNoop(1, 1500);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    kill(pid_t(t.workersIn(WorkerState::Busy).constFirst().pid), SIGKILL);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Dead).size(), 1, patience);
    QVERIFY2(t.workersIn(WorkerState::Dead).constFirst().reason.contains(s("exit code")),
             qPrintable(t.workersIn(WorkerState::Dead).constFirst().reason));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(slow.first()).status), s("completed"), patience);
    QCOMPARE(t.job(slow.first()).attempts, 2);
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->pools().first().alive, 3, patience);
    QVERIFY(t.stopAll());
    EVENTUALLY(livingProcesses(ids).isEmpty());
}

void TestManagerCrash::detachedWorkersOfALiveManagerAreNotAdopted()
{
    PoolTest t;
    QVERIFY(open(t));
    Manager manager(t, s("lifeguardctl"), {s("run"), s("--pool"), s("noop=2,detach=yes")});
    QTRY_COMPARE_WITH_TIMEOUT(executorIds(t).size(), 2, patience);
    QVERIFY(t.begin());
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->workers().size(), 2, patience);
    for (const WorkerInfo &worker : t.manager->workers())
        QVERIFY(!worker.own);
    QVERIFY(t.manager->pools().isEmpty());
    const QStringList ids = executorIds(t);
    manager.process.terminate(); // a manager that is stopped stops its detached workers, too
    EVENTUALLY(livingProcesses(ids).isEmpty());
    QVERIFY(t.stopAll());
}

QTEST_GUILESS_MAIN(TestManagerCrash)
#include "tst_managercrash.moc"
