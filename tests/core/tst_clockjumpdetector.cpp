// SPDX-License-Identifier: GPL-3.0-or-later
// What makes ages lie: the machine slept, the clock was set, or this program did not get to look.
#include "core/health/clockjumpdetector.h"

#include <QTest>

using namespace lifeguard;
using namespace std::chrono_literals;

class TestClockJumpDetector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void quietTimes();
    void suspend();
    void clockSet();
    void late();
    void realClocks();
};

void TestClockJumpDetector::quietTimes()
{
    ManualClock clock;
    ClockJumpDetector jumps;
    QVERIFY(!jumps.look(clock));
    for (int i = 0; i < 100; ++i) {
        clock.advance(1s);
        QVERIFY(!jumps.look(clock));
    }
    clock.setClock(1500ms); // NTP trims by less than the tolerance
    QVERIFY(!jumps.look(clock));
}

void TestClockJumpDetector::suspend()
{
    ManualClock clock;
    ClockJumpDetector jumps;
    (void)jumps.look(clock);
    clock.advance(1s);
    clock.suspend(8h);
    const auto jump = jumps.look(clock);
    QVERIFY(jump);
    QVERIFY(jump->kind == TimeJump::Kind::Slept);
    QCOMPARE(jump->by, milliseconds(8h));
    clock.advance(1s);
    QVERIFY(!jumps.look(clock)); // told once
}

void TestClockJumpDetector::clockSet()
{
    ManualClock clock;
    ClockJumpDetector jumps;
    (void)jumps.look(clock);
    for (const milliseconds by : {milliseconds(1h), milliseconds(-2h)}) {
        clock.advance(1s);
        clock.setClock(by);
        const auto jump = jumps.look(clock);
        QVERIFY(jump);
        QVERIFY(jump->kind == TimeJump::Kind::ClockSet);
        QCOMPARE(jump->by, by);
        QVERIFY(!jumps.look(clock));
    }
}

void TestClockJumpDetector::late()
{
    ManualClock clock;
    ClockJumpDetector jumps;
    (void)jumps.look(clock);
    clock.advance(40s);
    const auto jump = jumps.look(clock);
    QVERIFY(jump);
    QVERIFY(jump->kind == TimeJump::Kind::Late);
    QCOMPARE(jump->by, milliseconds(40s));
}

void TestClockJumpDetector::realClocks()
{
    const SystemClock clock;
    QVERIFY(clock.bootNow() >= clock.steadyNow() - 1s); // what the machine slept is never negative
    ClockJumpDetector jumps;
    QVERIFY(!jumps.look(clock));
    QVERIFY(!jumps.look(clock));
}

QTEST_GUILESS_MAIN(TestClockJumpDetector)
#include "tst_clockjumpdetector.moc"
