// SPDX-License-Identifier: GPL-3.0-or-later
// The history of a worker's CPU and memory, and its graph.
#include "core/health/usagesummary.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestUsageHistory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsFiveMinutes();
    void mergesFrequentMeasurements();
    void startsAgainWhenClockGoesBack();
    void drawsGraph();
    void leavesGapsBlank();
};

void TestUsageHistory::keepsFiveMinutes()
{
    UsageHistory history;
    for (int second = 0; second < 1000; ++second)
        history.add(milliseconds(second * 1000), second, second);
    QCOMPARE(history.size(), UsageHistory::capacity);
    QCOMPARE(history.last().memoryBytes, qint64(999));
    QVERIFY(history.span() >= 298s && history.span() <= 300s);
    QCOMPARE(history.last().at - history.at(0).at, milliseconds((UsageHistory::capacity - 1) * 2000));
}

void TestUsageHistory::mergesFrequentMeasurements()
{
    UsageHistory history;
    history.add(0ms, 10, 5);
    history.add(1000ms, 30, 3);
    QCOMPARE(history.size(), 1);
    QCOMPARE(history.last().cpuPercent, 20.0);
    QCOMPARE(history.last().memoryBytes, qint64(5));
    history.add(1990ms, 7, 4); // the timer fired early
    QCOMPARE(history.size(), 2);
    QCOMPARE(history.last().cpuPercent, 7.0);
}

void TestUsageHistory::startsAgainWhenClockGoesBack()
{
    UsageHistory history;
    history.add(100s, 10, 5);
    history.add(50s, 20, 6);
    QCOMPARE(history.size(), 1);
    QCOMPARE(history.last().cpuPercent, 20.0);
}

void TestUsageHistory::drawsGraph()
{
    const auto cpu = [](const UsageSample &sample) { return sample.cpuPercent; };
    UsageHistory history;
    QCOMPARE(summarizeUsage(history, cpu, 100).graph, QString());
    for (int i = 0; i < 8; ++i)
        history.add(milliseconds(i * 2000), i * 100.0 / 7, 0);
    UsageSummary summary = summarizeUsage(history, cpu, 100);
    QCOMPARE(summary.graph, s("▁▂▃▄▅▆▇█"));
    QCOMPARE(summary.minimum, 0.0);
    QCOMPARE(summary.maximum, 100.0);
    QCOMPARE(qRound(summary.mean), 50);
    QCOMPARE(summary.latest, 100.0);
    QCOMPARE(summarizeUsage(history, cpu, 100, 4).graph, s("▂▄▆█")); // the higher of two samples
    QCOMPARE(summarizeUsage(history, cpu, 1000).graph, s("▁▁▁▁▁▁▁▁")); // noise is not scaled up
    for (int i = 0; i < 1000; ++i)
        history.add(milliseconds(16000 + i * 2000), 50, 0);
    QCOMPARE(summarizeUsage(history, cpu, 100).graph.size(), 60);
}

void TestUsageHistory::leavesGapsBlank()
{
    UsageHistory history;
    history.add(0s, 100, 0);
    history.add(2s, 100, 0);
    history.add(10s, 100, 0); // the machine was suspended
    QCOMPARE(summarizeUsage(history, [](const UsageSample &sample) { return sample.cpuPercent; }, 100).graph, s("██   █"));
}

QTEST_GUILESS_MAIN(TestUsageHistory)
#include "tst_usagehistory.moc"
