// SPDX-License-Identifier: GPL-3.0-or-later
// For how long the heartbeats of others have stood, as seen with one's own eyes.
#include "core/pool/sightings.h"

#include <QTest>

using namespace lifeguard;
using namespace std::chrono_literals;

class TestSightings : public QObject
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
    std::optional<milliseconds> look(const QDateTime &mark) { return m_sightings->silence(QStringLiteral("w"), mark, m_clock->utcNow(), m_clock->steadyNow()); }
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<Sightings> m_sightings;

private Q_SLOTS:
    void init()
    {
        m_clock = std::make_unique<ManualClock>();
        m_sightings = std::make_unique<Sightings>();
    }
};

void TestSightings::watchedBeforeItSaysAnything()
{
    const QDateTime mark = m_clock->utcNow().addSecs(-3600);
    QVERIFY(!look(mark));
    m_clock->advance(29s);
    QVERIFY(!look(mark));
    m_clock->advance(1s);
    QCOMPARE(look(mark).value_or(0s), milliseconds(3630s));
}

void TestSightings::aBeatBeginsAnew()
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

void TestSightings::theClockOfTheWallMayBeSet()
{
    const QDateTime mark = m_clock->utcNow();
    (void)look(mark);
    m_clock->setClock(24h);
    m_clock->advance(40s);
    QCOMPARE(look(mark).value_or(0s), milliseconds(40s));
    m_clock->setClock(-48h);
    QCOMPARE(look(mark).value_or(0s), milliseconds(40s));
    // A mark of the future is one of now.
    QVERIFY(!m_sightings->silence(QStringLiteral("x"), m_clock->utcNow().addDays(3), m_clock->utcNow(), m_clock->steadyNow()));
    m_clock->advance(31s);
    QCOMPARE(m_sightings->silence(QStringLiteral("x"), m_clock->utcNow().addDays(3).addSecs(-31), m_clock->utcNow(), m_clock->steadyNow()).value_or(0s),
             milliseconds(31s));
}

void TestSightings::sleepBeginsAnew()
{
    const QDateTime mark = m_clock->utcNow();
    (void)look(mark);
    m_clock->advance(60s);
    m_clock->suspend(8h);
    m_sightings->noticeJumps(1, m_clock->steadyNow());
    QVERIFY(!look(mark)); // whoever lives beats within the next moments
    m_clock->advance(30s);
    m_sightings->noticeJumps(1, m_clock->steadyNow());
    QCOMPARE(look(mark).value_or(0s), milliseconds(90s)); // and the night counts for nothing
}

void TestSightings::lockedTimeDoesNotCount()
{
    const QDateTime mark = m_clock->utcNow();
    const milliseconds before = m_clock->steadyNow();
    (void)look(mark);
    m_clock->advance(300s); // the caller's time stood still: the database was locked
    QVERIFY(!m_sightings->silence(QStringLiteral("w"), mark, m_clock->utcNow(), before + 5s));
}

void TestSightings::withoutATime()
{
    QVERIFY(!look({}));
    m_clock->advance(31s);
    QVERIFY(look({}).value_or(0s) > 1h);
}

void TestSightings::roundsForget()
{
    const QDateTime mark = m_clock->utcNow();
    (void)look(mark);
    m_sightings->endRound();
    m_clock->advance(60s);
    QVERIFY(look(mark)); // asked for in each round
    m_sightings->endRound();
    m_sightings->endRound(); // and not in this one
    QVERIFY(!look(mark));
}

QTEST_GUILESS_MAIN(TestSightings)
#include "tst_sightings.moc"
