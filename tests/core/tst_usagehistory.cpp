// SPDX-License-Identifier: GPL-3.0-or-later
// How a worker's CPU and memory are kept, and drawn in characters.
#include "core/health/usagesummary.h"
#include "tests/support/words.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestUsageHistory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsFiveMinutes();
    void gathersQuickLooks();
    void beginsAnewAfterTheClockWentBack();
    void drawsUsage();
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

void TestUsageHistory::gathersQuickLooks()
{
    UsageHistory history;
    history.add(0ms, 10, 5);
    history.add(1000ms, 30, 3);
    QCOMPARE(history.size(), 1);
    QCOMPARE(history.last().cpuPercent, 20.0);
    QCOMPARE(history.last().memoryBytes, qint64(5));
    history.add(1990ms, 7, 4); // a timer that fires early
    QCOMPARE(history.size(), 2);
    QCOMPARE(history.last().cpuPercent, 7.0);
}

void TestUsageHistory::beginsAnewAfterTheClockWentBack()
{
    UsageHistory history;
    history.add(100s, 10, 5);
    history.add(50s, 20, 6);
    QCOMPARE(history.size(), 1);
    QCOMPARE(history.last().cpuPercent, 20.0);
}

void TestUsageHistory::drawsUsage()
{
    const auto cpu = [](const UsageSample &sample) { return sample.cpuPercent; };
    UsageHistory history;
    QCOMPARE(summarizeUsage(history, cpu, 100).graph, QString());
    for (int i = 0; i < 8; ++i)
        history.add(milliseconds(i * 2000), i * 100.0 / 7, 0);
    UsageSummary line = summarizeUsage(history, cpu, 100);
    QCOMPARE(line.graph, s("▁▂▃▄▅▆▇█"));
    QCOMPARE(line.minimum, 0.0);
    QCOMPARE(line.maximum, 100.0);
    QCOMPARE(qRound(line.mean), 50);
    QCOMPARE(line.latest, 100.0);
    QCOMPARE(summarizeUsage(history, cpu, 100, 4).graph, s("▂▄▆█")); // the highest of two
    QCOMPARE(summarizeUsage(history, cpu, 1000).graph, s("▁▁▁▁▁▁▁▁")); // noise is no mountain
    for (int i = 0; i < 1000; ++i)
        history.add(milliseconds(16000 + i * 2000), 50, 0);
    QCOMPARE(summarizeUsage(history, cpu, 100).graph.size(), 60);
}

void TestUsageHistory::leavesGapsBlank()
{
    UsageHistory history;
    history.add(0s, 100, 0);
    history.add(2s, 100, 0);
    history.add(10s, 100, 0); // the machine slept
    QCOMPARE(summarizeUsage(history, [](const UsageSample &sample) { return sample.cpuPercent; }, 100).graph, s("██   █"));
}

QTEST_GUILESS_MAIN(TestUsageHistory)
#include "tst_usagehistory.moc"
