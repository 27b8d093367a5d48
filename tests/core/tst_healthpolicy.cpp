// SPDX-License-Identifier: GPL-3.0-or-later
// What is made of what is known of a worker: the process table beats the heartbeat, and the heartbeat beats a guess.
#include "core/health/healthpolicy.h"
#include "core/model/workerstate.h"

#include "core/base/durationtext.h"

#include <QTest>

#include <functional>

using namespace lifeguard;
using namespace std::chrono_literals;

namespace {

constexpr qint64 mb = 1024 * 1024;

Observation idle()
{
    Observation o;
    o.registered = true;
    o.age = 60s;
    o.beatAge = 1s;
    o.processState = 'S';
    return o;
}

/// As if stopped by a signal in the middle of a job: nothing has moved for that long.
Observation still(milliseconds duration)
{
    Observation o = idle();
    o.busy = true;
    o.jobAge = 70s;
    o.beatAge = o.cpuStill = o.outputStill = duration;
    return o;
}

Observation busy()
{
    Observation o = idle();
    o.busy = true;
    o.jobAge = 5s;
    return o;
}

} // namespace

class TestHealthPolicy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void assess_data();
    void assess();
    void hungIn();
    void spoken_data();
    void spoken();
};

void TestHealthPolicy::assess_data()
{
    QTest::addColumn<Observation>("observation");
    QTest::addColumn<QString>("state");
    QTest::addColumn<int>("remedy");
    QTest::addColumn<QStringList>("words"); // all in the reason; empty: no reason
    const auto row = [](const char *name, Observation o, const std::function<void(Observation &)> &change, WorkerState state,
                        Remedy remedy = Remedy::None, const QStringList &words = {}) {
        change(o);
        QTest::newRow(name) << o << toString(state) << static_cast<int>(remedy) << words;
    };
    const auto asItIs = [](Observation &) {};
    row("idle", idle(), asItIs, WorkerState::Idle);
    row("busy", busy(), asItIs, WorkerState::Busy);
    row("beat unknown", idle(), [](Observation &o) { o.beatAge.reset(); }, WorkerState::Idle);

    // The process table beats everything.
    row("process gone", busy(), [](Observation &o) { o.processPresent = false; }, WorkerState::Dead, Remedy::None, {QStringLiteral("gone")});
    row("process gone while starting", Observation(), [](Observation &o) { o.processPresent = false; }, WorkerState::Dead, Remedy::None,
        {QStringLiteral("gone")});
    row("process gone while stopping", idle(), [](Observation &o) { o.processPresent = false; o.stopping = true; }, WorkerState::Dead,
        Remedy::None, {QStringLiteral("gone")});
    row("stopping, whatever else", busy(),
        [](Observation &o) { o.stopping = true; o.beatAge = 99s; o.jobAge = 9999s; o.memoryLimitBytes = 1; o.memoryBytes = 2; },
        WorkerState::Stopping);

    // Starting.
    row("starting", Observation(), [](Observation &o) { o.age = 30s; }, WorkerState::Starting);
    row("not registered in time", Observation(), [](Observation &o) { o.age = 30001ms; }, WorkerState::Starting, Remedy::Stop,
        {QStringLiteral("30 s")});
    row("not registered in its own time", Observation(), [](Observation &o) { o.registrationTimeout = 5s; o.age = 6s; },
        WorkerState::Starting, Remedy::Stop, {QStringLiteral("5 s")});

    // Where nothing can be learnt, nothing is judged; a check of its own says something.
    const QString away = QStringLiteral("nobody listens");
    row("unknown", busy(), [=](Observation &o) { o.unknownWhy = away; o.beatAge = 99s; o.jobAge = 9999s; }, WorkerState::Unknown, Remedy::None, {away});
    row("unknown while starting", Observation(), [=](Observation &o) { o.unknownWhy = away; o.age = 99s; }, WorkerState::Unknown, Remedy::None, {away});
    row("unknown while stopping", idle(), [=](Observation &o) { o.unknownWhy = away; o.stopping = true; }, WorkerState::Stopping);
    row("its own check fails", busy(), [](Observation &o) { o.unhealthy = true; }, WorkerState::Suspect, Remedy::None, {QStringLiteral("health check")});
    row("its own check fails, and it is hung", still(60s), [](Observation &o) { o.unhealthy = true; }, WorkerState::Hung, Remedy::Stop,
        {QStringLiteral("no beat for 60 s")});

    // Jobs over their limit: the worker acts at it, the monitor 15 s later.
    row("job at its limit", busy(), [](Observation &o) { o.jobAge = 600s; }, WorkerState::Busy);
    row("job at its limit and the slack", busy(), [](Observation &o) { o.jobAge = 615s; }, WorkerState::Busy);
    row("job over its limit", busy(), [](Observation &o) { o.jobAge = 615001ms; }, WorkerState::Hung, Remedy::Stop,
        {QStringLiteral("10 min"), QStringLiteral("limit")});
    row("job over a limit of its own", busy(), [](Observation &o) { o.maxJobTime = 5s; o.jobAge = 38s; }, WorkerState::Hung, Remedy::Stop,
        {QStringLiteral("38 s"), QStringLiteral("5 s")});
    row("job over its limit, left alone", busy(), [](Observation &o) { o.jobAge = 616s; o.restartHung = false; }, WorkerState::Hung,
        Remedy::None, {QStringLiteral("limit")});
    row("job over its limit, beating well", busy(), [](Observation &o) { o.jobAge = 700s; o.beatAge = 0s; }, WorkerState::Hung,
        Remedy::Stop, {QStringLiteral("11 min")});
    row("job over its limit, no channel", busy(), [](Observation &o) { o.jobAge = 700s; o.hasBeatChannel = false; o.beatAge.reset(); },
        WorkerState::Hung, Remedy::Stop, {QStringLiteral("limit")});
    row("age of an earlier job while idle", idle(), [](Observation &o) { o.jobAge = 9999s; }, WorkerState::Idle);

    // A stale beat alone makes a worker suspect, never more.
    row("beat just fresh", idle(), [](Observation &o) { o.beatAge = 30s; }, WorkerState::Idle);
    row("beat stale, idle", idle(), [](Observation &o) { o.beatAge = 38s; }, WorkerState::Suspect, Remedy::None, {QStringLiteral("38 s")});
    row("beat stale, busy", busy(), [](Observation &o) { o.beatAge = 38s; }, WorkerState::Suspect, Remedy::None, {QStringLiteral("38 s")});
    row("beat stale for days", busy(), [](Observation &o) { o.beatAge = 72h; }, WorkerState::Suspect, Remedy::None, {QStringLiteral("3 days")});
    row("beat stale, stopped by a signal", idle(), [](Observation &o) { o.beatAge = 38s; o.processState = 'T'; }, WorkerState::Suspect,
        Remedy::None, {QStringLiteral("38 s"), QStringLiteral("(T)")});
    row("no channel: never suspect while busy", busy(), [](Observation &o) { o.beatAge = 500s; o.hasBeatChannel = false; }, WorkerState::Busy);
    row("no channel: suspect while idle", idle(), [](Observation &o) { o.beatAge = 500s; o.hasBeatChannel = false; }, WorkerState::Suspect,
        Remedy::None, {QStringLiteral("8 min")});

    row("a moment too late, by its own time", busy(), [](Observation &o) { o.staleAfter = 5s; o.beatAge = 5001ms; }, WorkerState::Suspect,
        Remedy::None, {QStringLiteral("5 s")});

    // Hung needs beat, CPU and output to stand still.
    row("still, but not long enough", still(59s), asItIs, WorkerState::Suspect, Remedy::None,
        {QStringLiteral("no beat for 59 s"), QStringLiteral("CPU 0.0 %"), QStringLiteral("silent for 59 s")});
    row("still for long enough", still(60s), asItIs, WorkerState::Hung, Remedy::Stop,
        {QStringLiteral("no beat for 60 s"), QStringLiteral("CPU 0.0 %"), QStringLiteral("silent for 60 s")});
    row("still and stopped", still(61s), [](Observation &o) { o.processState = 'T'; o.stopped = 61s; }, WorkerState::Hung, Remedy::Stop,
        {QStringLiteral("process is stopped (T)")});
    row("still for its own time", still(10s), [](Observation &o) { o.staleAfter = 3s; o.hungAfter = 10s; }, WorkerState::Hung, Remedy::Stop,
        {QStringLiteral("10 s")});
    row("still, and left alone", still(60s), [](Observation &o) { o.restartHung = false; }, WorkerState::Hung, Remedy::None,
        {QStringLiteral("60 s")});
    row("still, idle", still(60s), [](Observation &o) { o.busy = false; }, WorkerState::Hung, Remedy::Stop, {QStringLiteral("60 s")});
    row("no beat, but CPU", still(300s), [](Observation &o) { o.cpuStill = 0s; o.cpuPercent = 96; }, WorkerState::Suspect, Remedy::None,
        {QStringLiteral("CPU 96.0 %")});
    row("no beat, CPU a moment ago", still(300s), [](Observation &o) { o.cpuStill = 59s; }, WorkerState::Suspect, Remedy::None,
        {QStringLiteral("5 min")});
    row("no beat, but output", still(300s), [](Observation &o) { o.outputStill = 2s; }, WorkerState::Suspect, Remedy::None,
        {QStringLiteral("silent for 2 s")});
    row("no CPU, no output, but a beat", still(300s), [](Observation &o) { o.beatAge = 1s; }, WorkerState::Busy);
    row("CPU unknown", still(300s), [](Observation &o) { o.cpuStill.reset(); }, WorkerState::Suspect, Remedy::None, {QStringLiteral("5 min")});
    row("held by a debugger", still(300s), [](Observation &o) { o.processState = 't'; }, WorkerState::Suspect, Remedy::None,
        {QStringLiteral("debugger")});
    row("waits for a device", still(45s), [](Observation &o) { o.processState = 'D'; }, WorkerState::Suspect, Remedy::None,
        {QStringLiteral("(D)")});
    row("no channel, busy, still", still(300s), [](Observation &o) { o.hasBeatChannel = false; }, WorkerState::Busy);
    row("no channel, busy, stopped for a moment", still(300s), [](Observation &o) { o.hasBeatChannel = false; o.processState = 'T'; o.stopped = 20s; },
        WorkerState::Busy);
    row("no channel, busy, stopped", still(300s), [](Observation &o) { o.hasBeatChannel = false; o.processState = 'T'; o.stopped = 40s; },
        WorkerState::Suspect, Remedy::None, {QStringLiteral("(T)")});
    row("no channel, busy, stopped for long", still(300s), [](Observation &o) { o.hasBeatChannel = false; o.processState = 'T'; o.stopped = 60s; },
        WorkerState::Hung, Remedy::Stop, {QStringLiteral("(T)")});
    row("no channel, idle, still", still(300s), [](Observation &o) { o.hasBeatChannel = false; o.busy = false; }, WorkerState::Suspect, Remedy::None,
        {QStringLiteral("5 min")});

    // Memory of the whole tree.
    row("memory at its limit", busy(), [](Observation &o) { o.memoryLimitBytes = o.memoryBytes = 512 * mb; }, WorkerState::Busy);
    row("memory over its limit", busy(), [](Observation &o) { o.memoryLimitBytes = 512 * mb; o.memoryBytes = 513 * mb; }, WorkerState::Busy,
        Remedy::Kill, {QStringLiteral("512 MB")});
    row("memory over its limit, idle", idle(), [](Observation &o) { o.memoryLimitBytes = 512 * mb; o.memoryBytes = 513 * mb; },
        WorkerState::Idle, Remedy::Kill, {QStringLiteral("512 MB")});
    row("memory without a limit", busy(), [](Observation &o) { o.memoryBytes = 99'999 * mb; }, WorkerState::Busy);
}

void TestHealthPolicy::assess()
{
    QFETCH(Observation, observation);
    QFETCH(QString, state);
    QFETCH(int, remedy);
    QFETCH(QStringList, words);
    const Verdict verdict = HealthPolicy::assess(observation);
    QCOMPARE(toString(verdict.state), state);
    QCOMPARE(static_cast<int>(verdict.remedy), remedy);
    QCOMPARE(verdict.reason.isEmpty(), words.isEmpty());
    for (const QString &word : words)
        QVERIFY2(verdict.reason.contains(word), qPrintable(verdict.reason));
}

void TestHealthPolicy::hungIn()
{
    // The countdown follows what has stood still for the shortest time.
    Observation o = still(40s);
    QCOMPARE(HealthPolicy::assess(o).hungIn.value_or(0s), milliseconds(20s));
    o.outputStill = 10s;
    QCOMPARE(HealthPolicy::assess(o).hungIn.value_or(0s), milliseconds(50s));
    o.cpuStill = 0s;
    QCOMPARE(HealthPolicy::assess(o).hungIn.value_or(0s), milliseconds(60s));
    o.processState = 't'; // somebody looks at it: never hung
    QVERIFY(!HealthPolicy::assess(o).hungIn);
    QVERIFY(!HealthPolicy::assess(busy()).hungIn);
    QVERIFY(!HealthPolicy::assess(still(60s)).hungIn);
}

void TestHealthPolicy::spoken_data()
{
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << qint64(0) << QStringLiteral("0 s");
    QTest::newRow("seconds") << qint64(38'900) << QStringLiteral("38 s");
    QTest::newRow("below two minutes") << qint64(119'999) << QStringLiteral("119 s");
    QTest::newRow("two minutes") << qint64(120'000) << QStringLiteral("2 min");
    QTest::newRow("below two hours") << qint64(7'199'000) << QStringLiteral("119 min");
    QTest::newRow("two hours") << qint64(7'200'000) << QStringLiteral("2 h");
    QTest::newRow("two days") << qint64(172'800'000) << QStringLiteral("2 days");
}

void TestHealthPolicy::spoken()
{
    QFETCH(qint64, ms);
    QFETCH(QString, text);
    QCOMPARE(durationText(milliseconds(ms)), text);
}

QTEST_GUILESS_MAIN(TestHealthPolicy)
#include "tst_healthpolicy.moc"
