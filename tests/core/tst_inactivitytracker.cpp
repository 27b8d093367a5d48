// SPDX-License-Identifier: GPL-3.0-or-later
// For how long CPU use and output have stood still, from samples.
#include "core/health/inactivitytracker.h"

#include <QTest>

using namespace lifeguard;
using namespace std::chrono_literals;

class TestInactivityTracker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void needsTwoSamples();
    void nothingMoves();
    void works();
    void housekeepingIsStill();
    void aBurstIsWork();
    void stillSinceItStopped();
    void output();
    void longWindowsAreThinnedOut();
    void reset();
};

void TestInactivityTracker::needsTwoSamples()
{
    InactivityTracker stillness;
    QVERIFY(!stillness.cpuStill());
    QVERIFY(!stillness.outputStill());
    stillness.add(10s, 5, 100, 60s);
    QVERIFY(!stillness.cpuStill());
    QCOMPARE(stillness.outputStill().value_or(9s), milliseconds(0));
}

void TestInactivityTracker::nothingMoves()
{
    InactivityTracker stillness;
    for (int i = 0; i <= 40; ++i)
        stillness.add(seconds(100 + i), 7.5, 100, 60s);
    QCOMPARE(stillness.cpuStill().value_or(0s), milliseconds(40s));
    QCOMPARE(stillness.outputStill().value_or(0s), milliseconds(40s));
    QCOMPARE(stillness.cpuPercent(), 0.0);
}

void TestInactivityTracker::works()
{
    InactivityTracker stillness;
    for (int i = 0; i <= 40; ++i)
        stillness.add(seconds(100 + i), 0.5 * i, 100, 60s);
    QCOMPARE(stillness.cpuStill().value_or(9s), milliseconds(0));
    QCOMPARE(stillness.cpuPercent(), 50.0);
}

void TestInactivityTracker::housekeepingIsStill()
{
    // A JVM that waits: a tick of 10 ms every 5 s.
    InactivityTracker stillness;
    for (int i = 0; i <= 40; ++i)
        stillness.add(seconds(100 + i), 0.01 * (i / 5), 100, 60s);
    QCOMPARE(stillness.cpuStill().value_or(0s), milliseconds(40s));
    QVERIFY(stillness.cpuPercent() > 0.1 && stillness.cpuPercent() < 0.3);
}

void TestInactivityTracker::aBurstIsWork()
{
    // The mean of 60 s would still be below the threshold.
    InactivityTracker stillness;
    for (int i = 0; i <= 60; ++i)
        stillness.add(seconds(100 + i), i < 60 ? 0 : 0.3, 100, 60s);
    QCOMPARE(stillness.cpuStill().value_or(9s), milliseconds(0));
}

void TestInactivityTracker::stillSinceItStopped()
{
    InactivityTracker stillness;
    for (int i = 0; i <= 60; ++i)
        stillness.add(seconds(100 + i), i < 20 ? i : 20, 100, 60s);
    // The mean from a moment before the stop may be low enough as well: never from much before.
    QVERIFY2(*stillness.cpuStill() >= 39s && *stillness.cpuStill() <= 41s, qPrintable(QString::number(stillness.cpuStill()->count())));
}

void TestInactivityTracker::output()
{
    InactivityTracker stillness;
    stillness.add(100s, 0, 100, 60s);
    stillness.add(105s, 0, 120, 60s);
    stillness.add(120s, 0, 120, 60s);
    QCOMPARE(stillness.outputStill().value_or(0s), milliseconds(15s));
    stillness.add(121s, 0, 10, 60s); // begun anew: that is output too
    QCOMPARE(stillness.outputStill().value_or(9s), milliseconds(0));
}

void TestInactivityTracker::longWindowsAreThinnedOut()
{
    InactivityTracker stillness;
    for (int i = 0; i <= 7200; ++i)
        stillness.add(seconds(i), 0, 100, 3600s);
    QVERIFY(*stillness.cpuStill() >= 3600s);
    QVERIFY(*stillness.cpuStill() <= 3700s);
    // A short window with samples that come quicker than its steps still fills.
    InactivityTracker quick;
    for (int i = 0; i <= 40; ++i)
        quick.add(i * 250ms, 0, 100, 6s);
    QVERIFY(*quick.cpuStill() >= 6s);
}

void TestInactivityTracker::reset()
{
    InactivityTracker stillness;
    stillness.add(100s, 0, 100, 60s);
    stillness.add(160s, 0, 100, 60s);
    QCOMPARE(stillness.cpuStill().value_or(0s), milliseconds(60s));
    stillness.reset();
    QVERIFY(!stillness.cpuStill());
    QVERIFY(!stillness.outputStill());
    stillness.add(161s, 0, 100, 60s);
    stillness.add(162s, 0, 100, 60s);
    QCOMPARE(stillness.cpuStill().value_or(0s), milliseconds(1s));
    QCOMPARE(stillness.outputStill().value_or(0s), milliseconds(1s));
}

QTEST_GUILESS_MAIN(TestInactivityTracker)
#include "tst_inactivitytracker.moc"
