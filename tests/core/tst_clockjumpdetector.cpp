// SPDX-License-Identifier: GPL-3.0-or-later
// Detection of suspends, changes of the wall clock, and stalls of this program.
#include "core/base/systemclock.h"
#include "core/health/clockjumpdetector.h"
#include "tests/support/manualclock.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestClockJumpDetector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reportsNothingWithoutJumps();
    void detectsSuspend();
    void detectsClockChange();
    void detectsStall();
    void readsSystemClock();
};

void TestClockJumpDetector::reportsNothingWithoutJumps()
{
    ManualClock clock;
    ClockJumpDetector detector;
    QVERIFY(!detector.poll(clock));
    for (int i = 0; i < 100; ++i) {
        clock.advance(1s);
        QVERIFY(!detector.poll(clock));
    }
    clock.setClock(1500ms); // NTP adjusts the clock by less than the tolerance
    QVERIFY(!detector.poll(clock));
}

void TestClockJumpDetector::detectsSuspend()
{
    ManualClock clock;
    ClockJumpDetector detector;
    (void)detector.poll(clock);
    clock.advance(1s);
    clock.suspend(8h);
    const auto jump = detector.poll(clock);
    QVERIFY(jump);
    QVERIFY(jump->kind == ClockJump::Kind::Suspended);
    QCOMPARE(jump->by, milliseconds(8h));
    clock.advance(1s);
    QVERIFY(!detector.poll(clock)); // reported once
}

void TestClockJumpDetector::detectsClockChange()
{
    ManualClock clock;
    ClockJumpDetector detector;
    (void)detector.poll(clock);
    for (const milliseconds by : {milliseconds(1h), milliseconds(-2h)}) {
        clock.advance(1s);
        clock.setClock(by);
        const auto jump = detector.poll(clock);
        QVERIFY(jump);
        QVERIFY(jump->kind == ClockJump::Kind::ClockSet);
        QCOMPARE(jump->by, by);
        QVERIFY(!detector.poll(clock));
    }
}

void TestClockJumpDetector::detectsStall()
{
    ManualClock clock;
    ClockJumpDetector detector;
    (void)detector.poll(clock);
    clock.advance(40s);
    const auto jump = detector.poll(clock);
    QVERIFY(jump);
    QVERIFY(jump->kind == ClockJump::Kind::Stalled);
    QCOMPARE(jump->by, milliseconds(40s));
}

void TestClockJumpDetector::readsSystemClock()
{
    const SystemClock clock;
    QVERIFY(clock.bootNow() >= clock.steadyNow() - 1s); // the time spent suspended is never negative
    ClockJumpDetector detector;
    QVERIFY(!detector.poll(clock));
    QVERIFY(!detector.poll(clock));
}

QTEST_GUILESS_MAIN(TestClockJumpDetector)
#include "tst_clockjumpdetector.moc"
