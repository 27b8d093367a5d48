// SPDX-License-Identifier: GPL-3.0-or-later
// The division of workers among the pools of a type, and of max_total_workers among the types.
#include "core/pool/scalingshares.h"
#include "tests/support/testhelpers.h"

#include <QTest>

#include <algorithm>
#include <numeric>

using namespace lifeguard;
using namespace lifeguard::test;

Q_DECLARE_METATYPE(QList<ScalingPart>)
Q_DECLARE_METATYPE(ScalingBounds)

class TestScalingShares : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void poolsAreFilledInTheConfiguredOrder_data();
    void poolsAreFilledInTheConfiguredOrder();
    void divisionIsCompleteAndMonotonic();
    void boundsAreJoined_data();
    void boundsAreJoined();
    void totalIsDividedFairly_data();
    void totalIsDividedFairly();
    void fairSharesAreFair();
};

namespace {

constexpr ExecutionMode direct = ExecutionMode::Direct;
constexpr ExecutionMode docker = ExecutionMode::Docker;

ScalingPart part(ExecutionMode mode, int min, int max, bool canStart = true)
{
    return {mode, {min, max, false}, canStart};
}

int sum(const QList<int> &values)
{
    return std::accumulate(values.cbegin(), values.cend(), 0);
}

} // namespace

void TestScalingShares::poolsAreFilledInTheConfiguredOrder_data()
{
    QTest::addColumn<QList<ScalingPart>>("parts");
    QTest::addColumn<int>("prefer");
    QTest::addColumn<int>("workers");
    QTest::addColumn<QList<int>>("counts");
    const auto row = [](const char *name, const QList<ScalingPart> &parts, ExecutionMode prefer, int workers,
                        const QList<int> &counts) { QTest::newRow(name) << parts << int(prefer) << workers << counts; };
    const QList<ScalingPart> both{part(docker, 0, 4), part(direct, 0, 2)};
    row("none", both, direct, 0, {0, 0});
    row("direct first: one", both, direct, 1, {0, 1});
    row("direct first: full", both, direct, 2, {0, 2});
    row("direct first: the rest in Docker", both, direct, 5, {3, 2});
    row("Docker first: one", both, docker, 1, {1, 0});
    row("Docker first: full", both, docker, 4, {4, 0});
    row("Docker first: the rest direct", both, docker, 5, {4, 1});
    row("more than both take", both, direct, 9, {4, 2});
    row("negative", both, direct, -1, {0, 0});
    const QList<ScalingPart> withMin{part(docker, 2, 4), part(direct, 1, 2)};
    row("each gets its min first", withMin, direct, 3, {2, 1});
    row("then the preferred one", withMin, direct, 4, {2, 2});
    row("then the other one", withMin, direct, 5, {3, 2});
    row("fewer than the sum of min", withMin, direct, 2, {1, 1});
    row("one pool", {part(docker, 0, 4)}, direct, 3, {3});
    row("no pool", {}, direct, 3, {});
    row("the preferred pool cannot start", {part(docker, 0, 4), part(direct, 1, 2, false)}, direct, 3, {3, 0});
    row("no pool can start", {part(docker, 1, 4, false), part(direct, 1, 2, false)}, direct, 3, {0, 0});
    row("several pools of a mode: in their order", {part(docker, 0, 1), part(docker, 0, 2), part(direct, 0, 1)}, docker,
        2, {1, 1, 0});
}

void TestScalingShares::poolsAreFilledInTheConfiguredOrder()
{
    QFETCH(QList<ScalingPart>, parts);
    QFETCH(int, prefer);
    QFETCH(int, workers);
    QTEST(ScalingShares::divide(workers, ExecutionMode(prefer), parts), "counts");
}

/// No worker gets lost, and a growing number never takes a worker from a pool.
void TestScalingShares::divisionIsCompleteAndMonotonic()
{
    const QList<ScalingPart> parts{part(docker, 2, 5), part(direct, 1, 3), part(docker, 0, 4)};
    for (const ExecutionMode prefer : {direct, docker}) {
        QList<int> before{0, 0, 0};
        for (int workers = 0; workers <= 12; ++workers) {
            const QList<int> counts = ScalingShares::divide(workers, prefer, parts);
            QCOMPARE(sum(counts), workers);
            for (qsizetype i = 0; i < parts.size(); ++i)
                QVERIFY(counts.at(i) >= before.at(i) && counts.at(i) <= parts.at(i).bounds.max);
            before = counts;
        }
    }
}

void TestScalingShares::boundsAreJoined_data()
{
    QTest::addColumn<QList<ScalingPart>>("parts");
    QTest::addColumn<ScalingBounds>("bounds");
    const auto row = [](const char *name, const QList<ScalingPart> &parts, const ScalingBounds &bounds) {
        QTest::newRow(name) << parts << bounds;
    };
    const ScalingPart cpus{direct, {1, 6, true}, true};
    row("one", {part(direct, 1, 3)}, {1, 3, false});
    row("two", {part(direct, 1, 3), part(docker, 2, 4)}, {3, 7, false});
    row("one cannot start", {part(direct, 1, 3, false), part(docker, 2, 4)}, {2, 4, false});
    row("none can start", {part(direct, 1, 3, false)}, {0, 0, false});
    row("CPUs", {cpus}, {1, 6, true});
    row("CPUs count once", {cpus, cpus}, {2, 6, true});
    row("CPUs and max", {cpus, part(docker, 0, 4)}, {1, 10, true});
    row("the sum of min is above the CPUs", {{direct, {4, 6, true}, true}, {docker, {5, 6, true}, true}}, {9, 9, true});
}

void TestScalingShares::boundsAreJoined()
{
    QFETCH(QList<ScalingPart>, parts);
    QFETCH(ScalingBounds, bounds);
    QVERIFY(ScalingShares::joint(parts, 6) == bounds);
}

void TestScalingShares::totalIsDividedFairly_data()
{
    QTest::addColumn<QList<int>>("wanted");
    QTest::addColumn<int>("total");
    QTest::addColumn<QList<int>>("shares");
    QTest::newRow("enough for all") << QList{3, 5} << 8 << QList{3, 5};
    QTest::newRow("a busy type does not starve another one") << QList{10, 2} << 8 << QList{6, 2};
    QTest::newRow("two busy types") << QList{10, 20} << 8 << QList{4, 4};
    QTest::newRow("a remainder") << QList{10, 20} << 7 << QList{3, 4};
    QTest::newRow("a type without jobs") << QList{10, 0, 20} << 8 << QList{4, 0, 4};
    QTest::newRow("fewer than types") << QList{5, 5, 5} << 2 << QList{0, 1, 1};
    QTest::newRow("nothing") << QList{5, 5} << 0 << QList{0, 0};
    QTest::newRow("less than nothing") << QList{5, 5} << -1 << QList{0, 0};
    QTest::newRow("no type") << QList<int>() << 8 << QList<int>();
}

void TestScalingShares::totalIsDividedFairly()
{
    QFETCH(QList<int>, wanted);
    QFETCH(int, total);
    QTEST(ScalingShares::fair(wanted, total), "shares");
}

/// Tries all small cases: nothing is wasted, and a type that gets less than it wants has at most one worker less than
/// another one.
void TestScalingShares::fairSharesAreFair()
{
    for (int code = 0; code < 6 * 6 * 6; ++code) {
        const QList<int> wanted{code % 6, code / 6 % 6, code / 36};
        for (int total = 0; total <= 18; ++total) {
            const QList<int> shares = ScalingShares::fair(wanted, total);
            QCOMPARE(sum(shares), std::min(total, sum(wanted)));
            for (qsizetype i = 0; i < wanted.size(); ++i) {
                QVERIFY(shares.at(i) >= 0 && shares.at(i) <= wanted.at(i));
                const int highest = *std::max_element(shares.cbegin(), shares.cend());
                QVERIFY(shares.at(i) == wanted.at(i) || shares.at(i) >= highest - 1);
            }
        }
    }
}

QTEST_GUILESS_MAIN(TestScalingShares)
#include "tst_scalingshares.moc"
