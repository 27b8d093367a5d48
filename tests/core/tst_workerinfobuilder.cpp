// SPDX-License-Identifier: GPL-3.0-or-later
// Tests what the views show about workers and pools.
#include "core/pool/managedworker.h"
#include "core/pool/poolinfobuilder.h"
#include "core/pool/pooltable.h"
#include "core/pool/snapshotindex.h"
#include "core/pool/workerinfobuilder.h"
#include "core/pool/workertable.h"
#include "tests/support/testhelpers.h"

#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds now = 1000s;
const QDateTime utcNow(QDate(2026, 1, 1), QTime(12, 0), Qt::UTC);

ManagedWorker runningWorker()
{
    ManagedWorker worker;
    worker.executorId = s("direct-noop-2-1234");
    worker.pool = s("noop");
    worker.index = 2;
    worker.config.type = s("noop");
    worker.config.mode = ExecutionMode::Direct;
    worker.phase = ManagedWorker::Phase::Running;
    worker.workerId = 7;
    worker.row.id = 7;
    worker.row.status = WorkerStatus::Idle;
    return worker;
}

StoreSnapshot snapshotWithJob()
{
    StoreSnapshot snapshot;
    snapshot.running.append({12, 7, 1, s("noop"), s("/work/classes.puml"), utcNow.addSecs(-30)});
    snapshot.running.append({13, 8, 1, s("noop"), {}, utcNow.addSecs(-3)});
    snapshot.counts[s("noop")].pending = 5;
    return snapshot;
}

} // namespace

Q_DECLARE_METATYPE(lifeguard::ManagedWorker)
Q_DECLARE_METATYPE(lifeguard::WorkerRow)

class TestWorkerInfoBuilder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jobsAreNamedByInputOrNumber();
    void stateFollowsTheRowOrTheVerdict_data();
    void stateFollowsTheRowOrTheVerdict();
    void reasonsDescribeTheNextStep_data();
    void reasonsDescribeTheNextStep();
    void beatOverridesTheDatabase();
    void endedWorkerShowsItsReason();
    void rowsOfOtherManagersAreShown_data();
    void rowsOfOtherManagersAreShown();
    void poolsCountTheirWorkers();

private:
    const SnapshotIndex m_snapshot{snapshotWithJob()};
    const WorkerInfoBuilder m_builder{m_snapshot, now, utcNow};
};

void TestWorkerInfoBuilder::jobsAreNamedByInputOrNumber()
{
    QCOMPARE(m_snapshot.jobName(12).englishText(), s("classes.puml"));
    QCOMPARE(m_snapshot.jobNameWithNumber(12).englishText(), s("classes.puml (job 12)"));
    QCOMPARE(m_snapshot.jobName(13).englishText(), s("job 13")); // without an input file
    QCOMPARE(m_snapshot.jobNameWithNumber(13).englishText(), s("job 13"));
    QCOMPARE(m_snapshot.jobName(99).englishText(), s("job 99")); // not running
    QCOMPARE(m_snapshot.runningJobOf(7)->id, 12);
    QVERIFY(!m_snapshot.runningJobOf(9));
    QVERIFY(!m_snapshot.runningJobOf(0));
}

void TestWorkerInfoBuilder::stateFollowsTheRowOrTheVerdict_data()
{
    QTest::addColumn<int>("verdict");
    QTest::addColumn<int>("status");
    QTest::addColumn<bool>("isRegistered");
    QTest::addColumn<int>("state");
    const auto row = [](const char *name, WorkerState verdict, WorkerStatus status, bool isRegistered,
                        WorkerState state) {
        QTest::newRow(name) << int(verdict) << int(status) << isRegistered << int(state);
    };
    row("not registered", WorkerState::Starting, WorkerStatus::None, false, WorkerState::Starting);
    row("registered since the verdict", WorkerState::Starting, WorkerStatus::Idle, true, WorkerState::Idle);
    row("busy since the verdict", WorkerState::Idle, WorkerStatus::Busy, true, WorkerState::Busy);
    row("idle since the verdict", WorkerState::Busy, WorkerStatus::Idle, true, WorkerState::Idle);
    row("suspect", WorkerState::Suspect, WorkerStatus::Busy, true, WorkerState::Suspect);
    row("hung", WorkerState::Hung, WorkerStatus::Busy, true, WorkerState::Hung);
    row("unknown", WorkerState::Unknown, WorkerStatus::Busy, true, WorkerState::Unknown);
}

void TestWorkerInfoBuilder::stateFollowsTheRowOrTheVerdict()
{
    QFETCH(int, verdict);
    QFETCH(int, status);
    QFETCH(bool, isRegistered);
    ManagedWorker worker = runningWorker();
    worker.workerId = isRegistered ? 7 : 0;
    worker.verdict.state = WorkerState(verdict);
    worker.row.status = WorkerStatus(status);
    QTEST(int(m_builder.build(worker).state), "state");
}

void TestWorkerInfoBuilder::reasonsDescribeTheNextStep_data()
{
    QTest::addColumn<ManagedWorker>("worker");
    QTest::addColumn<QString>("reason");
    ManagedWorker worker = runningWorker();
    worker.verdict = {WorkerState::Suspect, Message("no_beat", {s("38 s")}), Remedy::None, 21500ms};
    QTest::newRow("suspect") << worker << s("no beat for 38 s; counts as hung in 22 s unless it becomes active");
    worker.verdict.hungIn.reset();
    QTest::newRow("suspect, never hung") << worker << s("no beat for 38 s");
    worker = runningWorker();
    worker.requestEnd(EndCause::Stop, Message("stopped_by_user"), now + 9500ms);
    QTest::newRow("stopping") << worker << s("stopped by the user; will be killed in 10 s");
    worker.killAt = now;
    QTest::newRow("KILL was sent") << worker << s("stopped by the user");
    worker = runningWorker();
    worker.requestEnd(EndCause::Stop, Message("drained_by_user"), {});
    QTest::newRow("draining while idle") << worker << s("drained by the user");
    worker.row.status = WorkerStatus::Busy;
    QTest::newRow("draining while busy") << worker << s("drained by the user; ends when its job is done");
}

void TestWorkerInfoBuilder::reasonsDescribeTheNextStep()
{
    QFETCH(ManagedWorker, worker);
    const WorkerInfo info = m_builder.build(worker);
    QTEST(info.reason, "reason");
    QCOMPARE(toString(info.state), toString(worker.isEnding() ? WorkerState::Stopping : WorkerState::Suspect));
}

void TestWorkerInfoBuilder::beatOverridesTheDatabase()
{
    // Without a beat channel, the data comes from the database.
    ManagedWorker worker = runningWorker();
    worker.row.status = WorkerStatus::Busy;
    worker.row.lastHeartbeat = utcNow.addSecs(-4);
    WorkerInfo info = m_builder.build(worker);
    QCOMPARE(info.jobName, s("classes.puml"));
    QCOMPARE(info.jobAge.value_or(0s), 30s);
    QCOMPARE(info.beatAge.value_or(0s), 4s);
    // With a beat channel, the data comes from the beat.
    QTemporaryDir folder;
    worker.beats = std::move(BeatFile::create(folder.filePath(s("x.beats")), 1).value());
    worker.beatSlot = 0;
    info = m_builder.build(worker);
    QCOMPARE(toString(info.state), toString(WorkerState::Idle));
    QVERIFY(!info.beatAge);
    worker.beats->write(0, {0, WorkerPhase::Working, 7, 13, 1, now - 2s});
    worker.beats->beat(0);
    worker.signs.addBeat(worker.beat(), now - 1s);
    info = m_builder.build(worker);
    QCOMPARE(toString(info.state), toString(WorkerState::Busy));
    QCOMPARE(info.jobName, s("job 13"));
    QCOMPARE(info.jobAge.value_or(0s), 2s);
    QCOMPARE(info.beatAge.value_or(0s), 1s);
}

void TestWorkerInfoBuilder::endedWorkerShowsItsReason()
{
    WorkerTable table;
    ManagedWorker &worker = table.add(runningWorker());
    table.markEnded(worker, WorkerState::Dead, Message("exit_code", {3}), utcNow);
    const WorkerInfo info = m_builder.build(worker);
    QCOMPARE(toString(info.state), toString(WorkerState::Dead));
    QCOMPARE(info.reason, s("exit code 3"));
    QCOMPARE(toString(info.storedStatus), toString(WorkerStatus::Dead));
    QCOMPARE(info.endedAt, utcNow);
    QVERIFY(info.own);
    QCOMPARE(info.jobId, 0);
}

void TestWorkerInfoBuilder::rowsOfOtherManagersAreShown_data()
{
    QTest::addColumn<WorkerRow>("row");
    QTest::addColumn<int>("state");
    const auto add = [](const char *name, WorkerStatus status, WorkerState state, bool hasEnded = false,
                        bool wanted = false) {
        WorkerRow row;
        row.id = 7;
        row.executorId = s("direct-noop-0-1234");
        row.status = status;
        row.lastHeartbeat = utcNow.addSecs(-10);
        row.wanted = wanted;
        if (hasEnded)
            row.endedAt = utcNow.addSecs(-5);
        QTest::newRow(name) << row << int(state);
    };
    add("starting", WorkerStatus::None, WorkerState::Starting);
    add("created by CLM", WorkerStatus::Created, WorkerState::Starting);
    add("idle", WorkerStatus::Idle, WorkerState::Idle);
    add("busy", WorkerStatus::Busy, WorkerState::Busy);
    add("hung", WorkerStatus::Hung, WorkerState::Hung);
    add("dead", WorkerStatus::Dead, WorkerState::Dead);
    add("stopped", WorkerStatus::Dead, WorkerState::Stopped, true, true);
    add("ended before it registered", WorkerStatus::None, WorkerState::Dead, true);
}

void TestWorkerInfoBuilder::rowsOfOtherManagersAreShown()
{
    QFETCH(WorkerRow, row);
    const WorkerInfo info = m_builder.build(row);
    QTEST(int(info.state), "state");
    QVERIFY(!info.own);
    QCOMPARE(info.mode, s("direct")); // from its id
    if (info.isAlive()) {
        QCOMPARE(info.beatAge.value_or(0s), 10s);
        QCOMPARE(info.jobId, 12);
    } else {
        QVERIFY(info.endedAt.isValid());
    }
}

void TestWorkerInfoBuilder::poolsCountTheirWorkers()
{
    PoolTable pools;
    WorkerTable workers;
    WorkerConfig config;
    config.type = s("noop");
    config.mode = ExecutionMode::Direct;
    pools.add(WorkerPool::adopted(s("noop"), config));
    pools.add(WorkerPool(s("noop-2"), config));
    ManagedWorker busy = runningWorker();
    busy.row.status = WorkerStatus::Busy;
    workers.add(busy);
    ManagedWorker idle = runningWorker();
    idle.executorId = s("b");
    workers.add(idle);
    ManagedWorker starting = runningWorker();
    starting.executorId = s("c");
    starting.workerId = 0;
    workers.add(starting);
    const QList<PoolInfo> infos = PoolInfoBuilder(pools, workers, m_snapshot, now).build();
    QCOMPARE(infos.size(), 2);
    QCOMPARE(infos.first().name, s("noop"));
    QCOMPARE(infos.first().alive, 2);
    QCOMPARE(infos.first().busy, 1);
    QCOMPARE(infos.first().pendingJobs, 5);
    QCOMPARE(infos.first().mode, s("direct"));
    QCOMPARE(infos.last().alive, 0);
    QVERIFY(infos.last().mode.isEmpty()); // its mode is not settled
}

QTEST_GUILESS_MAIN(TestWorkerInfoBuilder)
#include "tst_workerinfobuilder.moc"
