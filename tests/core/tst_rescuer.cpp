// SPDX-License-Identifier: GPL-3.0-or-later
// Tests which workers a manager rescues (workers of managers that are gone or do not beat, and workers without a
// manager) and which workers it leaves alone.
#include "core/base/processtree.h"
#include "core/config/poolspec.h"
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/pool/heartbeattracker.h"
#include "core/pool/rescuer.h"
#include "core/pool/rescueview.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QTest>

#include <sys/wait.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

const QString name0 = QStringLiteral("direct-noop-0-aaaaaaaa");
const QString other = QStringLiteral("another-manager");

/// Returns a process that does not exist: the pid of this one, with another start time.
ProcessIdentity goneProcess()
{
    ProcessIdentity process = ProcessIdentity::self();
    ++process.startTime;
    return process;
}

/// Returns a process of which nothing can be known, because it is in another pid namespace.
ProcessIdentity invisibleProcess()
{
    ProcessIdentity process = ProcessIdentity::self();
    process.pidNamespace = s("pid:[1]");
    return process;
}

} // namespace

Q_DECLARE_METATYPE(lifeguard::ProcessIdentity)

class TestRescuer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        t = std::make_unique<QueueTest>();
        heartbeats = std::make_unique<HeartbeatTracker>();
        existsHere = nullptr;
    }
    void statesOfManagersAreRecognised_data();
    void statesOfManagersAreRecognised();
    void adoptsDetachedWorkers_data();
    void adoptsDetachedWorkers();
    void rescuesDeadWorkersOfAManagerThatIsGone();
    void leavesLivingWorkersAlone();
    void leavesHiddenWorkersAlone();
    void rescuesWorkersOfAnEarlierManagerOfThisProcess();
    void deadWorkersOfASilentManagerAreRescued_data();
    void deadWorkersOfASilentManagerAreRescued();
    void workerMarkedEndedCannotRegister();
    void workerMarkedEndedLosesItsLeaseIfItsManagerIsGone_data();
    void workerMarkedEndedLosesItsLeaseIfItsManagerIsGone();
    void processThatWasNotRecordedIsFound();
    void livingForeignWorkerKeepsItsJob_data();
    void livingForeignWorkerKeepsItsJob();
    void jobsOfIdleWorkersAreReturnedAfterTheirLimit_data();
    void jobsOfIdleWorkersAreReturnedAfterTheirLimit();

private:
    /// Adds another manager with a worker that has claimed a job. Returns the id of the job.
    qint64 addOtherManager(const ProcessIdentity &manager, const ProcessIdentity &worker);
    RescueView view() const
    {
        return {QStringLiteral("me"), t->clock.steadyNow(), t->clock.steadyNow(), 0, {}, existsHere};
    }
    RescueReport rescue(milliseconds after = 0ms)
    {
        t->clock.advance(after);
        const RescueView now = view();
        const auto report = Rescuer(*t->db, t->clock, now, *heartbeats).rescueStale();
        if (!report)
            qWarning("%s", qPrintable(report.error().message));
        return report.value_or(RescueReport());
    }
    std::unique_ptr<QueueTest> t;
    std::unique_ptr<HeartbeatTracker> heartbeats;
    std::function<bool(const QString &)> existsHere;
};

qint64 TestRescuer::addOtherManager(const ProcessIdentity &manager, const ProcessIdentity &worker)
{
    const auto write = [this](const QString &sql, const QVariantList &values) {
        if (!RawSql(t->path()).exec(sql, values))
            qFatal("cannot prepare the test");
    };
    if (!t->registry->registerManager(other, s("manager")))
        qFatal("cannot register");
    write(s("UPDATE lifeguard_managers SET process = ?"), {manager.toString()});
    t->addOwned(name0, other);
    if (!worker.isNull())
        write(s("UPDATE lifeguard_workers SET process = ?"), {worker.toString()});
    const qint64 job = t->add();
    t->claimOne(t->worker(name0));
    return job;
}

void TestRescuer::statesOfManagersAreRecognised_data()
{
    QTest::addColumn<ProcessIdentity>("process");
    QTest::addColumn<int>("observed"); // seconds
    QTest::addColumn<bool>("beats");
    QTest::addColumn<int>("state");
    using State = ManagerStates::State;
    const auto row = [](const char *name, const ProcessIdentity &process, int observed, bool beats, State state) {
        QTest::newRow(name) << process << observed << beats << int(state);
    };
    row("alive, beats", ProcessIdentity::self(), 40, true, State::Live);
    row("alive, silent for a short time", ProcessIdentity::self(), 20, false, State::Live);
    row("alive, silent", ProcessIdentity::self(), 40, false, State::Silent);
    row("gone", goneProcess(), 0, true, State::Gone);
    row("cannot be seen, beats", invisibleProcess(), 40, true, State::Live);
    row("cannot be seen, not observed for long enough", invisibleProcess(), 20, false, State::Live);
    row("cannot be seen, silent", invisibleProcess(), 40, false, State::Gone);
}

void TestRescuer::statesOfManagersAreRecognised()
{
    QFETCH(ProcessIdentity, process);
    QFETCH(int, observed);
    QFETCH(bool, beats);
    QVERIFY(t->registry->registerManager(other, s("manager")));
    QVERIFY(RawSql(t->path()).exec(s("UPDATE lifeguard_managers SET process = ?"), {process.toString()}));
    QVERIFY(ManagerStates::read(*t->db, t->clock, view(), *heartbeats));
    t->clock.advance(seconds(observed));
    if (beats)
        QVERIFY(t->registry->beatManager(other));
    const auto states = ManagerStates::read(*t->db, t->clock, view(), *heartbeats);
    QVERIFY(states);
    QTEST(int(states->of(other)), "state");
    QCOMPARE(states->of(s("me")), ManagerStates::State::Live);
    QCOMPARE(states->of(s("nobody")), ManagerStates::State::Gone);
    QVERIFY(states->live().contains(s("me")));
}

void TestRescuer::adoptsDetachedWorkers_data()
{
    QTest::addColumn<ProcessIdentity>("manager");
    QTest::addColumn<ProcessIdentity>("worker");
    QTest::addColumn<bool>("isDetached");
    QTest::addColumn<bool>("isAdopted");
    const ProcessIdentity alive = ProcessIdentity::self();
    QTest::newRow("its manager is gone") << goneProcess() << alive << true << true;
    QTest::newRow("not detached") << goneProcess() << alive << false << false;
    QTest::newRow("its manager is alive") << alive << alive << true << false;
    QTest::newRow("its manager cannot be seen") << invisibleProcess() << alive << true << false;
    QTest::newRow("the worker is gone, too") << goneProcess() << goneProcess() << true << false;
    QTest::newRow("the worker cannot be seen") << goneProcess() << invisibleProcess() << true << false;
}

void TestRescuer::adoptsDetachedWorkers()
{
    QFETCH(ProcessIdentity, manager);
    QFETCH(ProcessIdentity, worker);
    QFETCH(bool, isDetached);
    QFETCH(bool, isAdopted);
    addOtherManager(manager, worker);
    const QString spec = isDetached ? s("noop=1,detach=yes") : s("noop=1");
    RawSql raw(t->path());
    QVERIFY(raw.exec(s("UPDATE lifeguard_workers SET spec = ?"), {spec}));
    const RescueView now = view();
    const auto adopted = Rescuer(*t->db, t->clock, now, *heartbeats).adoptDetached();
    QVERIFY(adopted);
    QCOMPARE(adopted->size(), isAdopted ? 1 : 0);
    QCOMPARE(raw.value(s("SELECT manager_id FROM lifeguard_workers")).toString(), isAdopted ? s("me") : other);
}

void TestRescuer::rescuesDeadWorkersOfAManagerThatIsGone()
{
    const qint64 job = addOtherManager(goneProcess(), goneProcess());
    const RescueReport report = rescue();
    QCOMPARE(report.endedWorkers, QStringList{name0});
    QCOMPARE(report.jobs.size(), 1);
    QVERIFY(report.jobs.first().counted);
    QCOMPARE(toString(t->job(job).status), s("pending"));
    QVERIFY(report.managers.isEmpty());
    // The event refers to the job.
    const QList<Event> events = t->eventsOf(job);
    QCOMPARE(events.size(), 1);
    QCOMPARE(events.first().message.englishText(), s("noop-0: its manager ended, and so did the worker"));
    QVERIFY(rescue().endedWorkers.isEmpty()); // nothing is left to do
}

void TestRescuer::leavesLivingWorkersAlone()
{
    const qint64 job = addOtherManager(goneProcess(), ProcessIdentity::self());
    for (const milliseconds later : {0ms, 40'000ms, 400'000ms})
        QVERIFY(rescue(later).endedWorkers.isEmpty());
    QCOMPARE(toString(t->job(job).status), s("processing"));
}

/// A backup was restored and opened again in the same window.
void TestRescuer::rescuesWorkersOfAnEarlierManagerOfThisProcess()
{
    const qint64 job = addOtherManager(ProcessIdentity::self(), goneProcess());
    existsHere = [](const QString &id) { return id == s("me") || id == other; };
    QVERIFY(rescue().endedWorkers.isEmpty());
    existsHere = [](const QString &id) { return id == s("me"); };
    QCOMPARE(rescue().endedWorkers, QStringList{name0});
    QCOMPARE(toString(t->job(job).status), s("pending"));
}

/// A manager that cannot see the processes of other users in /proc judges them by their heartbeat.
void TestRescuer::leavesHiddenWorkersAlone()
{
    t.reset();
    const ProcessIdentity alive = ProcessIdentity::self();
    enum Result { AsExpected, WasClosed, WasNotClosed };
    const pid_t child = fork();
    if (child == 0) {
        if (!hideProcesses())
            _exit(hidingNotPermitted);
        t = std::make_unique<QueueTest>();
        const qint64 job = addOtherManager(alive, alive);
        Result result = rescue().endedWorkers.isEmpty() && rescue(20s).endedWorkers.isEmpty()
                             && t->job(job).status == JobStatus::Processing
                          ? AsExpected
                          : WasClosed;
        if (result == AsExpected && rescue(20s).endedWorkers.isEmpty()) // neither of them has beaten
            result = WasNotClosed;
        t.reset(); // removes the folder
        _exit(result);
    }
    VERIFY_CHILD(child);
}

void TestRescuer::deadWorkersOfASilentManagerAreRescued_data()
{
    QTest::addColumn<bool>("workerLives");
    QTest::addColumn<bool>("beats");
    QTest::addColumn<bool>("rescued");
    QTest::newRow("the manager is stopped, its worker is dead") << false << false << true;
    QTest::newRow("the manager is stopped, its worker is alive") << true << false << false;
    QTest::newRow("the manager beats, and handles the death itself") << false << true << false;
}

/// A manager that was stopped, or that hangs, does not return the jobs of its dead workers.
void TestRescuer::deadWorkersOfASilentManagerAreRescued()
{
    QFETCH(bool, workerLives);
    QFETCH(bool, beats);
    QFETCH(bool, rescued);
    const qint64 job = addOtherManager(ProcessIdentity::self(), workerLives ? ProcessIdentity::self() : goneProcess());
    QVERIFY(rescue().endedWorkers.isEmpty());
    QVERIFY(rescue(29s).endedWorkers.isEmpty());
    if (beats)
        QVERIFY(t->registry->beatManager(other));
    const RescueReport report = rescue(2s);
    QCOMPARE(report.endedWorkers.size(), rescued ? 1 : 0);
    QCOMPARE(report.managers, QSet<QString>{other}); // it may continue
    QCOMPARE(toString(t->job(job).status), rescued ? s("pending") : s("processing"));
}

/// A worker that another manager considered gone while it was being started must not claim jobs.
void TestRescuer::workerMarkedEndedCannotRegister()
{
    t->addOwned(name0, other);
    QVERIFY(t->registry->end(name0, Message::literal(s("gone")), false));
    const auto id = t->registry->registerWorker(s("noop"), name0, s("direct"));
    QVERIFY(!id);
    QVERIFY(id.error().code == ErrorCode::WorkerDead);
    QVERIFY(t->registry->list(t->clock.utcNow().addSecs(-60))->isEmpty()
            || t->registry->list(t->clock.utcNow().addSecs(-60))->first().id == 0);
    QVERIFY(t->registry->registerWorker(s("noop"), s("foreign-worker"), s("direct"))); // a worker of another program
}

void TestRescuer::workerMarkedEndedLosesItsLeaseIfItsManagerIsGone_data()
{
    QTest::addColumn<bool>("managerLives");
    QTest::newRow("its manager is gone") << false;
    QTest::newRow("its manager is alive") << true;
}

/// A manager that could not see the worker has marked it as ended, but it still works. Its lease ends, and it exits.
void TestRescuer::workerMarkedEndedLosesItsLeaseIfItsManagerIsGone()
{
    QFETCH(bool, managerLives);
    const qint64 job = addOtherManager(managerLives ? ProcessIdentity::self() : goneProcess(), ProcessIdentity::self());
    const Lease lease = t->job(job).lease();
    RawSql raw(t->path());
    QVERIFY(raw.exec(s("UPDATE lifeguard_workers SET ended_at = started_at, reason = 'not seen'")));
    (void)rescue();
    QCOMPARE(raw.value(s("SELECT status FROM workers")).toString(), managerLives ? s("busy") : s("dead"));
    QCOMPARE(toString(t->job(job).status), managerLives ? s("processing") : s("pending"));
    QCOMPARE(t->queue->acknowledge(lease, 1).has_value(), managerLives);
}

/// The manager died after it had started the worker, and before it could record its process. The worker is found by its
/// environment.
void TestRescuer::processThatWasNotRecordedIsFound()
{
    QProcess worker;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("LIFEGUARD_EXECUTOR_ID"), name0);
    worker.setProcessEnvironment(environment);
    worker.start(s("sleep"), {s("1000")});
    QVERIFY(worker.waitForStarted());
    EVENTUALLY(processesWithExecutorId({name0}).contains(worker.processId()));
    const qint64 job = addOtherManager(goneProcess(), {});
    QVERIFY(rescue().endedWorkers.isEmpty());
    QCOMPARE(t->registry->owned()->first().process,
             ProcessIdentity::of(worker.processId()).value_or(ProcessIdentity()));
    QCOMPARE(toString(t->job(job).status), s("processing"));
    worker.kill();
    QVERIFY(worker.waitForFinished());
    QCOMPARE(rescue().endedWorkers, QStringList{name0});
    QCOMPARE(toString(t->job(job).status), s("pending"));
}

void TestRescuer::livingForeignWorkerKeepsItsJob_data()
{
    QTest::addColumn<qint64>("parent");
    QTest::addColumn<bool>("hasProcess");
    QTest::addColumn<bool>("beats"); // into worker_heartbeats
    QTest::addColumn<bool>("kept");
    const qint64 gonePid = 4'194'305; // larger than any pid of Linux
    QTest::newRow("no evidence") << qint64(0) << false << false << true;
    QTest::newRow("its parent lives") << qint64(QCoreApplication::applicationPid()) << false << false << true;
    QTest::newRow("its parent is gone") << gonePid << false << false << false;
    QTest::newRow("its parent is gone, its process lives") << gonePid << true << false << true;
    QTest::newRow("its parent is gone, it beats") << gonePid << false << true << true;
}

/// A worker of CLM does not beat into its row while it works, and has no job limit.
void TestRescuer::livingForeignWorkerKeepsItsJob()
{
    QFETCH(qint64, parent);
    QFETCH(bool, hasProcess);
    QFETCH(bool, beats);
    QFETCH(bool, kept);
    const QString name = s("direct-notebook-0-cccccccc");
    QProcess process;
    if (hasProcess) {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(s("WORKER_ID"), name);
        process.setProcessEnvironment(environment);
        process.start(s("sleep"), {s("600")});
        QVERIFY(process.waitForStarted());
    }
    const qint64 job = t->add();
    const qint64 worker = t->worker(name);
    t->claimOne(worker);
    RawSql raw(t->path());
    if (parent > 0)
        QVERIFY(raw.exec(s("UPDATE workers SET parent_pid = ?"), {parent}));
    for (int minute = 0; minute <= 12; ++minute) {
        if (beats) {
            QVERIFY(raw.exec(
                s("INSERT OR REPLACE INTO worker_heartbeats (worker_id, job_id, heartbeat_at) VALUES (?, ?, ?)"),
                {worker, job, t->clock.utcNow().toString(s("yyyy-MM-dd HH:mm:ss"))}));
        }
        (void)rescue(minute == 0 ? 0ms : 60'000ms);
    }
    (void)rescue(1s); // the job of a worker that was closed returns
    process.kill();
    process.waitForFinished();
    QCOMPARE(toString(t->job(job).status), kept ? s("processing") : s("pending"));
}

void TestRescuer::jobsOfIdleWorkersAreReturnedAfterTheirLimit_data()
{
    QTest::addColumn<QString>("manager"); // of the worker, which is idle according to its row
    QTest::addColumn<int>("maxJobTime"); // of its pool
    QTest::addColumn<int>("ofJob"); // 0: the limit of the pool applies
    QTest::addColumn<int>("after"); // seconds
    QTest::addColumn<bool>("returned");
    const auto row = [](const char *name, const QString &manager, int maxJobTime, int ofJob, int after, bool returned) {
        QTest::newRow(name) << manager << maxJobTime << ofJob << after << returned;
    };
    row("foreign worker, within the limit of CLX", {}, 0, 0, 600, false);
    row("foreign worker, over the limit of CLX", {}, 0, 0, 620, true);
    row("foreign worker, a job with a longer limit", {}, 0, 3600, 3000, false);
    row("foreign worker, a job with a shorter limit, which it does not know", {}, 0, 60, 600, false);
    row("own worker, within its limit", s("me"), 3600, 0, 3000, false); // more than the limit of CLX
    row("own worker, over its limit", s("me"), 3600, 0, 3620, true);
    row("own worker, a job with a longer limit", s("me"), 60, 3600, 3000, false);
    row("own worker, over the longer limit of its job", s("me"), 60, 3600, 3620, true);
    row("own worker, over the shorter limit of its job", s("me"), 3600, 60, 80, true);
    row("worker of another live manager", other, 60, 0, 3000, false);
}

void TestRescuer::jobsOfIdleWorkersAreReturnedAfterTheirLimit()
{
    QFETCH(QString, manager);
    QFETCH(int, maxJobTime);
    QFETCH(int, ofJob);
    QFETCH(int, after);
    QFETCH(bool, returned);
    RawSql raw(t->path());
    if (manager == other)
        QVERIFY(t->registry->registerManager(other, s("manager")));
    if (!manager.isEmpty()) {
        t->addOwned(name0, manager);
        QVERIFY(raw.exec(s("UPDATE lifeguard_workers SET process = ?, max_job_time = ?"),
                         {ProcessIdentity::self().toString(), maxJobTime}));
    }
    const qint64 job = t->add();
    if (ofJob > 0)
        QVERIFY(raw.exec(s("UPDATE lifeguard_jobs SET max_job_time = ?"), {ofJob}));
    t->claimOne(t->worker(name0));
    QVERIFY(raw.exec(s("UPDATE workers SET status = 'idle'")));
    const auto beat = [&] { // idle workers beat
        QVERIFY(raw.exec(s("UPDATE workers SET last_heartbeat = ?"),
                         {t->clock.utcNow().toString(s("yyyy-MM-dd HH:mm:ss"))}));
        if (manager == other)
            QVERIFY(t->registry->beatManager(other));
    };
    for (int passed = 0; passed < after; passed += 20) {
        beat();
        QVERIFY(rescue().jobs.isEmpty());
        t->clock.advance(20s);
    }
    beat();
    (void)rescue();
    QCOMPARE(toString(t->job(job).status), returned ? s("pending") : s("processing"));
}

QTEST_GUILESS_MAIN(TestRescuer)
#include "tst_rescuer.moc"
