// SPDX-License-Identifier: GPL-3.0-or-later
// What makes ages lie: the machine slept, the clock was set, or this program did not get to look.
#include "core/health/timejumps.h"

#include <QTest>

using namespace lifeguard;
using namespace std::chrono_literals;

class TestTimeJumps : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void quietTimes();
    void suspend();
    void clockSet();
    void late();
    void realClocks();
};

void TestTimeJumps::quietTimes()
{
    ManualClock clock;
    TimeJumps jumps;
    QVERIFY(!jumps.look(clock));
    for (int i = 0; i < 100; ++i) {
        clock.advance(1s);
        QVERIFY(!jumps.look(clock));
    }
    clock.setClock(1500ms); // NTP trims by less than the tolerance
    QVERIFY(!jumps.look(clock));
}

void TestTimeJumps::suspend()
{
    ManualClock clock;
    TimeJumps jumps;
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

void TestTimeJumps::clockSet()
{
    ManualClock clock;
    TimeJumps jumps;
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

void TestTimeJumps::late()
{
    ManualClock clock;
    TimeJumps jumps;
    (void)jumps.look(clock);
    clock.advance(40s);
    const auto jump = jumps.look(clock);
    QVERIFY(jump);
    QVERIFY(jump->kind == TimeJump::Kind::Late);
    QCOMPARE(jump->by, milliseconds(40s));
}

void TestTimeJumps::realClocks()
{
    const SystemClock clock;
    QVERIFY(clock.bootNow() >= clock.steadyNow() - 1s); // what the machine slept is never negative
    TimeJumps jumps;
    QVERIFY(!jumps.look(clock));
    QVERIFY(!jumps.look(clock));
}

QTEST_GUILESS_MAIN(TestTimeJumps)
#include "tst_timejumps.moc"
