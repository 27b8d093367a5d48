// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how long a heartbeat has been unchanged, counted only while this process observed it.
#include "core/pool/heartbeattracker.h"
#include "tests/support/manualclock.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestHeartbeatTracker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_clock = std::make_unique<ManualClock>();
        m_tracker = std::make_unique<HeartbeatTracker>();
    }
    void silenceIsUnknownUntilItWasObserved();
    void aBeatStartsTheObservationAgain();
    void changesOfTheWallClockDoNotCount();
    void timesInTheFutureCountAsThePresent();
    void aSuspendStartsTheObservationAgain();
    void outagesDoNotCount();
    void invalidTimesCountAsLongSilence();
    void forgetsUnusedKeys();

private:
    std::optional<milliseconds> silence(const QDateTime &time)
    {
        return m_tracker->silence(QStringLiteral("w"), time, m_clock->utcNow(), m_clock->steadyNow());
    }
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<HeartbeatTracker> m_tracker;
};

void TestHeartbeatTracker::silenceIsUnknownUntilItWasObserved()
{
    const QDateTime beat = m_clock->utcNow().addSecs(-3600);
    QVERIFY(!silence(beat));
    m_clock->advance(29s);
    QVERIFY(!silence(beat));
    m_clock->advance(1s);
    QCOMPARE(silence(beat).value_or(0s), milliseconds(3630s));
}

void TestHeartbeatTracker::aBeatStartsTheObservationAgain()
{
    QDateTime beat = m_clock->utcNow();
    QVERIFY(!silence(beat));
    m_clock->advance(60s);
    QCOMPARE(silence(beat).value_or(0s), milliseconds(60s));
    beat = m_clock->utcNow();
    QVERIFY(!silence(beat));
    m_clock->advance(40s);
    QCOMPARE(silence(beat).value_or(0s), milliseconds(40s));
}

void TestHeartbeatTracker::changesOfTheWallClockDoNotCount()
{
    const QDateTime beat = m_clock->utcNow();
    QVERIFY(!silence(beat));
    m_clock->setClock(24h);
    m_clock->advance(40s);
    QCOMPARE(silence(beat).value_or(0s), milliseconds(40s));
    m_clock->setClock(-48h);
    QCOMPARE(silence(beat).value_or(0s), milliseconds(40s));
}

void TestHeartbeatTracker::timesInTheFutureCountAsThePresent()
{
    const QDateTime beat = m_clock->utcNow().addDays(3);
    QVERIFY(!silence(beat));
    m_clock->advance(31s);
    QCOMPARE(silence(beat).value_or(0s), milliseconds(31s));
}

void TestHeartbeatTracker::aSuspendStartsTheObservationAgain()
{
    const QDateTime beat = m_clock->utcNow();
    QVERIFY(!silence(beat));
    m_clock->advance(60s);
    m_clock->suspend(8h);
    m_tracker->handleJumps(1, m_clock->steadyNow());
    QVERIFY(!silence(beat)); // a living worker beats soon
    m_clock->advance(30s);
    m_tracker->handleJumps(1, m_clock->steadyNow());
    QCOMPARE(silence(beat).value_or(0s), milliseconds(90s)); // the suspended time does not count
}

/// The store time stands still while the database is locked.
void TestHeartbeatTracker::outagesDoNotCount()
{
    const QDateTime beat = m_clock->utcNow();
    const milliseconds before = m_clock->steadyNow();
    QVERIFY(!silence(beat));
    m_clock->advance(300s);
    QVERIFY(!m_tracker->silence(QStringLiteral("w"), beat, m_clock->utcNow(), before + 5s));
}

void TestHeartbeatTracker::invalidTimesCountAsLongSilence()
{
    QVERIFY(!silence({}));
    m_clock->advance(31s);
    QVERIFY(silence({}).value_or(0s) > 1h);
}

void TestHeartbeatTracker::forgetsUnusedKeys()
{
    const QDateTime beat = m_clock->utcNow();
    QVERIFY(!silence(beat));
    m_tracker->forgetUnused();
    m_clock->advance(60s);
    QVERIFY(silence(beat)); // used since the last call
    m_tracker->forgetUnused();
    m_tracker->forgetUnused(); // not used since the last call
    QVERIFY(!silence(beat));
}

QTEST_GUILESS_MAIN(TestHeartbeatTracker)
#include "tst_heartbeattracker.moc"
