// SPDX-License-Identifier: GPL-3.0-or-later
// When a dead worker is replaced.
#include "core/pool/restartpolicy.h"

#include <QTest>

using namespace lifeguard;

class TestRestartPolicy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decides_data();
    void decides();
    void numbers();
};

void TestRestartPolicy::decides_data()
{
    QTest::addColumn<int>("deaths");
    QTest::addColumn<bool>("canStart");
    QTest::addColumn<bool>("restart");
    QTest::addColumn<int>("delay");
    QTest::newRow("first: at once") << 1 << true << true << 0;
    QTest::newRow("second") << 2 << true << true << 1000;
    QTest::newRow("third") << 3 << true << true << 2000;
    QTest::newRow("fourth") << 4 << true << true << 4000;
    QTest::newRow("fifth: crash-looping") << 5 << true << false << 0;
    QTest::newRow("sixth") << 6 << true << false << 0;
    QTest::newRow("very many") << 2'000'000'000 << true << false << 0;
    QTest::newRow("none yet") << 0 << true << true << 0;
    QTest::newRow("cannot start") << 1 << false << false << 0;
    QTest::newRow("cannot start, third") << 3 << false << false << 0;
}

void TestRestartPolicy::decides()
{
    QFETCH(int, deaths);
    QFETCH(bool, canStart);
    QFETCH(bool, restart);
    QFETCH(int, delay);
    const RestartDecision decision = RestartPolicy::decide(deaths, canStart);
    QCOMPARE(decision.restart, restart);
    QCOMPARE(decision.delay.count(), delay);
}

void TestRestartPolicy::numbers()
{
    QCOMPARE(RestartPolicy::firstDelay, milliseconds(1000));
    QCOMPARE(RestartPolicy::longestDelay, milliseconds(300'000));
    QCOMPARE(RestartPolicy::resetAfter, milliseconds(600'000));
}

QTEST_GUILESS_MAIN(TestRestartPolicy)
#include "tst_restartpolicy.moc"
