// SPDX-License-Identifier: GPL-3.0-or-later
// The assessment of workers: the process table outweighs the heartbeat, and the heartbeat outweighs a guess.
#include "core/health/healthpolicy.h"
#include "core/model/workerstate.h"

#include "core/model/durationtext.h"

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

/// Returns a busy worker without a beat, CPU use or output for this long.
Observation inactive(milliseconds duration)
{
    Observation o = idle();
    o.busy = true;
    o.jobAge = 70s;
    o.beatAge = o.cpuInactive = o.outputInactive = duration;
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
    void reasonText();
    void durationTexts_data();
    void durationTexts();
};

void TestHealthPolicy::assess_data()
{
    QTest::addColumn<Observation>("observation");
    QTest::addColumn<QString>("state");
    QTest::addColumn<int>("remedy");
    QTest::addColumn<QStringList>("reasonParts"); // empty: no reason
    const auto row = [](const char *name, Observation o, const std::function<void(Observation &)> &change,
                        WorkerState state, Remedy remedy = Remedy::None, const QStringList &reasonParts = {}) {
        change(o);
        QTest::newRow(name) << o << toString(state) << static_cast<int>(remedy) << reasonParts;
    };
    const auto unchanged = [](Observation &) {};
    row("idle", idle(), unchanged, WorkerState::Idle);
    row("busy", busy(), unchanged, WorkerState::Busy);
    row(
        "beat unknown", idle(), [](Observation &o) { o.beatAge.reset(); }, WorkerState::Idle);

    // The process table outweighs everything else.
    row("process ended", busy(), [](Observation &o) { o.processPresent = false; }, WorkerState::Dead, Remedy::None,
        {QStringLiteral("ended")});
    row("process ended while starting", Observation(), [](Observation &o) { o.processPresent = false; },
        WorkerState::Dead, Remedy::None, {QStringLiteral("ended")});
    row("process ended while stopping", idle(),
        [](Observation &o) {
            o.processPresent = false;
            o.stopping = true;
        },
        WorkerState::Dead, Remedy::None, {QStringLiteral("ended")});
    row(
        "stopping, with other problems", busy(),
        [](Observation &o) {
            o.stopping = true;
            o.beatAge = 99s;
            o.jobAge = 9999s;
            o.memoryLimitBytes = 1;
            o.memoryBytes = 2;
        },
        WorkerState::Stopping);

    // Starting.
    row(
        "starting", Observation(), [](Observation &o) { o.age = 30s; }, WorkerState::Starting);
    row("not registered in time", Observation(), [](Observation &o) { o.age = 30001ms; }, WorkerState::Starting,
        Remedy::Stop, {QStringLiteral("30 s")});
    row("not registered within a custom timeout", Observation(),
        [](Observation &o) {
            o.registrationTimeout = 5s;
            o.age = 6s;
        },
        WorkerState::Starting, Remedy::Stop, {QStringLiteral("5 s")});

    // A worker about which nothing is known is not assessed.
    const QString unreachable = QStringLiteral("engine unreachable");
    row("unknown", busy(),
        [=](Observation &o) {
            o.unknownReason = Message::literal(unreachable);
            o.beatAge = 99s;
            o.jobAge = 9999s;
        },
        WorkerState::Unknown, Remedy::None, {unreachable});
    row("unknown while starting", Observation(),
        [=](Observation &o) {
            o.unknownReason = Message::literal(unreachable);
            o.age = 99s;
        },
        WorkerState::Unknown, Remedy::None, {unreachable});
    row(
        "unknown while stopping", idle(),
        [=](Observation &o) {
            o.unknownReason = Message::literal(unreachable);
            o.stopping = true;
        },
        WorkerState::Stopping);
    row("health check fails", busy(), [](Observation &o) { o.unhealthy = true; }, WorkerState::Suspect, Remedy::None,
        {QStringLiteral("health check")});
    row("health check fails, and hung", inactive(60s), [](Observation &o) { o.unhealthy = true; }, WorkerState::Hung,
        Remedy::Stop, {QStringLiteral("no beat for 60 s")});

    // Jobs over their time limit: the worker acts at the limit, the monitor 15 s later.
    row(
        "job at its limit", busy(), [](Observation &o) { o.jobAge = 600s; }, WorkerState::Busy);
    row(
        "job at its limit plus the slack", busy(), [](Observation &o) { o.jobAge = 615s; }, WorkerState::Busy);
    row("job over its limit", busy(), [](Observation &o) { o.jobAge = 615001ms; }, WorkerState::Hung, Remedy::Stop,
        {QStringLiteral("10 min"), QStringLiteral("limit")});
    row("job over a custom limit", busy(),
        [](Observation &o) {
            o.maxJobTime = 5s;
            o.jobAge = 38s;
        },
        WorkerState::Hung, Remedy::Stop, {QStringLiteral("38 s"), QStringLiteral("5 s")});
    row("job over its limit, restart disabled", busy(),
        [](Observation &o) {
            o.jobAge = 616s;
            o.restartHung = false;
        },
        WorkerState::Hung, Remedy::None, {QStringLiteral("limit")});
    row("job over its limit, fresh beat", busy(),
        [](Observation &o) {
            o.jobAge = 700s;
            o.beatAge = 0s;
        },
        WorkerState::Hung, Remedy::Stop, {QStringLiteral("11 min")});
    row("job over its limit, no beat channel", busy(),
        [](Observation &o) {
            o.jobAge = 700s;
            o.hasBeatChannel = false;
            o.beatAge.reset();
        },
        WorkerState::Hung, Remedy::Stop, {QStringLiteral("limit")});
    row(
        "age of an earlier job while idle", idle(), [](Observation &o) { o.jobAge = 9999s; }, WorkerState::Idle);

    // A stale beat alone makes a worker suspect, but never hung.
    row(
        "beat at the limit", idle(), [](Observation &o) { o.beatAge = 30s; }, WorkerState::Idle);
    row("beat stale, idle", idle(), [](Observation &o) { o.beatAge = 38s; }, WorkerState::Suspect, Remedy::None,
        {QStringLiteral("38 s")});
    row("beat stale, busy", busy(), [](Observation &o) { o.beatAge = 38s; }, WorkerState::Suspect, Remedy::None,
        {QStringLiteral("38 s")});
    row("beat stale for days", busy(), [](Observation &o) { o.beatAge = 72h; }, WorkerState::Suspect, Remedy::None,
        {QStringLiteral("3 days")});
    row("beat stale, stopped by a signal", idle(),
        [](Observation &o) {
            o.beatAge = 38s;
            o.processState = 'T';
        },
        WorkerState::Suspect, Remedy::None, {QStringLiteral("38 s"), QStringLiteral("(T)")});
    row(
        "no beat channel: never suspect while busy", busy(),
        [](Observation &o) {
            o.beatAge = 500s;
            o.hasBeatChannel = false;
        },
        WorkerState::Busy);
    row("no beat channel: suspect while idle", idle(),
        [](Observation &o) {
            o.beatAge = 500s;
            o.hasBeatChannel = false;
        },
        WorkerState::Suspect, Remedy::None, {QStringLiteral("8 min")});

    row("beat stale by a custom time", busy(),
        [](Observation &o) {
            o.staleAfter = 5s;
            o.beatAge = 5001ms;
        },
        WorkerState::Suspect, Remedy::None, {QStringLiteral("5 s")});

    // A worker is hung only if beat, CPU and output are all inactive.
    row("inactive, but not for long enough", inactive(59s), unchanged, WorkerState::Suspect, Remedy::None,
        {QStringLiteral("no beat for 59 s"), QStringLiteral("CPU 0.0 %"), QStringLiteral("no output for 59 s")});
    row("inactive for long enough", inactive(60s), unchanged, WorkerState::Hung, Remedy::Stop,
        {QStringLiteral("no beat for 60 s"), QStringLiteral("CPU 0.0 %"), QStringLiteral("no output for 60 s")});
    row("inactive and stopped", inactive(61s),
        [](Observation &o) {
            o.processState = 'T';
            o.stopped = 61s;
        },
        WorkerState::Hung, Remedy::Stop, {QStringLiteral("process is stopped (T)")});
    row("inactive for a custom time", inactive(10s),
        [](Observation &o) {
            o.staleAfter = 3s;
            o.hungAfter = 10s;
        },
        WorkerState::Hung, Remedy::Stop, {QStringLiteral("10 s")});
    row("inactive, restart disabled", inactive(60s), [](Observation &o) { o.restartHung = false; }, WorkerState::Hung,
        Remedy::None, {QStringLiteral("60 s")});
    row("inactive while idle", inactive(60s), [](Observation &o) { o.busy = false; }, WorkerState::Hung, Remedy::Stop,
        {QStringLiteral("60 s")});
    row("no beat, but CPU", inactive(300s),
        [](Observation &o) {
            o.cpuInactive = 0s;
            o.cpuPercent = 96;
        },
        WorkerState::Suspect, Remedy::None, {QStringLiteral("CPU 96.0 %")});
    row("no beat, CPU recently", inactive(300s), [](Observation &o) { o.cpuInactive = 59s; }, WorkerState::Suspect,
        Remedy::None, {QStringLiteral("5 min")});
    row("no beat, but output", inactive(300s), [](Observation &o) { o.outputInactive = 2s; }, WorkerState::Suspect,
        Remedy::None, {QStringLiteral("no output for 2 s")});
    row(
        "no CPU, no output, but a beat", inactive(300s), [](Observation &o) { o.beatAge = 1s; }, WorkerState::Busy);
    row("CPU unknown", inactive(300s), [](Observation &o) { o.cpuInactive.reset(); }, WorkerState::Suspect,
        Remedy::None, {QStringLiteral("5 min")});
    row("stopped by a debugger", inactive(300s), [](Observation &o) { o.processState = 't'; }, WorkerState::Suspect,
        Remedy::None, {QStringLiteral("debugger")});
    row("waiting for I/O", inactive(45s), [](Observation &o) { o.processState = 'D'; }, WorkerState::Suspect,
        Remedy::None, {QStringLiteral("(D)")});
    row(
        "no beat channel, busy, inactive", inactive(300s), [](Observation &o) { o.hasBeatChannel = false; },
        WorkerState::Busy);
    row(
        "no beat channel, busy, stopped recently", inactive(300s),
        [](Observation &o) {
            o.hasBeatChannel = false;
            o.processState = 'T';
            o.stopped = 20s;
        },
        WorkerState::Busy);
    row("no beat channel, busy, stopped", inactive(300s),
        [](Observation &o) {
            o.hasBeatChannel = false;
            o.processState = 'T';
            o.stopped = 40s;
        },
        WorkerState::Suspect, Remedy::None, {QStringLiteral("(T)")});
    row("no beat channel, busy, stopped for long enough", inactive(300s),
        [](Observation &o) {
            o.hasBeatChannel = false;
            o.processState = 'T';
            o.stopped = 60s;
        },
        WorkerState::Hung, Remedy::Stop, {QStringLiteral("(T)")});
    row("no beat channel, idle, inactive", inactive(300s),
        [](Observation &o) {
            o.hasBeatChannel = false;
            o.busy = false;
        },
        WorkerState::Suspect, Remedy::None, {QStringLiteral("5 min")});

    // Memory of the whole process tree.
    row(
        "memory at its limit", busy(), [](Observation &o) { o.memoryLimitBytes = o.memoryBytes = 512 * mb; },
        WorkerState::Busy);
    row("memory over its limit", busy(),
        [](Observation &o) {
            o.memoryLimitBytes = 512 * mb;
            o.memoryBytes = 513 * mb;
        },
        WorkerState::Busy, Remedy::Kill, {QStringLiteral("512 MB")});
    row("memory over its limit, idle", idle(),
        [](Observation &o) {
            o.memoryLimitBytes = 512 * mb;
            o.memoryBytes = 513 * mb;
        },
        WorkerState::Idle, Remedy::Kill, {QStringLiteral("512 MB")});
    row(
        "memory without a limit", busy(), [](Observation &o) { o.memoryBytes = 99'999 * mb; }, WorkerState::Busy);
}

void TestHealthPolicy::assess()
{
    QFETCH(Observation, observation);
    QFETCH(QString, state);
    QFETCH(int, remedy);
    QFETCH(QStringList, reasonParts);
    const Verdict verdict = HealthPolicy::assess(observation);
    QCOMPARE(toString(verdict.state), state);
    QCOMPARE(static_cast<int>(verdict.remedy), remedy);
    QCOMPARE(verdict.reason.isEmpty(), reasonParts.isEmpty());
    const QString reason = verdict.reason.englishText();
    for (const QString &part : reasonParts)
        QVERIFY2(reason.contains(part), qPrintable(reason));
}

void TestHealthPolicy::hungIn()
{
    // The countdown follows the sign of life that has been missing for the shortest time.
    Observation o = inactive(40s);
    QCOMPARE(HealthPolicy::assess(o).hungIn.value_or(0s), milliseconds(20s));
    o.outputInactive = 10s;
    QCOMPARE(HealthPolicy::assess(o).hungIn.value_or(0s), milliseconds(50s));
    o.cpuInactive = 0s;
    QCOMPARE(HealthPolicy::assess(o).hungIn.value_or(0s), milliseconds(60s));
    o.processState = 't'; // a user is debugging it: never hung
    QVERIFY(!HealthPolicy::assess(o).hungIn);
    QVERIFY(!HealthPolicy::assess(busy()).hungIn);
    QVERIFY(!HealthPolicy::assess(inactive(60s)).hungIn);
}

void TestHealthPolicy::reasonText()
{
    Observation o = inactive(45s);
    o.processState = 'D';
    const Message reason = HealthPolicy::assess(o).reason;
    QCOMPARE(reason.englishText(),
             QStringLiteral("no beat for 45 s, CPU 0.0 %, no output for 45 s, process is waiting for I/O (D)"));
    QCOMPARE(reason.translatedText(), reason.englishText()); // without a translation
}

void TestHealthPolicy::durationTexts_data()
{
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << qint64(0) << QStringLiteral("0 s");
    QTest::newRow("seconds") << qint64(38'900) << QStringLiteral("38 s");
    QTest::newRow("below two minutes") << qint64(119'999) << QStringLiteral("119 s");
    QTest::newRow("two minutes") << qint64(120'000) << QStringLiteral("2 min");
    QTest::newRow("below two hours") << qint64(7'199'000) << QStringLiteral("119 min");
    QTest::newRow("two hours") << qint64(7'200'000) << QStringLiteral("2 h");
    QTest::newRow("below two days") << qint64(172'799'999) << QStringLiteral("47 h");
    QTest::newRow("two days") << qint64(172'800'000) << QStringLiteral("2 days");
}

void TestHealthPolicy::durationTexts()
{
    QFETCH(qint64, ms);
    QFETCH(QString, text);
    QCOMPARE(durationText(milliseconds(ms)), text);
    QCOMPARE(durationMessage(milliseconds(ms)).englishText(), text);
}

QTEST_GUILESS_MAIN(TestHealthPolicy)
#include "tst_healthpolicy.moc"
