// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how many workers the watcher wakes for the pending jobs.
#include "core/worker/wakeplan.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

/// One look at the jobs of a type.
struct Look
{
    milliseconds time;
    qint64 pending;
    qint64 total;
    int sleeping; ///< number of workers that sleep at that time
    int expected; ///< number of workers to wake
};
using Looks = QList<Look>;

} // namespace

Q_DECLARE_METATYPE(Looks)

class TestWakePlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wakesWhatTheJobsNeed_data();
    void wakesWhatTheJobsNeed();
    void typesAreIndependent();
    void nextLookIsTheEarliestRepetition();
};

void TestWakePlan::wakesWhatTheJobsNeed_data()
{
    QTest::addColumn<Looks>("looks");
    QTest::newRow("no jobs") << Looks{{0ms, 0, 100, 9, 0}};
    QTest::newRow("one per new job") << Looks{{0ms, 0, 10, 9, 0}, {1ms, 1, 11, 9, 1}, {2ms, 4, 14, 8, 3}};
    QTest::newRow("jobs that waited before the watch") << Looks{{0ms, 5, 10, 9, 5}};
    QTest::newRow("not twice for the same job") << Looks{{0ms, 1, 1, 9, 1}, {1ms, 1, 1, 8, 0}, {3ms, 1, 1, 8, 0}};
    QTest::newRow("claimed and added between two looks") << Looks{{0ms, 1, 1, 9, 1}, {1ms, 1, 2, 8, 1}};
    QTest::newRow("a job starts again") << Looks{{0ms, 0, 10, 9, 0}, {1ms, 1, 10, 9, 1}};
    QTest::newRow("history is deleted") << Looks{{0ms, 0, 10, 9, 0}, {1ms, 0, 5, 9, 0}, {2ms, 1, 6, 9, 1}};
    QTest::newRow("the woken worker does not claim")
        << Looks{{0ms, 1, 1, 9, 1},  {4ms, 1, 1, 8, 2},    {11ms, 1, 1, 6, 0},  {12ms, 1, 1, 6, 4},
                 {28ms, 1, 1, 2, 8}, {1000ms, 1, 1, 2, 0}, {1001ms, 2, 2, 2, 1}};
    QTest::newRow("the repetition finds no job") << Looks{{0ms, 1, 1, 9, 1}, {4ms, 0, 1, 9, 0}, {5ms, 1, 2, 9, 1}};
    QTest::newRow("new jobs do not delay it")
        << Looks{{0ms, 1, 1, 9, 1}, {2ms, 2, 2, 8, 1}, {3ms, 3, 3, 7, 1}, {4ms, 4, 4, 6, 7}};
    QTest::newRow("more jobs than workers") << Looks{{0ms, 100, 100, 4, 100}, {500ms, 90, 100, 0, 0}};
    QTest::newRow("nobody sleeps") << Looks{{0ms, 1, 1, 0, 1}, {100ms, 1, 1, 5, 0}};
}

void TestWakePlan::wakesWhatTheJobsNeed()
{
    QFETCH(Looks, looks);
    WakePlan plan;
    for (const Look &look : looks) {
        const QList<WakePlan::Wake> wakes = plan.update({{s("noop"), look.pending, look.total}}, look.time);
        QCOMPARE(wakes.isEmpty() ? 0 : wakes.first().count, look.expected);
        for (const WakePlan::Wake &wake : wakes)
            plan.record(wake, std::min(wake.count, look.sleeping));
    }
}

void TestWakePlan::typesAreIndependent()
{
    WakePlan plan;
    const QList<WakePlan::Wake> wakes = plan.update({{s("noop"), 2, 2}, {s("drawio"), 0, 9}, {s("plantuml"), 1, 5}},
                                                    0ms);
    QCOMPARE(wakes.size(), 2);
    QCOMPARE(wakes.first(), (WakePlan::Wake{s("noop"), 2}));
    QCOMPARE(wakes.last(), (WakePlan::Wake{s("plantuml"), 1}));
}

void TestWakePlan::nextLookIsTheEarliestRepetition()
{
    WakePlan plan;
    QVERIFY(!plan.nextLook());
    const auto wakeAt = [&plan](const char *type, milliseconds now, int woken) {
        const QList<WakePlan::Wake> wakes = plan.update({{s(type), 1, 1}}, now);
        QCOMPARE(wakes.size(), 1);
        plan.record(wakes.first(), woken);
    };
    wakeAt("noop", 1ms, 1);
    QCOMPARE(plan.nextLook(), 5ms);
    wakeAt("plantuml", 0ms, 1);
    QCOMPARE(plan.nextLook(), 4ms);
    wakeAt("drawio", 0ms, 0); // there is no such worker
    QVERIFY(plan.update({{s("plantuml"), 0, 1}}, 3ms).isEmpty());
    QCOMPARE(plan.nextLook(), 5ms);
}

QTEST_GUILESS_MAIN(TestWakePlan)
#include "tst_wakeplan.moc"
