// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the measured throughput, and that there is no result while too little is known.
#include "ui/ratemeter.h"

#include <QTest>

using namespace lifeguard;
using namespace std::chrono_literals;

class TestRateMeter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void returnsNothingTooEarly();
    void measuresSteadyRate();
    void measuresSinceFirstSample();
    void forgetsOldSamples();
    void countsRetriesAsNoProgress();
    void restarts();
};

void TestRateMeter::returnsNothingTooEarly()
{
    RateMeter meter;
    QVERIFY(!meter.perSecond(1s));
    meter.add(10s, 500);
    QVERIFY(!meter.perSecond(10s));
    meter.add(11s, 600);
    QVERIFY(!meter.perSecond(11s));
    meter.add(12s, 700);
    QCOMPARE(meter.perSecond(12s).value(), 100.0);
}

void TestRateMeter::measuresSteadyRate()
{
    RateMeter meter;
    for (int tick = 0; tick < 3000; ++tick)
        meter.add(milliseconds(tick * 50), tick);
    QVERIFY(qAbs(meter.perSecond(milliseconds(2999 * 50)).value() - 20.0) < 0.3);
}

void TestRateMeter::measuresSinceFirstSample()
{
    RateMeter meter;
    meter.add(0s, 0);
    meter.add(5s, 50);
    QCOMPARE(meter.perSecond(5s).value(), 10.0); // not 50 jobs per minute
    QCOMPARE(meter.perSecond(10s).value(), 5.0); // no job has finished since
}

void TestRateMeter::forgetsOldSamples()
{
    RateMeter meter;
    for (int second = 0; second <= 60; ++second)
        meter.add(seconds(second), second * 10);
    for (int second = 61; second <= 121; ++second)
        meter.add(seconds(second), 600);
    QCOMPARE(meter.perSecond(121s).value(), 0.0);
}

void TestRateMeter::countsRetriesAsNoProgress()
{
    RateMeter meter;
    meter.add(0s, 100);
    meter.add(5s, 40); // 60 jobs were returned to the queue
    QCOMPARE(meter.perSecond(5s).value(), 0.0);
    meter.add(10s, 60);
    QCOMPARE(meter.perSecond(10s).value(), 2.0);
}

void TestRateMeter::restarts()
{
    RateMeter meter;
    meter.add(0s, 0);
    meter.add(50s, 10);
    meter.restart();
    QVERIFY(!meter.perSecond(60s));
    meter.add(60s, 10);
    meter.add(64s, 50);
    QCOMPARE(meter.perSecond(64s).value(), 10.0);
}

QTEST_GUILESS_MAIN(TestRateMeter)
#include "tst_ratemeter.moc"
