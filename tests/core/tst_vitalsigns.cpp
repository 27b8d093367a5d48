// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the ages of a worker's beat, heartbeat and job, and when they are reset.
#include "core/pool/vitalsigns.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestVitalSigns : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_signs = VitalSigns(); }
    void ageIsMeasuredInStoreTime();
    void beatAgeCountsFromTheLastChange();
    void heartbeatAgeCountsFromTheLastChange();
    void activeWorkersNeedNoHeartbeat();
    void jobAgeBeginsWithEachAttempt();
    void jobAgeStandsStillInAnOutage();
    void timeOfAStoppedProcessIsMeasured();
    void inactivityIsMeasured();
    void restartResetsAllAgesExceptThatOfTheJob();
    void timeWithoutInformationDoesNotCount();
    void registrationTimeoutExcludesTimeWithoutInformation();

private:
    static constexpr milliseconds start = 1000s;
    [[nodiscard]] Observation at(milliseconds now, std::optional<milliseconds> storeNow = {}) const
    {
        Observation observation;
        m_signs.fill(observation, now, storeNow.value_or(now));
        return observation;
    }
    void addStats(milliseconds now, char state = 'S', double cpuSeconds = 1, qint64 outputBytes = 0)
    {
        WorkerStats stats;
        stats.state = state;
        stats.cpuSeconds = cpuSeconds;
        stats.outputBytes = outputBytes;
        stats.memoryBytes = 1000;
        m_signs.addStats(stats, true, 60s, now, now);
    }
    VitalSigns m_signs;
};

void TestVitalSigns::ageIsMeasuredInStoreTime()
{
    m_signs.begin(start);
    QCOMPARE(at(start + 20s).age, 20s);
    QCOMPARE(at(start + 80s, start + 20s).age, 20s); // in store time
}

void TestVitalSigns::beatAgeCountsFromTheLastChange()
{
    QVERIFY(!m_signs.beatAge(start));
    Beat beat;
    m_signs.addBeat(beat, start);
    QVERIFY(!m_signs.beatAge(start)); // never beat
    beat.counter = 1;
    m_signs.addBeat(beat, start);
    QCOMPARE(m_signs.beatAge(start + 5s).value_or(0s), 5s);
    m_signs.addBeat(beat, start + 5s);
    QCOMPARE(m_signs.beatAge(start + 5s).value_or(0s), 5s); // the same beat
    beat.counter = 2;
    m_signs.addBeat(beat, start + 6s);
    QCOMPARE(m_signs.beatAge(start + 7s).value_or(0s), 1s);
}

void TestVitalSigns::heartbeatAgeCountsFromTheLastChange()
{
    const QDateTime beat = QDateTime::currentDateTimeUtc();
    m_signs.addHeartbeat(beat.addYears(-1), false, start); // the wall clock does not matter, only the change
    m_signs.addHeartbeat(beat.addYears(-1), false, start + 20s);
    QCOMPARE(m_signs.heartbeatAge(start + 20s), 20s);
    m_signs.addHeartbeat(beat, false, start + 21s);
    QCOMPARE(m_signs.heartbeatAge(start + 25s), 4s);
}

/// A command beats only while it is idle.
void TestVitalSigns::activeWorkersNeedNoHeartbeat()
{
    const QDateTime beat = QDateTime::currentDateTimeUtc();
    m_signs.addHeartbeat(beat, false, start);
    m_signs.addHeartbeat(beat, true, start + 300s);
    QCOMPARE(m_signs.heartbeatAge(start + 310s), 10s);
}

void TestVitalSigns::jobAgeBeginsWithEachAttempt()
{
    QVERIFY(!at(start).jobAge);
    m_signs.addJob({12, 3, 1}, 4s, start);
    QCOMPARE(at(start + 10s).jobAge.value_or(0s), 14s);
    m_signs.addJob({12, 3, 1}, 99s, start + 10s); // the same job: its age was measured when it was first seen
    QCOMPARE(at(start + 10s).jobAge.value_or(0s), 14s);
    m_signs.addJob({12, 3, 2}, 0s, start + 20s); // the next attempt
    QCOMPARE(at(start + 21s).jobAge.value_or(0s), 1s);
    m_signs.addJob({}, 0s, start + 30s);
    QVERIFY(!at(start + 30s).jobAge);
}

/// A finished job cannot be acknowledged while the database is locked, and must not be over its limit for that.
void TestVitalSigns::jobAgeStandsStillInAnOutage()
{
    m_signs.addJob({12, 3, 1}, 4s, start);
    QCOMPARE(at(start + 600s, start + 5s).jobAge.value_or(0s), 9s);
}

void TestVitalSigns::timeOfAStoppedProcessIsMeasured()
{
    addStats(start);
    QCOMPARE(at(start).stopped, 0s);
    addStats(start + 1s, 'T');
    addStats(start + 5s, 'T');
    QCOMPARE(at(start + 5s).stopped, 4s);
    QCOMPARE(at(start + 5s).processState, 'T');
    addStats(start + 6s);
    QCOMPARE(at(start + 6s).stopped, 0s);
}

void TestVitalSigns::inactivityIsMeasured()
{
    for (int i = 0; i <= 10; ++i)
        addStats(start + i * 1s);
    QCOMPARE(at(start + 10s).cpuInactive.value_or(0s), 10s);
    QCOMPARE(at(start + 10s).outputInactive.value_or(0s), 10s);
    QCOMPARE(at(start + 10s).memoryBytes, 1000);
    QVERIFY(m_signs.isMeasured());
    QVERIFY(!m_signs.history().isEmpty());
}

void TestVitalSigns::restartResetsAllAgesExceptThatOfTheJob()
{
    Beat beat;
    beat.counter = 1;
    m_signs.begin(start);
    m_signs.addBeat(beat, start);
    m_signs.addHeartbeat(QDateTime::currentDateTimeUtc(), false, start);
    m_signs.addJob({12, 3, 1}, 0s, start);
    for (int i = 0; i <= 10; ++i)
        addStats(start + i * 1s, 'T');
    m_signs.restart(start + 100s, start + 100s);
    const Observation observation = at(start + 101s);
    QCOMPARE(m_signs.beatAge(start + 101s).value_or(0s), 1s);
    QCOMPARE(m_signs.heartbeatAge(start + 101s), 1s);
    QCOMPARE(observation.stopped, 1s);
    QVERIFY(!observation.cpuInactive);
    QCOMPARE(observation.jobAge.value_or(0s), 101s); // the age of the job continues
}

/// While an engine does not respond, nothing is known about its containers.
void TestVitalSigns::timeWithoutInformationDoesNotCount()
{
    m_signs.begin(start);
    for (int i = 0; i <= 10; ++i)
        addStats(start + i * 1s, 'T');
    WorkerStats unreachable;
    unreachable.unknownReason = Message::literal(s("no connection"));
    m_signs.addStats(unreachable, true, 60s, start + 11s, start + 11s);
    Observation observation = at(start + 12s);
    QCOMPARE(observation.unknownReason.englishText(), s("no connection"));
    QCOMPARE(observation.memoryBytes, 1000); // as last measured
    QCOMPARE(observation.stopped, 0s);
    QVERIFY(!observation.cpuInactive);
    QCOMPARE(observation.age, 12s);
    QCOMPARE(m_signs.heartbeatAge(start + 12s), 1s);
    addStats(start + 13s);
    observation = at(start + 13s);
    QVERIFY(observation.unknownReason.isEmpty());
}

/// The time in which the engine does not respond does not count towards the registration timeout.
void TestVitalSigns::registrationTimeoutExcludesTimeWithoutInformation()
{
    m_signs.begin(start);
    WorkerStats unreachable;
    unreachable.unknownReason = Message::literal(s("no connection"));
    m_signs.addStats(unreachable, false, 60s, start + 100s, start + 100s);
    QCOMPARE(at(start + 101s).age, 1s);
    QVERIFY(!m_signs.isMeasured());
}

QTEST_GUILESS_MAIN(TestVitalSigns)
#include "tst_vitalsigns.moc"
