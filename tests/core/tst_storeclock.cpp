// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that store time stands still while the database cannot be used.
#include "core/pool/storeclock.h"
#include "tests/support/manualclock.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestStoreClock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_clock = std::make_unique<ManualClock>();
        m_storeClock = std::make_unique<StoreClock>(*m_clock);
        m_storeClock->poll();
        m_begin = m_storeClock->now();
    }
    void storeTimeRunsWithoutAnOutage();
    void storeTimeStandsStillDuringAnOutage_data();
    void storeTimeStandsStillDuringAnOutage();
    void storeTimeStandsStillUntilAllOutagesHaveEnded();
    void stallDoesNotCount();
    void suspendAndClockChangesDoNotCount();

private:
    /// Lets time pass as it does while a manager runs: the clock is polled every second.
    void run(seconds time)
    {
        for (seconds passed{0}; passed < time; passed += 1s) {
            m_clock->advance(1s);
            m_storeClock->poll();
        }
    }
    void setOutage(StoreClock::Outage outage, bool isActive)
    {
        m_storeClock->poll();
        m_storeClock->setOutage(outage, isActive);
    }
    [[nodiscard]] milliseconds passed() const { return m_storeClock->now() - m_begin; }

    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<StoreClock> m_storeClock;
    milliseconds m_begin{0};
};

void TestStoreClock::storeTimeRunsWithoutAnOutage()
{
    run(10s);
    QCOMPARE(passed(), 10s);
    m_clock->advance(500ms); // between two polls
    QCOMPARE(passed(), 10500ms);
}

void TestStoreClock::storeTimeStandsStillDuringAnOutage_data()
{
    QTest::addColumn<int>("outage");
    QTest::newRow("locked") << int(StoreClock::Outage::Locked);
    QTest::newRow("reads fail") << int(StoreClock::Outage::ReadsFail);
    QTest::newRow("writes fail") << int(StoreClock::Outage::WritesFail);
}

void TestStoreClock::storeTimeStandsStillDuringAnOutage()
{
    QFETCH(int, outage);
    run(10s);
    setOutage(StoreClock::Outage(outage), true);
    QVERIFY(m_storeClock->isStoreUnavailable());
    run(60s);
    m_clock->advance(700ms);
    QCOMPARE(passed(), 10s);
    setOutage(StoreClock::Outage(outage), false);
    QCOMPARE(passed(), 10s);
    run(5s);
    QCOMPARE(passed(), 15s);
}

void TestStoreClock::storeTimeStandsStillUntilAllOutagesHaveEnded()
{
    setOutage(StoreClock::Outage::Locked, true);
    run(10s);
    setOutage(StoreClock::Outage::WritesFail, true);
    run(10s);
    setOutage(StoreClock::Outage::Locked, false);
    run(10s);
    QCOMPARE(passed(), 0s);
    setOutage(StoreClock::Outage::WritesFail, false);
    run(1s);
    QCOMPARE(passed(), 1s);
}

/// Changes that were made while this program did not run have not been read yet.
void TestStoreClock::stallDoesNotCount()
{
    run(10s);
    m_clock->advance(90s);
    const auto jump = m_storeClock->poll();
    QVERIFY(jump && jump->kind == ClockJump::Kind::Stalled);
    QCOMPARE(passed(), 10s);
    QCOMPARE(m_storeClock->jumpCount(), 1);
    // During an outage, the stall is not subtracted twice.
    setOutage(StoreClock::Outage::Locked, true);
    m_clock->advance(90s);
    m_storeClock->poll();
    QCOMPARE(passed(), 10s);
    QCOMPARE(m_storeClock->jumpCount(), 2);
}

void TestStoreClock::suspendAndClockChangesDoNotCount()
{
    m_clock->suspend(8h);
    QVERIFY(m_storeClock->poll());
    m_clock->setClock(-2h);
    QVERIFY(m_storeClock->poll());
    QCOMPARE(m_storeClock->jumpCount(), 2);
    run(3s);
    QCOMPARE(passed(), 3s);
    QVERIFY(!m_storeClock->poll());
}

QTEST_GUILESS_MAIN(TestStoreClock)
#include "tst_storeclock.moc"
