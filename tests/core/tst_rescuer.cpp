// SPDX-License-Identifier: GPL-3.0-or-later
// What a manager does about the workers of others: the dead of those that are gone, or do not beat; those nobody knows of; and what it
// leaves alone.
#include "core/base/processtree.h"
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/pool/rescuer.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

const QString name0 = QStringLiteral("direct-noop-0-aaaaaaaa");
const QString other = QStringLiteral("another-manager");

/// A process that is surely not there: this one's pid, of another time.
ProcessIdentity goneProcess()
{
    ProcessIdentity process = ProcessIdentity::self();
    ++process.startTime;
    return process;
}

} // namespace

class TestRescuer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        t = std::make_unique<QueueTest>();
        heartbeats = std::make_unique<HeartbeatTracker>();
    }
    void theDeadOfAManagerThatIsGone();
    void theLivingAreLeftAlone();
    void aManagerThatDoesNotBeat_data();
    void aManagerThatDoesNotBeat();
    void registersAfterItsEnd();
    void livesAfterItsEnd_data();
    void livesAfterItsEnd();
    void notWrittenDownWhichProcessItIs();
    void forgottenJobs_data();
    void forgottenJobs();

private:
    /// Another manager, with a worker that has claimed a job; answers the job.
    qint64 anotherAtWork(const ProcessIdentity &manager, const ProcessIdentity &worker);
    RescueReport look(milliseconds after = 0ms)
    {
        t->clock.advance(after);
        RescueView view;
        view.managerId = QStringLiteral("me");
        view.steadyNow = view.storeNow = t->clock.steadyNow();
        const auto report = rescueStale(*t->db, t->clock, view, *heartbeats);
        if (!report)
            qWarning("%s", qPrintable(report.error().message));
        return report.value_or(RescueReport());
    }
    std::unique_ptr<QueueTest> t;
    std::unique_ptr<HeartbeatTracker> heartbeats;
};

qint64 TestRescuer::anotherAtWork(const ProcessIdentity &manager, const ProcessIdentity &worker)
{
    const auto write = [this](const QString &sql, const QVariantList &values) {
        if (!RawSql(t->path()).exec(sql, values))
            qFatal("cannot prepare the test");
    };
    if (!t->registry->registerManager(other, s("manager")))
        qFatal("cannot register");
    write(s("UPDATE lifeguard_managers SET process = ?"), {manager.toString()});
    t->own(name0, other);
    if (!worker.isNull())
        write(s("UPDATE lifeguard_workers SET process = ?"), {worker.toString()});
    const qint64 job = t->add();
    t->claimOne(t->worker(name0));
    return job;
}

void TestRescuer::theDeadOfAManagerThatIsGone()
{
    const qint64 job = anotherAtWork(goneProcess(), goneProcess());
    const RescueReport report = look();
    QCOMPARE(report.endedWorkers, QStringList{name0});
    QCOMPARE(report.jobs.size(), 1);
    QVERIFY(report.jobs.first().counted);
    QCOMPARE(toString(t->job(job).status), s("pending"));
    QVERIFY(report.managers.isEmpty());
    // The job's history says whose end it was.
    const QList<Event> events = t->eventsOf(job);
    QCOMPARE(events.size(), 1);
    QVERIFY2(events.first().message.endsWith(s("-0: its manager ended, and it is gone")), qPrintable(events.first().message));
    QVERIFY(look().endedWorkers.isEmpty()); // once
}

void TestRescuer::theLivingAreLeftAlone()
{
    const qint64 job = anotherAtWork(goneProcess(), ProcessIdentity::self());
    for (const milliseconds later : {0ms, 40'000ms, 400'000ms})
        QVERIFY(look(later).endedWorkers.isEmpty());
    QCOMPARE(toString(t->job(job).status), s("processing"));
}

void TestRescuer::aManagerThatDoesNotBeat_data()
{
    QTest::addColumn<bool>("workerLives");
    QTest::addColumn<bool>("beats");
    QTest::addColumn<bool>("rescued");
    QTest::newRow("it is stopped, its worker dead") << false << false << true;
    QTest::newRow("it is stopped, its worker lives") << true << false << false;
    QTest::newRow("it beats, and sees to its dead itself") << false << true << false;
}

/// It is there, but stopped, or it hangs: its dead would keep their jobs for as long.
void TestRescuer::aManagerThatDoesNotBeat()
{
    QFETCH(bool, workerLives);
    QFETCH(bool, beats);
    QFETCH(bool, rescued);
    const qint64 job = anotherAtWork(ProcessIdentity::self(), workerLives ? ProcessIdentity::self() : goneProcess());
    QVERIFY(look().endedWorkers.isEmpty());
    QVERIFY(look(29s).endedWorkers.isEmpty());
    if (beats)
        QVERIFY(t->registry->beatManager(other));
    const RescueReport report = look(2s);
    QCOMPARE(report.endedWorkers.size(), rescued ? 1 : 0);
    QCOMPARE(report.managers, QSet<QString>{other}); // it may go on
    QCOMPARE(toString(t->job(job).status), rescued ? s("pending") : s("processing"));
}

/// A worker that was taken for gone while it was being started claims nothing.
void TestRescuer::registersAfterItsEnd()
{
    t->own(name0, other);
    QVERIFY(t->registry->end(name0, Message::literal(s("gone")), false));
    const auto id = t->registry->registerWorker(s("noop"), name0, s("direct"));
    QVERIFY(!id);
    QVERIFY(id.error().code == ErrorCode::WorkerDead);
    QVERIFY(t->registry->list(t->clock.utcNow().addSecs(-60))->isEmpty() || t->registry->list(t->clock.utcNow().addSecs(-60))->first().id == 0);
    QVERIFY(t->registry->registerWorker(s("noop"), s("of-nobody"), s("direct"))); // no manager of ours: as CLX's
}

void TestRescuer::livesAfterItsEnd_data()
{
    QTest::addColumn<bool>("managerLives");
    QTest::newRow("its manager is gone") << false;
    QTest::newRow("its manager lives") << true;
}

/// Its end was written down by somebody who did not see it, and it works still: its lease ends, and it with it.
void TestRescuer::livesAfterItsEnd()
{
    QFETCH(bool, managerLives);
    const qint64 job = anotherAtWork(managerLives ? ProcessIdentity::self() : goneProcess(), ProcessIdentity::self());
    const Lease lease = t->job(job).lease();
    RawSql raw(t->path());
    QVERIFY(raw.exec(s("UPDATE lifeguard_workers SET ended_at = started_at, reason = 'not seen'")));
    (void)look();
    QCOMPARE(raw.value(s("SELECT status FROM workers")).toString(), managerLives ? s("busy") : s("dead"));
    QCOMPARE(toString(t->job(job).status), managerLives ? s("processing") : s("pending"));
    QCOMPARE(t->queue->acknowledge(lease, 1).has_value(), managerLives);
}

/// Its manager died between starting it and writing down which process it is: its environment tells.
void TestRescuer::notWrittenDownWhichProcessItIs()
{
    QProcess worker;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("LIFEGUARD_EXECUTOR_ID"), name0);
    worker.setProcessEnvironment(environment);
    worker.start(s("sleep"), {s("1000")});
    QVERIFY(worker.waitForStarted());
    EVENTUALLY(processesWithExecutorId({name0}).contains(worker.processId()));
    const qint64 job = anotherAtWork(goneProcess(), {});
    QVERIFY(look().endedWorkers.isEmpty());
    QCOMPARE(t->registry->owned()->first().process, ProcessIdentity::of(worker.processId()).value_or(ProcessIdentity()));
    QCOMPARE(toString(t->job(job).status), s("processing"));
    worker.kill();
    QVERIFY(worker.waitForFinished());
    QCOMPARE(look().endedWorkers, QStringList{name0});
    QCOMPARE(toString(t->job(job).status), s("pending"));
}

void TestRescuer::forgottenJobs_data()
{
    QTest::addColumn<QString>("manager"); // of the worker, which says that it is idle
    QTest::addColumn<int>("maxJobTime"); // of its pool
    QTest::addColumn<int>("after"); // seconds
    QTest::addColumn<bool>("returned");
    QTest::newRow("nobody's, soon") << QString() << 0 << 600 << false;
    QTest::newRow("nobody's, over CLX's limit") << QString() << 0 << 620 << true;
    QTest::newRow("ours, within its limit") << s("me") << 3600 << 3000 << false; // longer than CLX's
    QTest::newRow("ours, over its limit") << s("me") << 3600 << 3620 << true;
    QTest::newRow("another's that lives") << other << 60 << 3000 << false;
}

void TestRescuer::forgottenJobs()
{
    QFETCH(QString, manager);
    QFETCH(int, maxJobTime);
    QFETCH(int, after);
    QFETCH(bool, returned);
    RawSql raw(t->path());
    if (manager == other)
        QVERIFY(t->registry->registerManager(other, s("manager")));
    if (!manager.isEmpty()) {
        t->own(name0, manager);
        QVERIFY(raw.exec(s("UPDATE lifeguard_workers SET process = ?, max_job_time = ?"), {ProcessIdentity::self().toString(), maxJobTime}));
    }
    const qint64 job = t->add();
    t->claimOne(t->worker(name0));
    QVERIFY(raw.exec(s("UPDATE workers SET status = 'idle'")));
    const auto beat = [&] { // as idle workers do
        QVERIFY(raw.exec(s("UPDATE workers SET last_heartbeat = ?"), {t->clock.utcNow().toString(s("yyyy-MM-dd HH:mm:ss"))}));
        if (manager == other)
            QVERIFY(t->registry->beatManager(other));
    };
    for (int passed = 0; passed < after; passed += 20) {
        beat();
        QVERIFY(look().jobs.isEmpty());
        t->clock.advance(20s);
    }
    beat();
    (void)look();
    QCOMPARE(toString(t->job(job).status), returned ? s("pending") : s("processing"));
}

QTEST_GUILESS_MAIN(TestRescuer)
#include "tst_rescuer.moc"
