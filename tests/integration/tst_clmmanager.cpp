// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the program lifeguard-worker under a manager of CLM, which inserts the worker's row in advance and passes
// CLM_WORKER_ID and CLM_JOBS_DB_PATH.
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "tests/support/workertest.h"

#include "places.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestClmManager : public WorkerTest
{
    Q_OBJECT

private Q_SLOTS:
    void claimsAndEndsAsClmExpects();
    void beatsDuringAJob();
    void waitsForItsRow();
    void leavesRowsOfOthersAlone_data();
    void leavesRowsOfOthersAlone();
    void finishesItsJobAfterTheEndOfTheManager_data();
    void finishesItsJobAfterTheEndOfTheManager();
    void stopsWhenItsRowIsDeleted();
    void usesTheDatabaseOfClx();
    void doesNotSupportTheRestInterface();

private:
    /// Inserts a row as CLM's PoolManager does.
    void addRow(qint64 id, const QString &state = s("created"), qint64 managerPid = QCoreApplication::applicationPid());
    /// Starts a worker in the environment of CLM's DirectWorkerExecutor. The variable DB_PATH of the user names
    /// another database.
    std::unique_ptr<QProcess> startAssigned(qint64 id);
    [[nodiscard]] QVariant value(const QString &column)
    {
        return RawSql(path("jobs.db")).value(s("SELECT %1 FROM workers WHERE id = 7").arg(column));
    }
    void tag(qint64 job, const QString &mode, const QString &session)
    {
        QVERIFY(RawSql(path("jobs.db"))
                    .exec(s("UPDATE jobs SET execution_mode = ?, session_id = ? WHERE id = ?"), {mode, session, job}));
    }
};

void TestClmManager::addRow(qint64 id, const QString &state, qint64 managerPid)
{
    QVERIFY(
        RawSql(path("jobs.db"))
            .exec(s("INSERT INTO workers (id, worker_type, container_id, status, parent_pid, session_id, managed_by, "
                    "last_heartbeat) VALUES (?, 'noop', ?, ?, ?, 'session-1', 'build', '2000-01-01 00:00:00')"),
                  {id, s("direct-noop-%1").arg(id), state, managerPid}));
}

std::unique_ptr<QProcess> TestClmManager::startAssigned(qint64 id)
{
    QProcessEnvironment environment = workerEnvironment(s("noop"), s("direct-noop-0-0a1b2c3d"), path("other.db"),
                                                        m_folder->path());
    environment.remove(s("LIFEGUARD_EXECUTOR_ID"));
    environment.insert(s("CLM_JOBS_DB_PATH"), path("jobs.db"));
    environment.insert(s("CLM_WORKER_ID"), QString::number(id));
    return startProgram(s("lifeguard-worker"), {}, environment);
}

void TestClmManager::claimsAndEndsAsClmExpects()
{
    const qint64 own = addNoop(0);
    const qint64 untagged = addNoop(0);
    const qint64 ofDocker = addNoop(0);
    const qint64 ofAnotherSession = addNoop(0);
    const qint64 last = addNoop(60000, {}, -1);
    tag(own, s("direct"), s("session-1"));
    tag(last, s("direct"), s("session-1"));
    tag(ofDocker, s("docker"), s("session-1"));
    tag(ofAnotherSession, s("direct"), s("session-2"));
    addRow(7);
    auto worker = startAssigned(7);
    QTRY_COMPARE_WITH_TIMEOUT(status(own), s("completed"), patience);
    QTRY_COMPARE_WITH_TIMEOUT(status(untagged), s("completed"), patience);
    QCOMPARE(RawSql(path("jobs.db")).value(s("SELECT worker_id FROM jobs WHERE id = ?"), {own}).toInt(), 7);
    QCOMPARE(RawSql(path("jobs.db")).value(s("SELECT count(*) FROM workers")).toInt(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(status(last), s("processing"), patience);
    QCOMPARE(value(s("status")).toString(), s("busy"));
    // CLM replaces the name after the start of the process.
    EVENTUALLY(RawSql(path("jobs.db")).exec(s("UPDATE workers SET container_id = 'direct-noop-0-0a1b2c3d'")));
    QVERIFY(m_queue->cancel({last}, s("test")));
    QTRY_COMPARE_WITH_TIMEOUT(value(s("status")).toString(), s("idle"), patience);
    QCOMPARE(value(s("jobs_processed")).toInt(), 2);
    QCOMPARE(status(ofDocker), s("pending"));
    QCOMPARE(status(ofAnotherSession), s("pending"));
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QCOMPARE(RawSql(path("jobs.db")).value(s("SELECT count(*) FROM workers")).toInt(), 0);
    QVERIFY(!QFile::exists(path("other.db")));
}

void TestClmManager::beatsDuringAJob()
{
    const qint64 job = addNoop(60000);
    addRow(7);
    auto worker = startAssigned(7);
    QTRY_COMPARE_WITH_TIMEOUT(status(job), s("processing"), patience);
    QVERIFY(RawSql(path("jobs.db")).exec(s("UPDATE workers SET last_heartbeat = 'old'")));
    EVENTUALLY(value(s("last_heartbeat")).toString() != s("old"));
    QCOMPARE(status(job), s("processing"));
    QVERIFY(m_queue->cancel({job}, s("test")));
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestClmManager::waitsForItsRow()
{
    const qint64 job = addNoop(0);
    auto worker = startAssigned(7);
    QVERIFY(worker->waitForStarted());
    QVERIFY(!worker->waitForFinished(500)); // the row may become visible late
    addRow(7);
    QTRY_COMPARE_WITH_TIMEOUT(status(job), s("completed"), patience);
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
}

void TestClmManager::leavesRowsOfOthersAlone_data()
{
    QTest::addColumn<QString>("state");
    QTest::newRow("in use") << s("idle");
    QTest::newRow("given up") << s("dead");
    QTest::newRow("missing") << QString();
}

void TestClmManager::leavesRowsOfOthersAlone()
{
    QFETCH(QString, state);
    const qint64 job = addNoop(0);
    if (!state.isEmpty())
        addRow(7, state);
    auto worker = startAssigned(7);
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 4);
    QVERIFY(logOf(*worker).contains("CLM_WORKER_ID"));
    QCOMPARE(value(s("status")).toString(), state);
    QCOMPARE(RawSql(path("jobs.db")).value(s("SELECT count(*) FROM workers")).toInt(), state.isEmpty() ? 0 : 1);
    QCOMPARE(status(job), s("pending"));
}

void TestClmManager::finishesItsJobAfterTheEndOfTheManager_data()
{
    QTest::addColumn<bool>("isNamed");
    QTest::newRow("named by the row") << true;
    QTest::newRow("not named: the parent") << false;
}

void TestClmManager::finishesItsJobAfterTheEndOfTheManager()
{
    QFETCH(bool, isNamed);
    const qint64 job = addNoop(1500);
    const qint64 next = addNoop(0);
    // A manager that starts the worker and does nothing else.
    QProcess manager;
    QProcessEnvironment environment = workerEnvironment(s("noop"), s("direct-noop-0-0a1b2c3d"), path("other.db"),
                                                        m_folder->path());
    environment.insert(s("CLM_JOBS_DB_PATH"), path("jobs.db"));
    environment.insert(s("CLM_WORKER_ID"), s("7"));
    manager.setProcessEnvironment(environment);
    manager.setWorkingDirectory(m_folder->path());
    manager.start(
        s("sh"),
        {s("-c"), s("'%1/lifeguard-worker' > worker.log 2>&1 & echo $! > worker.pid; wait").arg(s(LIFEGUARD_BIN_DIR))});
    QVERIFY(manager.waitForStarted());
    addRow(7, s("created"), isNamed ? manager.processId() : 0);
    const qint64 pid = pidIn(path("worker.pid"), patience);
    QVERIFY(pid > 0);
    QTRY_COMPARE_WITH_TIMEOUT(status(job), s("processing"), patience);
    manager.kill();
    EVENTUALLY(!isAlive(pid));
    QCOMPARE(status(job), s("completed"));
    QCOMPARE(status(next), s("pending"));
    QCOMPARE(RawSql(path("jobs.db")).value(s("SELECT count(*) FROM workers")).toInt(), 0);
    WAIT_FOR_END(&manager);
}

void TestClmManager::stopsWhenItsRowIsDeleted()
{
    addRow(7);
    auto worker = startAssigned(7);
    QTRY_COMPARE_WITH_TIMEOUT(value(s("status")).toString(), s("idle"), patience);
    QVERIFY(RawSql(path("jobs.db")).exec(s("DELETE FROM workers")));
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 4);
}

void TestClmManager::usesTheDatabaseOfClx()
{
    // Without a row of CLM, the name of CLX comes first.
    const qint64 job = addNoop(0);
    auto worker = start(s("noop"), {{"CLM_JOBS_DB_PATH", path("other.db")}});
    QTRY_COMPARE_WITH_TIMEOUT(status(job), s("completed"), patience);
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE(workerStatus(s("w0")), s("dead"));
    const qint64 next = addNoop(0);
    worker = start(s("noop"), {{"DB_PATH", QString()}, {"CLM_JOBS_DB_PATH", path("jobs.db")}});
    QTRY_COMPARE_WITH_TIMEOUT(status(next), s("completed"), patience);
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestClmManager::doesNotSupportTheRestInterface()
{
    auto worker = start(s("noop"), {{"DB_PATH", QString()},
                                    {"CLM_WORKER_ID", s("7")},
                                    {"CLM_API_URL", s("http://host.docker.internal:8765")}});
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 2);
    QVERIFY(logOf(*worker).contains("CLM_API_URL"));
}

QTEST_GUILESS_MAIN(TestClmManager)
#include "tst_clmmanager.moc"
