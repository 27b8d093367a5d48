// SPDX-License-Identifier: GPL-3.0-or-later
// Tests one pool: its states, its count, its back-off, and the consequences of the ends of its workers.
#include "core/pool/workerpool.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

using Action = RestartDecision::Action;

Q_DECLARE_METATYPE(lifeguard::WorkerPool::Adjustment)

namespace {

constexpr milliseconds now = 1000s;

WorkerConfig configOf(int count, RestartMode restart = RestartMode::OnFailure)
{
    WorkerConfig config;
    config.type = s("noop");
    config.count = count;
    config.mode = ExecutionMode::Direct;
    config.restart = restart;
    return config;
}

Message died()
{
    return Message("exit_code", {3});
}

WorkerPool settledPool(int count, RestartMode restart = RestartMode::OnFailure)
{
    WorkerPool pool(s("noop"), configOf(count, restart));
    pool.beginSettling(1);
    pool.settle(ExecutionMode::Direct, {});
    return pool;
}

WorkerPool poolIn(PoolState state)
{
    WorkerPool pool = settledPool(2);
    switch (state) {
    case PoolState::Starting:
        break;
    case PoolState::Running:
        Q_UNUSED(pool.handleRegistration());
        break;
    case PoolState::Paused:
        Q_UNUSED(pool.pause());
        break;
    case PoolState::Stopping:
        Q_UNUSED(pool.beginStopping());
        break;
    case PoolState::Stopped:
        Q_UNUSED(pool.beginStopping());
        pool.completeStopping();
        break;
    case PoolState::CrashLooping:
        pool.handleEnding(WorkerEnding::CannotStart, died(), true, now);
        break;
    }
    return pool;
}

} // namespace

class TestWorkerPool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void commandsChangeTheStateWhereTheyApply_data();
    void commandsChangeTheStateWhereTheyApply();
    void poolIsAdjustedToItsCount_data();
    void poolIsAdjustedToItsCount();
    void onlyStartingAndRunningPoolsAreAdjusted_data();
    void onlyStartingAndRunningPoolsAreAdjusted();
    void backOffDoublesAfterTheFirstReplacement();
    void crashLoopContainsTheAdvice();
    void backOffIsResetByWork();
    void backOffIsResetByTime();
    void fiveDeathsInARowMakeThePoolCrashLoop();
    void workerThatCannotStartMakesThePoolCrashLoop();
    void endedWorkersAreNotReplacedIfRestartIsNever();
    void countCanBeChanged_data();
    void countCanBeChanged();
    void launchingAgainResetsThePool();
    void settlingDeterminesTheMode();
    void failedSettlingMakesThePoolCrashLoop_data();
    void failedSettlingMakesThePoolCrashLoop();
    void settlingInDockerSetsImageAndTimeouts();
    void settlingProgressIsTheReason();
    void matchingAdoptedPoolIsReusedOnce_data();
    void matchingAdoptedPoolIsReusedOnce();
    void reconnectedEngineReplacesExitedWorkers_data();
    void reconnectedEngineReplacesExitedWorkers();
    void poolIsRemovableWhenItHasStopped();
};

void TestWorkerPool::commandsChangeTheStateWhereTheyApply_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<QString>("command");
    QTest::addColumn<bool>("applies");
    QTest::addColumn<int>("expected");
    const auto row = [](const char *name, PoolState state, const char *command, bool applies, PoolState expected) {
        QTest::newRow(name) << int(state) << s(command) << applies << int(expected);
    };
    using enum PoolState;
    row("pause while starting", Starting, "pause", true, Paused);
    row("pause while running", Running, "pause", true, Paused);
    row("pause while paused", Paused, "pause", false, Paused);
    row("pause while stopping", Stopping, "pause", false, Stopping);
    row("pause while stopped", Stopped, "pause", false, Stopped);
    row("pause while crash-looping", CrashLooping, "pause", false, CrashLooping);
    row("resume with registered workers", Paused, "resume", true, Running);
    row("resume without registered workers", Paused, "resume unregistered", true, Starting);
    row("resume while running", Running, "resume", false, Running);
    row("resume while stopped", Stopped, "resume", false, Stopped);
    row("stop while starting", Starting, "stop", true, Stopping);
    row("stop while running", Running, "stop", true, Stopping);
    row("stop while paused", Paused, "stop", true, Stopping);
    row("stop while stopping", Stopping, "stop", true, Stopping);
    row("stop while stopped", Stopped, "stop", false, Stopped);
    row("stop while crash-looping", CrashLooping, "stop", true, Stopping);
    row("registration while starting", Starting, "register", true, Running);
    row("registration while running", Running, "register", false, Running);
    row("registration while paused", Paused, "register", false, Paused);
    row("registration while stopping", Stopping, "register", false, Stopping);
    row("registration while crash-looping", CrashLooping, "register", false, CrashLooping);
}

void TestWorkerPool::commandsChangeTheStateWhereTheyApply()
{
    QFETCH(int, state);
    QFETCH(QString, command);
    WorkerPool pool = poolIn(PoolState(state));
    bool applies = false;
    if (command == s("pause"))
        applies = pool.pause();
    else if (command.startsWith(s("resume")))
        applies = pool.resume(command == s("resume"));
    else if (command == s("stop"))
        applies = pool.beginStopping();
    else if (command == s("register"))
        applies = pool.handleRegistration();
    QTEST(applies, "applies");
    QTEST(int(pool.state()), "expected");
}

void TestWorkerPool::poolIsAdjustedToItsCount_data()
{
    QTest::addColumn<int>("wanted");
    QTest::addColumn<int>("kept");
    QTest::addColumn<WorkerPool::Adjustment>("expected");
    using Adjustment = WorkerPool::Adjustment;
    QTest::newRow("count reached") << 3 << 3 << Adjustment{0, 0, 0ms};
    QTest::newRow("all workers missing") << 3 << 0 << Adjustment{3, 0, 0ms};
    QTest::newRow("one missing") << 3 << 2 << Adjustment{1, 0, 0ms};
    QTest::newRow("one too many") << 3 << 4 << Adjustment{0, 1, 0ms};
    QTest::newRow("count of zero") << 0 << 2 << Adjustment{0, 2, 0ms};
}

void TestWorkerPool::poolIsAdjustedToItsCount()
{
    QFETCH(int, wanted);
    QFETCH(int, kept);
    QTEST(settledPool(wanted).adjustment(kept, now), "expected");
}

void TestWorkerPool::onlyStartingAndRunningPoolsAreAdjusted_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<bool>("isAdjusted");
    QTest::newRow("starting") << int(PoolState::Starting) << true;
    QTest::newRow("running") << int(PoolState::Running) << true;
    QTest::newRow("paused") << int(PoolState::Paused) << false;
    QTest::newRow("stopping") << int(PoolState::Stopping) << false;
    QTest::newRow("stopped") << int(PoolState::Stopped) << false;
    QTest::newRow("crash-looping") << int(PoolState::CrashLooping) << false;
}

void TestWorkerPool::onlyStartingAndRunningPoolsAreAdjusted()
{
    QFETCH(int, state);
    QFETCH(bool, isAdjusted);
    const WorkerPool pool = poolIn(PoolState(state));
    QCOMPARE(pool.adjustment(0, now).start, isAdjusted ? 2 : 0);
    QCOMPARE(pool.adjustment(3, now).stop, isAdjusted ? 1 : 0);
    // The mode of this pool is not settled.
    QCOMPARE(WorkerPool(s("noop"), configOf(2)).adjustment(0, now), WorkerPool::Adjustment());
}

/// The first replacement is immediate, then the wait doubles.
void TestWorkerPool::backOffDoublesAfterTheFirstReplacement()
{
    WorkerPool pool = settledPool(1);
    pool.handleFinishedJob(); // a pool that has worked does not crash-loop
    const QList<milliseconds> waits{0ms, 1s, 2s, 4s, 8s, 16s};
    milliseconds time = now;
    for (const milliseconds wait : waits) {
        QCOMPARE(pool.handleEnding(WorkerEnding::Died, died(), true, time), Action::Restart);
        QCOMPARE(pool.adjustment(0, time), (WorkerPool::Adjustment{1, 0, wait}));
        time += wait;
        QCOMPARE(pool.adjustment(0, time), (WorkerPool::Adjustment{1, 0, 0ms}));
    }
    QCOMPARE(pool.handleEnding(WorkerEnding::Died, died(), true, time), Action::Restart);
    QCOMPARE(pool.reason(time).englishText(),
             s("the next worker is started in 32 s, because 7 workers died in a row; the last one: exit code 3"));
    QVERIFY(pool.reason(time + 32s).isEmpty());
}

/// The reason of a crash loop contains the advice for the last death.
void TestWorkerPool::crashLoopContainsTheAdvice()
{
    const Message advice = Message::literal(s("Use container_root=yes."));
    WorkerPool pool = settledPool(1);
    for (int death = 1; death <= RestartPolicy::crashLoopDeaths; ++death)
        pool.handleEnding(WorkerEnding::Died, died(), true, now, advice);
    QCOMPARE(toString(pool.state()), toString(PoolState::CrashLooping));
    QCOMPARE(pool.reason(now).englishText(),
             s("5 workers died in a row before one of them finished a job. Use container_root=yes. "
               "Cause of the last death: exit code 3"));
    WorkerPool other = settledPool(1);
    other.handleEnding(WorkerEnding::CannotStart, died(), true, now, advice);
    QCOMPARE(other.reason(now).englishText(),
             s("1 worker died before it finished a job. Use container_root=yes. Cause: exit code 3"));
    // A back-off has another reason.
    WorkerPool working = settledPool(1);
    working.handleFinishedJob();
    for (int death = 1; death <= 2; ++death)
        working.handleEnding(WorkerEnding::Died, died(), true, now, advice);
    QVERIFY(!working.reason(now).englishText().contains(s("container_root")));
}

void TestWorkerPool::backOffIsResetByWork()
{
    WorkerPool pool = settledPool(1);
    for (int i = 0; i < 4; ++i)
        pool.handleEnding(WorkerEnding::Died, died(), true, now);
    pool.handleFinishedJob();
    QCOMPARE(pool.handleEnding(WorkerEnding::Died, died(), true, now + 10s), Action::Restart);
    QCOMPARE(pool.adjustment(0, now + 10s).wait, 0ms);
}

void TestWorkerPool::backOffIsResetByTime()
{
    WorkerPool pool = settledPool(1);
    for (int i = 0; i < 4; ++i)
        pool.handleEnding(WorkerEnding::Died, died(), true, now);
    QCOMPARE(pool.handleEnding(WorkerEnding::Died, died(), true, now + RestartPolicy::resetAfter + 1ms),
             Action::Restart);
    QCOMPARE(toString(pool.state()), toString(PoolState::Starting));
}

void TestWorkerPool::fiveDeathsInARowMakeThePoolCrashLoop()
{
    WorkerPool pool = settledPool(8); // all workers of a pool share one count
    for (int death = 1; death < RestartPolicy::crashLoopDeaths; ++death)
        QCOMPARE(pool.handleEnding(WorkerEnding::Died, died(), false, now), Action::Restart);
    QCOMPARE(pool.handleEnding(WorkerEnding::Died, died(), false, now), Action::CrashLoop);
    QCOMPARE(toString(pool.state()), toString(PoolState::CrashLooping));
    QCOMPARE(pool.reason(now).englishText(),
             s("5 workers died in a row before one of them finished a job; the last one: exit code 3"));
    QCOMPARE(pool.handleEnding(WorkerEnding::Died, died(), true, now), Action::Restart); // a late death changes nothing
    QCOMPARE(toString(pool.state()), toString(PoolState::CrashLooping));
    QCOMPARE(pool.adjustment(0, now), WorkerPool::Adjustment());
}

void TestWorkerPool::workerThatCannotStartMakesThePoolCrashLoop()
{
    WorkerPool pool = settledPool(3);
    pool.handleFinishedJob();
    QCOMPARE(pool.handleEnding(WorkerEnding::CannotStart, Message::literal(s("no such file")), false, now),
             Action::CrashLoop);
    QCOMPARE(pool.reason(now).englishText(), s("no such file"));
}

void TestWorkerPool::endedWorkersAreNotReplacedIfRestartIsNever()
{
    WorkerPool pool = settledPool(3, RestartMode::Never);
    QCOMPARE(pool.handleEnding(WorkerEnding::Died, died(), false, now), Action::DoNotReplace);
    QCOMPARE(toString(pool.state()), toString(PoolState::Starting));
    QCOMPARE(pool.adjustment(2, now), WorkerPool::Adjustment());
    QCOMPARE(pool.reason(now).englishText(), s("1 ended worker is not replaced (restart=never): exit code 3"));
    pool.declineReplacement(died(), false);
    QCOMPARE(pool.reason(now).englishText(),
             s("2 ended workers are not replaced (restart=never); the last one: exit code 3"));
    QCOMPARE(pool.handleEnding(WorkerEnding::ExitedAfterWork, died(), true, now), Action::DoNotReplace);
    QCOMPARE(toString(pool.state()), toString(PoolState::Stopped));
    pool.launchAgain();
    pool.beginSettling(2);
    pool.settle(ExecutionMode::Direct, {});
    QCOMPARE(pool.adjustment(0, now).start, 3);
}

void TestWorkerPool::countCanBeChanged_data()
{
    QTest::addColumn<int>("changed");
    QTest::addColumn<bool>("applies");
    QTest::addColumn<int>("expected");
    QTest::newRow("larger") << 5 << true << 5;
    QTest::newRow("smaller") << 1 << true << 1;
    QTest::newRow("zero") << 0 << true << 0;
    QTest::newRow("unchanged") << 2 << false << 2;
    QTest::newRow("negative") << -1 << false << 2;
    QTest::newRow("too large") << 1001 << false << 2;
}

void TestWorkerPool::countCanBeChanged()
{
    QFETCH(int, changed);
    QFETCH(int, expected);
    WorkerPool pool = settledPool(2);
    pool.declineReplacement(died(), false);
    QTEST(pool.setCount(changed), "applies");
    QCOMPARE(pool.config().count, expected);
    if (changed > 0 && changed == expected && changed != 2)
        QCOMPARE(pool.adjustment(0, now).start, changed); // workers that were not replaced are replaced now
    pool.lowerCount();
    QCOMPARE(pool.config().count, std::max(0, expected - 1));
}

void TestWorkerPool::launchingAgainResetsThePool()
{
    for (const PoolState state :
         {PoolState::Stopped, PoolState::CrashLooping, PoolState::Paused, PoolState::Stopping}) {
        WorkerPool pool = poolIn(state);
        QVERIFY(pool.setCount(0));
        pool.removeWhenStopped();
        pool.launchAgain();
        QCOMPARE(toString(pool.state()), toString(PoolState::Starting));
        QCOMPARE(pool.config().count, 1);
        QVERIFY(pool.reason(now).isEmpty());
        QVERIFY(!pool.isRemovable());
        // Earlier deaths do not count any more.
        QCOMPARE(pool.handleEnding(WorkerEnding::Died, died(), true, now), Action::Restart);
        QCOMPARE(pool.adjustment(0, now).wait, 0ms);
    }
}

void TestWorkerPool::settlingDeterminesTheMode()
{
    WorkerConfig config = configOf(1);
    config.mode = ExecutionMode::Auto;
    WorkerPool pool(s("noop"), config);
    QVERIFY(!pool.isSettled());
    pool.beginSettling(7);
    QVERIFY(pool.isSettling(7));
    pool.beginSettling(8);
    QVERIFY(!pool.isSettling(7)); // outdated
    QVERIFY(pool.info(now).mode.isEmpty());
    pool.settle(ExecutionMode::Direct, Message("mode_direct", {s("Docker is not installed")}));
    QVERIFY(pool.isSettled() && !pool.isSettling(8));
    QCOMPARE(toString(pool.config().mode), toString(ExecutionMode::Direct));
    QCOMPARE(toString(pool.requestedConfig().mode), toString(ExecutionMode::Auto));
    QCOMPARE(pool.info(now).mode, s("direct"));
    QCOMPARE(pool.info(now).modeReason, s("direct: Docker is not installed"));
}

void TestWorkerPool::failedSettlingMakesThePoolCrashLoop_data()
{
    QTest::addColumn<bool>("isStopping");
    QTest::addColumn<int>("expected");
    QTest::newRow("while it is starting") << false << int(PoolState::CrashLooping);
    QTest::newRow("while it is being stopped") << true << int(PoolState::Stopping);
}

void TestWorkerPool::failedSettlingMakesThePoolCrashLoop()
{
    QFETCH(bool, isStopping);
    WorkerPool pool(s("noop"), configOf(1));
    pool.beginSettling(1);
    if (isStopping)
        QVERIFY(pool.beginStopping());
    QCOMPARE(pool.failSettling(Message::literal(s("no engine"))), !isStopping);
    QTEST(int(pool.state()), "expected");
    QCOMPARE(pool.reason(now).englishText(), isStopping ? QString() : s("no engine"));
    QVERIFY(!pool.isSettling(1)); // a late answer is ignored
}

void TestWorkerPool::settlingInDockerSetsImageAndTimeouts()
{
    WorkerConfig config = configOf(1);
    config.mode = ExecutionMode::Auto;
    config.staleAfter = 3s;
    config.hungAfter = 6s;
    WorkerPool pool(s("noop"), config);
    pool.beginSettling(1);
    pool.settle(ExecutionMode::Docker, {});
    QCOMPARE(pool.config().image, s("lifeguard-noop:latest"));
    QVERIFY(pool.requestedConfig().image.isEmpty());
    QCOMPARE(pool.config().staleAfter, minStaleAfterInContainers); // containers beat every 5 s
    QCOMPARE(pool.config().hungAfter, minStaleAfterInContainers);
}

void TestWorkerPool::settlingProgressIsTheReason()
{
    WorkerPool pool(s("noop"), configOf(1));
    pool.beginSettling(1);
    pool.setSettlingProgress(Message("image_check", {s("x")}));
    QCOMPARE(pool.reason(now).englishText(), s("checking whether Docker has the image x"));
    pool.settle(ExecutionMode::Direct, {});
    QVERIFY(pool.reason(now).isEmpty());
    pool.setSettlingProgress(Message("image_check", {s("x")}));
    QVERIFY(pool.reason(now).isEmpty());
}

void TestWorkerPool::matchingAdoptedPoolIsReusedOnce_data()
{
    QTest::addColumn<WorkerConfig>("requested");
    QTest::addColumn<bool>("matches");
    WorkerConfig config = configOf(3);
    QTest::newRow("the same, with another count") << config << true;
    config.mode = ExecutionMode::Auto;
    QTest::newRow("mode auto") << config << true;
    config.mode = ExecutionMode::Docker;
    QTest::newRow("another mode") << config << false;
    config = configOf(1);
    config.type = s("other");
    QTest::newRow("another type") << config << false;
    config = configOf(1);
    config.command = QStringList{s("/bin/worker")};
    QTest::newRow("another command") << config << false;
    config = configOf(1);
    config.image = s("mine");
    QTest::newRow("another image") << config << false;
}

void TestWorkerPool::matchingAdoptedPoolIsReusedOnce()
{
    QFETCH(WorkerConfig, requested);
    QFETCH(bool, matches);
    WorkerPool pool = WorkerPool::adopted(s("noop"), configOf(1));
    QVERIFY(pool.isSettled());
    QCOMPARE(pool.canBeReused(requested), matches);
    QVERIFY(!settledPool(1).canBeReused(requested)); // launched by a user
    if (!matches)
        return;
    pool.reuse(requested);
    QCOMPARE(pool.config().count, 3);
    QCOMPARE(toString(pool.config().mode), toString(ExecutionMode::Direct));
    QCOMPARE(toString(pool.requestedConfig().mode), toString(requested.mode));
    QVERIFY(!pool.canBeReused(requested)); // once
}

void TestWorkerPool::reconnectedEngineReplacesExitedWorkers_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("restart");
    QTest::addColumn<bool>("hasLeft");
    QTest::addColumn<bool>("isAdjusted");
    const int docker = int(ExecutionMode::Docker);
    QTest::newRow("a worker has exited") << docker << int(RestartMode::OnFailure) << true << true;
    QTest::newRow("no worker has exited") << docker << int(RestartMode::OnFailure) << false << false;
    QTest::newRow("restart=never") << docker << int(RestartMode::Never) << true << false;
    QTest::newRow("a direct pool") << int(ExecutionMode::Direct) << int(RestartMode::OnFailure) << true << false;
}

void TestWorkerPool::reconnectedEngineReplacesExitedWorkers()
{
    QFETCH(int, mode);
    QFETCH(int, restart);
    QFETCH(bool, hasLeft);
    QFETCH(bool, isAdjusted);
    WorkerConfig config = configOf(1, RestartMode(restart));
    config.mode = ExecutionMode(mode);
    config.image = s("x");
    WorkerPool pool(s("noop"), config);
    pool.beginSettling(1);
    pool.settle(ExecutionMode(mode), {});
    if (hasLeft)
        pool.handleEnding(WorkerEnding::Exited, died(), true, now);
    QCOMPARE(toString(pool.state()), toString(hasLeft ? PoolState::Stopped : PoolState::Starting));
    QCOMPARE(pool.handleEngineReconnected(), isAdjusted);
    QCOMPARE(pool.adjustment(0, now).start, isAdjusted || !hasLeft ? 1 : 0);
}

void TestWorkerPool::poolIsRemovableWhenItHasStopped()
{
    WorkerPool pool = poolIn(PoolState::Running);
    pool.removeWhenStopped();
    QVERIFY(!pool.isRemovable());
    QVERIFY(pool.beginStopping());
    QVERIFY(!pool.isRemovable());
    pool.completeStopping();
    QVERIFY(pool.isRemovable());
}

QTEST_GUILESS_MAIN(TestWorkerPool)
#include "tst_workerpool.moc"
