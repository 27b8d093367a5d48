// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that the invariants of a queue hold after every step of random operations over several connections. A list of
// steps that fails is shortened before it is shown.
#include "tests/support/queuerun.h"

#include <QElapsedTimer>
#include <QTest>

#include <random>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

constexpr int stepsOfARun = 1500;
constexpr int timeForAll = 12'000; ///< ms; seeds that were not run by then are omitted
constexpr int timeToShrink = 20'000; ///< ms

QList<Step> stepsOf(quint32 seed)
{
    std::mt19937 random(seed);
    std::discrete_distribution<int> operation({14, 14, 8, 16, 4, 10, 4, 6, 4, 4, 1, 1, 1, 4, 1});
    QList<Step> steps;
    for (int i = 0; i < stepsOfARun; ++i) {
        Step step;
        step.operation = Step::Operation(operation(random));
        step.a = quint32(random());
        step.b = quint32(random());
        step.c = quint32(random());
        step.connection = int(random() % QueueRun::connections);
        steps.append(step);
    }
    return steps;
}

/// Returns the steps up to the failure, and the failure; empty if no invariant was violated.
QStringList failureOf(const QList<Step> &steps)
{
    QueueRun run;
    for (const Step &step : steps) {
        const QString wrong = run.apply(step);
        if (!wrong.isEmpty())
            return run.steps() + QStringList(wrong);
    }
    const QString wrong = run.checkEvents();
    return wrong.isEmpty() ? QStringList() : run.steps() + QStringList(wrong);
}

/// Removes the steps that are not needed for the failure: halves first, then single steps.
QStringList shortest(QList<Step> steps, QStringList failed)
{
    QElapsedTimer timer;
    timer.start();
    for (qsizetype size = steps.size() / 2; size > 0; size /= 2) {
        for (qsizetype at = 0; at < steps.size() && !timer.hasExpired(timeToShrink);) {
            QList<Step> fewer = steps;
            fewer.remove(at, std::min(size, steps.size() - at));
            if (const QStringList still = failureOf(fewer); !still.isEmpty()) {
                steps = fewer;
                failed = still;
            } else {
                at += size;
            }
        }
    }
    return failed;
}

} // namespace

class TestQueueProperties : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void invariantsHoldAfterEveryStep_data();
    void invariantsHoldAfterEveryStep();

private:
    QElapsedTimer m_timer;
};

void TestQueueProperties::invariantsHoldAfterEveryStep_data()
{
    QTest::addColumn<quint32>("seed");
    for (const quint32 seed : {1U, 2U, 3U, 4U})
        QTest::addRow("seed %u", seed) << seed;
    const quint32 another = std::random_device()();
    QTest::addRow("another seed, %u", another) << another;
    m_timer.start();
}

void TestQueueProperties::invariantsHoldAfterEveryStep()
{
    QFETCH(quint32, seed);
    if (m_timer.hasExpired(timeForAll)) {
        qInfo("omitted, because the time for this test is over");
        return;
    }
    const QList<Step> steps = stepsOf(seed);
    const QStringList failed = failureOf(steps);
    if (!failed.isEmpty())
        QFAIL(qPrintable(QStringLiteral("seed %1:\n").arg(seed) + shortest(steps, failed).join(u'\n')));
}

QTEST_GUILESS_MAIN(TestQueueProperties)
#include "tst_queueproperties.moc"
