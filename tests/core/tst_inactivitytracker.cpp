// SPDX-License-Identifier: GPL-3.0-or-later
// How long a worker has used no CPU and written no output, computed from samples.
#include "core/health/inactivitytracker.h"

#include <QTest>

using namespace lifeguard;
using namespace std::chrono_literals;

class TestInactivityTracker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void needsTwoSamples();
    void measuresInactivity();
    void measuresActivity();
    void ignoresHousekeeping();
    void detectsBurst();
    void measuresSinceWorkStopped();
    void measuresOutput();
    void thinsOutLongWindows();
    void discardsSamplesOnReset();
};

void TestInactivityTracker::needsTwoSamples()
{
    InactivityTracker tracker;
    QVERIFY(!tracker.cpuInactive());
    QVERIFY(!tracker.outputInactive());
    tracker.add(10s, 5, 100, 60s);
    QVERIFY(!tracker.cpuInactive());
    QCOMPARE(tracker.outputInactive().value_or(9s), milliseconds(0));
}

void TestInactivityTracker::measuresInactivity()
{
    InactivityTracker tracker;
    for (int i = 0; i <= 40; ++i)
        tracker.add(seconds(100 + i), 7.5, 100, 60s);
    QCOMPARE(tracker.cpuInactive().value_or(0s), milliseconds(40s));
    QCOMPARE(tracker.outputInactive().value_or(0s), milliseconds(40s));
    QCOMPARE(tracker.cpuPercent(), 0.0);
}

void TestInactivityTracker::measuresActivity()
{
    InactivityTracker tracker;
    for (int i = 0; i <= 40; ++i)
        tracker.add(seconds(100 + i), 0.5 * i, 100, 60s);
    QCOMPARE(tracker.cpuInactive().value_or(9s), milliseconds(0));
    QCOMPARE(tracker.cpuPercent(), 50.0);
}

void TestInactivityTracker::ignoresHousekeeping()
{
    // A waiting JVM: one tick of 10 ms every 5 s.
    InactivityTracker tracker;
    for (int i = 0; i <= 40; ++i) {
        const int ticks = i / 5;
        tracker.add(seconds(100 + i), ticks * 0.01, 100, 60s);
    }
    QCOMPARE(tracker.cpuInactive().value_or(0s), milliseconds(40s));
    QVERIFY(tracker.cpuPercent() > 0.1 && tracker.cpuPercent() < 0.3);
}

void TestInactivityTracker::detectsBurst()
{
    // A burst counts as activity although the mean of 60 s is below the threshold.
    InactivityTracker tracker;
    for (int i = 0; i <= 60; ++i)
        tracker.add(seconds(100 + i), i < 60 ? 0 : 0.3, 100, 60s);
    QCOMPARE(tracker.cpuInactive().value_or(9s), milliseconds(0));
}

void TestInactivityTracker::measuresSinceWorkStopped()
{
    InactivityTracker tracker;
    for (int i = 0; i <= 60; ++i)
        tracker.add(seconds(100 + i), i < 20 ? i : 20, 100, 60s);
    // The period with a low mean may begin shortly before the work stopped, but not much earlier.
    QVERIFY2(*tracker.cpuInactive() >= 39s && *tracker.cpuInactive() <= 41s,
             qPrintable(QString::number(tracker.cpuInactive()->count())));
}

void TestInactivityTracker::measuresOutput()
{
    InactivityTracker tracker;
    tracker.add(100s, 0, 100, 60s);
    tracker.add(105s, 0, 120, 60s);
    tracker.add(120s, 0, 120, 60s);
    QCOMPARE(tracker.outputInactive().value_or(0s), milliseconds(15s));
    tracker.add(121s, 0, 10, 60s); // a new log file counts as output too
    QCOMPARE(tracker.outputInactive().value_or(9s), milliseconds(0));
}

void TestInactivityTracker::thinsOutLongWindows()
{
    InactivityTracker tracker;
    for (int i = 0; i <= 7200; ++i)
        tracker.add(seconds(i), 0, 100, 3600s);
    QVERIFY(*tracker.cpuInactive() >= 3600s);
    QVERIFY(*tracker.cpuInactive() <= 3700s);
    // Samples at shorter intervals than the steps of the window must fill it too.
    InactivityTracker dense;
    for (int i = 0; i <= 40; ++i)
        dense.add(i * 250ms, 0, 100, 6s);
    QVERIFY(*dense.cpuInactive() >= 6s);
}

void TestInactivityTracker::discardsSamplesOnReset()
{
    InactivityTracker tracker;
    tracker.add(100s, 0, 100, 60s);
    tracker.add(160s, 0, 100, 60s);
    QCOMPARE(tracker.cpuInactive().value_or(0s), milliseconds(60s));
    tracker.reset();
    QVERIFY(!tracker.cpuInactive());
    QVERIFY(!tracker.outputInactive());
    tracker.add(161s, 0, 100, 60s);
    tracker.add(162s, 0, 100, 60s);
    QCOMPARE(tracker.cpuInactive().value_or(0s), milliseconds(1s));
    QCOMPARE(tracker.outputInactive().value_or(0s), milliseconds(1s));
}

QTEST_GUILESS_MAIN(TestInactivityTracker)
#include "tst_inactivitytracker.moc"
