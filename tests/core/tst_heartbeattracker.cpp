// SPDX-License-Identifier: GPL-3.0-or-later
// For how long the heartbeats of others have stood, as seen with one's own eyes.
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
    void watchedBeforeItSaysAnything();
    void aBeatBeginsAnew();
    void theClockOfTheWallMayBeSet();
    void sleepBeginsAnew();
    void lockedTimeDoesNotCount();
    void withoutATime();
    void roundsForget();

private:
    std::optional<milliseconds> look(const QDateTime &mark) { return m_heartbeats->silence(QStringLiteral("w"), mark, m_clock->utcNow(), m_clock->steadyNow()); }
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<HeartbeatTracker> m_heartbeats;

private Q_SLOTS:
    void init()
    {
        m_clock = std::make_unique<ManualClock>();
        m_heartbeats = std::make_unique<HeartbeatTracker>();
    }
};

void TestHeartbeatTracker::watchedBeforeItSaysAnything()
{
    const QDateTime mark = m_clock->utcNow().addSecs(-3600);
    QVERIFY(!look(mark));
    m_clock->advance(29s);
    QVERIFY(!look(mark));
    m_clock->advance(1s);
    QCOMPARE(look(mark).value_or(0s), milliseconds(3630s));
}

void TestHeartbeatTracker::aBeatBeginsAnew()
{
    QDateTime mark = m_clock->utcNow();
    (void)look(mark);
    m_clock->advance(60s);
    QCOMPARE(look(mark).value_or(0s), milliseconds(60s));
    mark = m_clock->utcNow();
    QVERIFY(!look(mark));
    m_clock->advance(40s);
    QCOMPARE(look(mark).value_or(0s), milliseconds(40s));
}

void TestHeartbeatTracker::theClockOfTheWallMayBeSet()
{
    const QDateTime mark = m_clock->utcNow();
    (void)look(mark);
    m_clock->setClock(24h);
    m_clock->advance(40s);
    QCOMPARE(look(mark).value_or(0s), milliseconds(40s));
    m_clock->setClock(-48h);
    QCOMPARE(look(mark).value_or(0s), milliseconds(40s));
    // A mark of the future is one of now.
    QVERIFY(!m_heartbeats->silence(QStringLiteral("x"), m_clock->utcNow().addDays(3), m_clock->utcNow(), m_clock->steadyNow()));
    m_clock->advance(31s);
    QCOMPARE(m_heartbeats->silence(QStringLiteral("x"), m_clock->utcNow().addDays(3).addSecs(-31), m_clock->utcNow(), m_clock->steadyNow()).value_or(0s),
             milliseconds(31s));
}

void TestHeartbeatTracker::sleepBeginsAnew()
{
    const QDateTime mark = m_clock->utcNow();
    (void)look(mark);
    m_clock->advance(60s);
    m_clock->suspend(8h);
    m_heartbeats->noticeJumps(1, m_clock->steadyNow());
    QVERIFY(!look(mark)); // whoever lives beats within the next moments
    m_clock->advance(30s);
    m_heartbeats->noticeJumps(1, m_clock->steadyNow());
    QCOMPARE(look(mark).value_or(0s), milliseconds(90s)); // and the night counts for nothing
}

void TestHeartbeatTracker::lockedTimeDoesNotCount()
{
    const QDateTime mark = m_clock->utcNow();
    const milliseconds before = m_clock->steadyNow();
    (void)look(mark);
    m_clock->advance(300s); // the caller's time stood still: the database was locked
    QVERIFY(!m_heartbeats->silence(QStringLiteral("w"), mark, m_clock->utcNow(), before + 5s));
}

void TestHeartbeatTracker::withoutATime()
{
    QVERIFY(!look({}));
    m_clock->advance(31s);
    QVERIFY(look({}).value_or(0s) > 1h);
}

void TestHeartbeatTracker::roundsForget()
{
    const QDateTime mark = m_clock->utcNow();
    (void)look(mark);
    m_heartbeats->endRound();
    m_clock->advance(60s);
    QVERIFY(look(mark)); // asked for in each round
    m_heartbeats->endRound();
    m_heartbeats->endRound(); // and not in this one
    QVERIFY(!look(mark));
}

QTEST_GUILESS_MAIN(TestHeartbeatTracker)
#include "tst_heartbeattracker.moc"
