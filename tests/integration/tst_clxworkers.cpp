// SPDX-License-Identifier: GPL-3.0-or-later
// Tests workers of CLX and CLM as the command of a pool, and beside Lifeguard's pools. tests/fixtures/clxworker.py
// behaves like these workers.
#include "core/base/processtable.h"
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/model/jobstatus.h"
#include "core/model/poolstate.h"
#include "core/model/workerinfo.h"
#include "core/model/workerrow.h"
#include "core/model/workerstate.h"
#include "core/model/workerstatus.h"
#include "core/pool/heartbeattracker.h"
#include "core/pool/rescuer.h"
#include "core/pool/rescueview.h"
#include "places.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/pooltest.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QProcess>
#include <QSignalSpy>
#include <QTest>

#include <csignal>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

const QString workerProgram = QStringLiteral(LIFEGUARD_SOURCE_DIR "/tests/fixtures/clxworker.py");

WorkerConfig clxPool(int count, const QStringList &options = {})
{
    WorkerConfig config;
    config.type = s("notebook");
    config.count = count;
    config.mode = ExecutionMode::Auto;
    config.command = QStringList{workerProgram} + options;
    config.maxJobTime = 7200s;
    return config;
}

QList<qint64> addJobs(PoolTest &t, const QList<QByteArray> &payloads)
{
    QList<NewJob> jobs;
    for (const QByteArray &payload : payloads) {
        NewJob job;
        job.type = s("notebook");
        job.inputFile = t.path(s("lecture.py"));
        job.payload = payload;
        jobs.append(job);
    }
    return answerOf(t.store->addJobs(jobs)).value_or(QList<qint64>());
}

/// Returns the payload of a job that runs until release() is called.
QByteArray waitingPayload(PoolTest &t)
{
    return s("{\"wait_for\": \"%1\"}").arg(t.path(s("go on"))).toUtf8();
}

void release(PoolTest &t)
{
    write(t.path(s("go on")), "now");
}

/// Starts a pool with a worker that leaves its job behind when it is stopped. Returns the job once it is running, or 0
/// on failure.
qint64 startAbandoningWorker(PoolTest &t)
{
    if (!t.begin())
        return 0;
    const QList<qint64> jobs = addJobs(t, {waitingPayload(t)});
    if (jobs.isEmpty() || !t.manager->startPool(clxPool(1, {s("--abandon")})))
        return 0;
    const auto isRunning = [&] {
        const QList<WorkerInfo> busy = t.workersIn(WorkerState::Busy);
        return busy.size() == 1 && busy.first().jobId == jobs.first();
    };
    return QTest::qWaitFor(isRunning, patience) ? jobs.first() : 0;
}

QStringList eventKinds(PoolTest &t)
{
    QStringList kinds;
    for (const Event &event : answerOf(t.store->events(1000)).value_or(QList<Event>()))
        kinds.append(event.kindName());
    return kinds;
}

/// Changes the database as if the worker had run its job for an hour without a heartbeat.
void backdate(PoolTest &t)
{
    RawSql raw(t.path(s("q.db")));
    EVENTUALLY(raw.exec(s("UPDATE workers SET last_heartbeat = datetime('now', '-1 hour') WHERE status = 'busy'")));
    EVENTUALLY(raw.exec(s("UPDATE jobs SET started_at = datetime('now', '-1 hour') WHERE status = 'processing'")));
}

} // namespace

class TestClxWorkers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void busyWorkerNeedsNoHeartbeats();
    void workerSuspendedDuringAJobIsReplaced();
    void workerOverTheTimeLimitOfItsJobIsReplaced();
    void voluntaryEndIsNotADeath_data();
    void voluntaryEndIsNotADeath();
    void repeatedEndsWithoutWorkMakeThePoolCrashLoop();
    void endWithoutWorkStopsThePool();
    void jobLeftByAStoppedWorkerIsReturnedUncounted();
    void jobLeftByAnEndedWorkerIsReturnedAndCounted();
    void failedJobsAreCounted();
    void foreignWorkerIsShownAndKeepsItsJob();
    void lifeguardctlShowsTheErrorsOfJobs();
};

void TestClxWorkers::busyWorkerNeedsNoHeartbeats()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = addJobs(t, {waitingPayload(t)});
    QVERIFY(t.manager->startPool(clxPool(1, {s("--silent")})));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).value(0).jobId, jobs.first(), patience);
    backdate(t);
    const auto worker = [&t] { return t.manager->workers().value(0); };
    EVENTUALLY(worker().beatAge.value_or(0ms) > 50min && worker().jobAge.value_or(0ms) > 50min);
    // The monitor checks the worker once a second, and each time it is healthy.
    QSignalSpy checks(t.manager.get(), &WorkerPoolManager::workersChanged);
    EVENTUALLY(checks.size() >= 4);
    for (const QList<QVariant> &check : checks) {
        const auto workers = check.first().value<QList<WorkerInfo>>();
        QCOMPARE(workers.size(), 1);
        QVERIFY(workers.first().state == WorkerState::Busy);
        QVERIFY(workers.first().reason.isEmpty());
    }
    QCOMPARE(worker().jobName, s("lecture.py"));
    QCOMPARE(worker().storedStatus, WorkerStatus::Busy);
    QCOMPARE(worker().pool, s("notebook"));
    QVERIFY(worker().own && worker().pid > 0);
    QCOMPARE(t.manager->pools().first().busy, 1);
    QVERIFY(t.job(jobs.first()).status == JobStatus::Processing);
    // A heartbeat from before the job does not make the worker suspect when the job ends.
    release(t);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    EVENTUALLY(worker().state == WorkerState::Idle);
    checks.clear();
    EVENTUALLY(checks.size() >= 3);
    QVERIFY(worker().state == WorkerState::Idle);
    QCOMPARE(worker().jobsDone, 1);
    QVERIFY(t.stopAll());
    for (const char *kind : {"worker_suspect", "worker_hung", "worker_failed"})
        QVERIFY2(!eventKinds(t).contains(s(kind)), kind);
}

void TestClxWorkers::workerOverTheTimeLimitOfItsJobIsReplaced()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = addJobs(t, {waitingPayload(t)});
    WorkerConfig config = clxPool(1);
    config.maxJobTime = 1s; // plus 15 s of slack
    config.stopGrace = 1s; // the worker ignores TERM during a job
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    const qint64 pid = t.workersIn(WorkerState::Busy).constFirst().pid;
    backdate(t); // must have no effect: the system clock may have been changed
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Dead).size(), 1, 120000);
    const QString reason = t.workersIn(WorkerState::Dead).constFirst().reason;
    QVERIFY2(reason.contains(s("over its limit of 1 s")), qPrintable(reason));
    QVERIFY(!isAlive(pid));
    QVERIFY(eventKinds(t).contains(s("worker_hung")));
    EVENTUALLY(t.job(jobs.first()).attempts == 2); // counted, and started again by the next worker
    QCOMPARE(t.job(jobs.first()).maxAttempts, 3);
    release(t);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    QVERIFY(t.stopAll());
}

void TestClxWorkers::voluntaryEndIsNotADeath_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::newRow("deletes its row") << QStringList{s("--jobs"), s("1")};
    QTest::newRow("sets its row to dead") << QStringList{s("--jobs"), s("1"), s("--dead")};
}

void TestClxWorkers::voluntaryEndIsNotADeath()
{
    QFETCH(QStringList, options);
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = addJobs(t, QList<QByteArray>(8, "{}"));
    QVERIFY(t.manager->startPool(clxPool(1, options)));
    // The ends are more than the deaths in a row that would stop the pool. Each worker is still replaced at once.
    QTRY_COMPARE_WITH_TIMEOUT(answerOf(t.store->snapshot())->total().completed, 8, 60000);
    EVENTUALLY(t.workersIn(WorkerState::Stopped).size() >= 8);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.manager->pools().first().state), toString(PoolState::Running),
                              patience); // the next worker waits for a job
    QCOMPARE(t.workersIn(WorkerState::Dead).size(), 0);
    QVERIFY2(t.workersIn(WorkerState::Stopped).constFirst().reason.contains(s("ended by itself")),
             qPrintable(t.workersIn(WorkerState::Stopped).constFirst().reason));
    for (const qint64 id : jobs)
        QCOMPARE(t.job(id).attempts, 1);
    QVERIFY(t.stopAll());
    QVERIFY(!eventKinds(t).contains(s("worker_failed")));
    // Other programs see the same in the database.
    const auto rows = answerOf(t.store->snapshot())->workers;
    QVERIFY(rows.size() >= 8);
    for (const WorkerRow &row : rows)
        QVERIFY2(row.wanted && row.endedAt.isValid(), qPrintable(row.executorId));
}

/// Workers that end without having done anything are not restarted without limit.
void TestClxWorkers::repeatedEndsWithoutWorkMakeThePoolCrashLoop()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = clxPool(6, {s("--jobs"), s("0")});
    config.restart = RestartMode::Always;
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.manager->pools().first().state), toString(PoolState::CrashLooping), patience);
    EVENTUALLY(!t.manager->hasLiveWorkers());
    QVERIFY(t.manager->workers().size() <= 12);
    QVERIFY(t.stopAll());
}

/// By default, a worker that ends without work and without a job left behind is not replaced, and the pool shows the
/// reason.
void TestClxWorkers::endWithoutWorkStopsThePool()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(clxPool(2, {s("--jobs"), s("0")})));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.manager->pools().first().state), toString(PoolState::Stopped), patience);
    QCOMPARE(t.manager->workers().size(), 2);
    const QString reason = t.manager->pools().first().reason;
    QVERIFY2(reason.contains(s("not replaced (restart=on-failure)")), qPrintable(reason));
    t.manager->resumePool(t.manager->pools().first().name);
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->workers().size(), 4, patience);
    EVENTUALLY(!t.manager->hasLiveWorkers());
    QVERIFY(t.stopAll());
}

void TestClxWorkers::jobLeftByAStoppedWorkerIsReturnedUncounted()
{
    PoolTest t;
    const qint64 id = startAbandoningWorker(t);
    QVERIFY(id > 0);
    QVERIFY(t.stopAll());
    // The row was deleted, but the manager that stopped the worker returns its job without counting the attempt.
    QCOMPARE(RawSql(t.path(s("q.db"))).value(s("SELECT count(*) FROM workers")).toInt(), 0);
    const Job job = t.job(id);
    QCOMPARE(toString(job.status), s("pending"));
    QCOMPARE(job.maxAttempts, 4);
    QCOMPARE(t.workersIn(WorkerState::Stopped).size(), 1);
}

void TestClxWorkers::jobLeftByAnEndedWorkerIsReturnedAndCounted()
{
    PoolTest t;
    const qint64 id = startAbandoningWorker(t);
    QVERIFY(id > 0);
    ::kill(static_cast<pid_t>(t.workersIn(WorkerState::Busy).constFirst().pid), SIGTERM); // from another program
    QTRY_COMPARE_WITH_TIMEOUT(t.job(id).attempts, 2, patience); // counted, and started again by the next worker
    QCOMPARE(t.job(id).maxAttempts, 3);
    release(t);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(id).status), s("completed"), patience);
    QVERIFY(t.stopAll());
}

void TestClxWorkers::failedJobsAreCounted()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = addJobs(t, {R"({"fail": "plain"})", R"({"fail": "json"})", "{}"});
    QVERIFY(t.manager->startPool(clxPool(1)));
    QTRY_COMPARE_WITH_TIMEOUT(answerOf(t.store->snapshot())->total().completed, 1, patience);
    const auto snapshot = answerOf(t.store->snapshot());
    QCOMPARE(snapshot->total().failed, 2);
    QCOMPARE(snapshot->failedLastHour, 2);
    QCOMPARE(snapshot->completedLastMinute, 1);
    QVERIFY(!t.job(jobs.at(0)).completedAt.isValid());
    QCOMPARE(t.job(jobs.at(0)).error, s("Conversion failed: no such file"));
    QVERIFY(t.job(jobs.at(1)).error.contains(s("actionable_guidance")));
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->workers().first().jobsFailed, 2, patience);
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->workers().first().jobsDone, 1, patience);
    // Failed jobs can be retried.
    QCOMPARE(answerOf(t.store->retryJobs(jobs)).value(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(t.job(jobs.at(1)).attempts, 2, patience);
    QVERIFY(t.stopAll());
}

/// The worker of another program in the same database is shown, and its job is not taken back within the time limit.
void TestClxWorkers::foreignWorkerIsShownAndKeepsItsJob()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = addJobs(t, {waitingPayload(t)});
    QProcess foreign;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("WORKER_TYPE"), s("notebook"));
    environment.insert(s("WORKER_ID"), s("0123456789ab"));
    environment.insert(s("DB_PATH"), t.path(s("q.db")));
    foreign.setProcessEnvironment(environment);
    foreign.start(workerProgram, {s("--silent")});
    QVERIFY(foreign.waitForStarted());
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    RawSql raw(t.path(s("q.db")));
    EVENTUALLY(raw.exec(s("UPDATE workers SET last_heartbeat = datetime('now', '-9 minutes')")));
    EVENTUALLY(raw.exec(s("UPDATE jobs SET started_at = datetime('now', '-9 minutes')")));
    HeartbeatTracker heartbeats;
    for (const milliseconds watched : {0s, 31s}) {
        const auto report = answerOf(
            t.store->write<RescueReport>([&, now = t.clock.steadyNow() + watched](Database &db) {
                const RescueView view{t.manager->managerId(), now, now, 0, {}};
                return Rescuer(db, t.clock, view, heartbeats).rescueStale();
            }));
        QVERIFY(report);
        QVERIFY(report->endedWorkers.isEmpty() && report->jobs.isEmpty());
    }
    EVENTUALLY(t.manager->workers().value(0).beatAge.value_or(0ms) > 8min);
    const WorkerInfo shown = t.manager->workers().first();
    QVERIFY(!shown.own);
    QVERIFY(shown.state == WorkerState::Busy);
    QCOMPARE(shown.jobId, jobs.first());
    QCOMPARE(shown.executorId, s("0123456789ab"));
    release(t);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    foreign.terminate();
    QTRY_COMPARE_WITH_TIMEOUT(foreign.state(), QProcess::NotRunning, patience);
    EVENTUALLY(t.manager->workers().isEmpty()); // its row was deleted
    QVERIFY(t.stopAll());
}

void TestClxWorkers::lifeguardctlShowsTheErrorsOfJobs()
{
    CtlProgram ctl;
    for (const char *payload : {R"({"fail": "plain"})", R"({"fail": "json"})", R"({"input_file": "good.py"})"})
        QCOMPARE(ctl.call({s("submit"), s("--type"), s("notebook"), s("--payload"), s(payload)}).code, 0);
    const Outcome run = ctl.call(
        {s("run"), s("--until-idle"), s("--timeout"), s("60"), s("--pool"), s("notebook=1,command=") + workerProgram});
    QCOMPARE(run.code, 1); // jobs failed, although they have no completed_at
    QVERIFY2(run.out.contains("job 1 failed") && run.out.contains("Conversion failed: no such file"),
             run.out.constData());
    const QByteArray shown = "NameError: name 'x' is not defined [user] Define x before cell 7.";
    QVERIFY2(run.out.contains("job 2 failed") && run.out.contains(shown), run.out.constData());
    QVERIFY2(!run.all().contains("is dead"), run.all().constData());
    QCOMPARE(ctl.jobs(s("failed")), 2);
    QCOMPARE(ctl.jobs(s("completed")), 1);

    const QByteArray listed = ctl.call({s("jobs")}).out;
    QVERIFY2(listed.contains(shown) && listed.contains("Conversion failed: no such file"), listed.constData());
    // The details: all lines of the message, the other keys of the object, and the original text for programs.
    const Outcome job = ctl.call({s("job"), s("2")});
    QVERIFY2(job.code == 0, job.all().constData());
    for (const char *part :
         {"job        2, notebook, failed\n", "error      NameError: name 'x' is not defined\n           in cell 7\n",
          "class      NameError\n", "category   user\n", "advice     Define x before cell 7.\n",
          "details    cell_number: 7\n", "attempts   1 of at most 3\n"})
        QVERIFY2(job.out.contains(part), QByteArray(part).append(job.out).constData());
    const QJsonObject json = ctl.call({s("job"), s("2"), s("--json")}).object();
    QCOMPARE(json.value(s("error_message")).toString(), s("NameError: name 'x' is not defined\nin cell 7"));
    QCOMPARE(json.value(s("error_category")).toString(), s("user"));
    QCOMPARE(json.value(s("error_guidance")).toString(), s("Define x before cell 7."));
    QVERIFY(json.value(s("error")).toString().startsWith(u'{'));
    QCOMPARE(json.value(s("payload")).toObject().value(s("fail")).toString(), s("json"));
    QVERIFY(ctl.call({s("job"), s("1")}).out.contains("error      Conversion failed: no such file\n"));
    QVERIFY(!ctl.call({s("job"), s("3")}).out.contains("error"));
    QCOMPARE(ctl.call({s("job"), s("4")}).code, 2);
    QCOMPARE(ctl.call({s("job")}).code, 2);
    QCOMPARE(ctl.call({s("job"), s("x")}).code, 2);

    // The worker deleted its row, but lifeguard_workers still shows that it was stopped.
    const QJsonArray workers = ctl.call({s("workers"), s("--json")}).array();
    QCOMPARE(workers.size(), 1);
    QCOMPARE(workers.first().toObject().value(s("state")).toString(), s("stopped"));
}

/// A busy worker without heartbeats is still detected as stopped. The guard keeps running; the stopped process is the
/// program.
void TestClxWorkers::workerSuspendedDuringAJobIsReplaced()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = addJobs(t, {waitingPayload(t)});
    WorkerConfig config = clxPool(1, {s("--silent")});
    config.staleAfter = 3s;
    config.hungAfter = 6s;
    config.stopGrace = 1s;
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    const WorkerInfo victim = t.workersIn(WorkerState::Busy).constFirst();
    const QList<qint64> programs = ProcessTable::read().childrenOf(victim.pid);
    QCOMPARE(programs.size(), 1);
    QCOMPARE(::kill(pid_t(programs.first()), SIGSTOP), 0);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Suspect).size(), 1, patience);
    const QString reason = t.workersIn(WorkerState::Suspect).constFirst().reason;
    QVERIFY2(reason.contains(s("process is stopped (T)")), qPrintable(reason));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Dead).size(), 1, patience);
    QCOMPARE(t.workersIn(WorkerState::Dead).constFirst().executorId, victim.executorId);
    EVENTUALLY(ProcessTable::read().entries().value(programs.first()).pid == 0);
    release(t);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    QCOMPARE(t.job(jobs.first()).attempts, 2);
    QVERIFY(t.stopAll());
}

QTEST_GUILESS_MAIN(TestClxWorkers)
#include "tst_clxworkers.moc"
