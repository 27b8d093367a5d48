// SPDX-License-Identifier: GPL-3.0-or-later
// Tests outages of the engine during a job, in which its containers keep running or end.
#include "core/model/poolinfo.h"
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "tests/support/dockerpools.h"

#include <QSignalSpy>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

/// Returns a description of pools and workers, for messages of failed tests.
QByteArray stateOf(const PoolTest &t)
{
    QString text;
    for (const PoolInfo &pool : t.manager->pools())
        text += s("pool %1 %2: %3; ").arg(pool.name, toString(pool.state), pool.reason);
    for (const WorkerInfo &worker : t.manager->workers())
        text += s("%1 %2: %3; ").arg(worker.name(), toString(worker.state), worker.reason);
    return text.toUtf8();
}

} // namespace

class TestDockerRestart : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void jobIsCompletedAfterTheEngineRestarts_data();
    void jobIsCompletedAfterTheEngineRestarts();
    void restartOfTheEngineDoesNotCountAsCrashes();
    void poolStartedDuringAnOutageCanBeStartedAgain();
    void workerKilledDuringAnOutageIsDeadAtOnce();
    void managerStopsWhileTheEngineHangs();

private:
    std::unique_ptr<PrivateDockerEngine> m_engine;
};

void TestDockerRestart::initTestCase()
{
    NEEDS_DOCKER();
    m_engine = std::make_unique<PrivateDockerEngine>();
    QVERIFY2(m_engine->start(), m_engine->log().constData());
    QVERIFY(m_engine->load(s("lifeguard-noop:latest")));
    qputenv("DOCKER_HOST", m_engine->endpoint().toLocal8Bit());
}

void TestDockerRestart::jobIsCompletedAfterTheEngineRestarts_data()
{
    QTest::addColumn<bool>("killed");
    QTest::newRow("engine stopped, containers end") << false;
    QTest::newRow("engine killed, containers keep running") << true;
}

/// During the outage the workers are unknown, not dead. Afterwards each is found again or replaced, and the job is
/// completed.
void TestDockerRestart::jobIsCompletedAfterTheEngineRestarts()
{
    QFETCH(bool, killed);
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(2)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 2, patience);
    const QList<qint64> jobs = t.addNoop(1, 6000);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    if (killed)
        m_engine->kill();
    else
        m_engine->stop();
    if (killed) {
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Unknown).size(), 2, patience);
        QVERIFY2(t.workersIn(WorkerState::Unknown).constFirst().reason.contains(s("Docker")),
                 qPrintable(t.workersIn(WorkerState::Unknown).constFirst().reason));
        QCOMPARE(t.workersIn(WorkerState::Dead).size(), 0);
    }
    QVERIFY2(m_engine->start(), m_engine->log().constData());
    QVERIFY(QTest::qWaitFor([&] { return toString(t.job(jobs.first()).status) == s("completed"); }, 3 * patience));
    QVERIFY2(QTest::qWaitFor([&] { return t.workersIn(WorkerState::Idle).size() == 2; }, patience),
             stateOf(t).constData());
    QCOMPARE(t.workersIn(WorkerState::Unknown).size(), 0);
    QVERIFY(t.stopAll());
    EVENTUALLY(containersOf(*m_engine, t).isEmpty());
}

/// The engine ends all workers of a new pool during their first jobs, which would otherwise make the pool
/// crash-looping.
void TestDockerRestart::restartOfTheEngineDoesNotCountAsCrashes()
{
    constexpr int count = 5; // as many deaths as a crash-looping pool has
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(count)));
    const QList<qint64> jobs = t.addNoop(count, 8000);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), count, 3 * patience);
    m_engine->stop();
    QVERIFY2(m_engine->start(), m_engine->log().constData());
    for (const qint64 job : jobs)
        QVERIFY2(QTest::qWaitFor([&] { return toString(t.job(job).status) == s("completed"); }, 3 * patience),
                 stateOf(t).constData());
    QVERIFY2(QTest::qWaitFor([&] { return t.workersIn(WorkerState::Idle).size() == count; }, patience),
             stateOf(t).constData());
    for (const WorkerInfo &dead : t.workersIn(WorkerState::Dead))
        QVERIFY2(dead.reason.contains(s("engine was restarted")), qPrintable(dead.reason));
    QVERIFY(!t.eventKinds().contains(s("pool_crash_looping")));
    QVERIFY(t.stopAll());
    EVENTUALLY(containersOf(*m_engine, t).isEmpty());
}

/// A Docker pool reports the error, and can be started again after the outage.
void TestDockerRestart::poolStartedDuringAnOutageCanBeStartedAgain()
{
    m_engine->stop();
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.manager->pools().first().state), s("crash-looping"), patience);
    QVERIFY2(t.manager->pools().first().reason.contains(s("Docker")), qPrintable(t.manager->pools().first().reason));
    QVERIFY2(m_engine->start(), m_engine->log().constData());
    t.manager->resumePool(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    QVERIFY(t.stopAll());
}

/// A worker that is killed during an outage is reported as dead at once. Its container is removed after the outage.
void TestDockerRestart::workerKilledDuringAnOutageIsDeadAtOnce()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    const QString id = t.manager->workers().first().executorId;
    m_engine->kill();
    QVERIFY2(QTest::qWaitFor([&] { return t.workersIn(WorkerState::Unknown).size() == 1; }, patience),
             stateOf(t).constData());
    t.manager->killWorker(id);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Dead).size(), 1, patience);
    QVERIFY2(m_engine->start(), m_engine->log().constData());
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, 3 * patience);
    EVENTUALLY(!containersOf(*m_engine, t, "{{.ID}}").contains(id));
    QVERIFY(t.stopAll());
}

/// The engine accepts connections but does not respond: its workers are unknown, and the manager can still stop.
void TestDockerRestart::managerStopsWhileTheEngineHangs()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(2)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 2, patience);
    m_engine->suspend();
    QVERIFY2(QTest::qWaitFor([&] { return t.workersIn(WorkerState::Unknown).size() == 2; }, 3 * patience),
             stateOf(t).constData());
    QSignalSpy stopped(t.manager.get(), &WorkerPoolManager::allStopped);
    t.manager->stopAll(0s);
    const bool ended = QTest::qWaitFor([&] { return !stopped.isEmpty(); }, patience);
    m_engine->resume();
    QVERIFY2(ended, stateOf(t).constData());
    // The containers are removed after the outage.
    QVERIFY(QTest::qWaitFor([&] { return containersOf(*m_engine, t).isEmpty(); }, 3 * patience));
}

QTEST_GUILESS_MAIN(TestDockerRestart)
#include "tst_dockerrestart.moc"
