// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that lifeguard-worker and `lifeguardctl run` end with exit code 3 when their database is deleted, moved,
// replaced or restored, and that they do not touch the file that has its name now.
#include "tests/support/ctlprogram.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"
#include "tests/support/workertest.h"

#include <QFile>
#include <QTest>

#include <functional>

using namespace lifeguard;
using namespace lifeguard::test;

using Change = std::function<void(const QString &)>;

class TestReplacedDatabase : public WorkerTest
{
    Q_OBJECT

private Q_SLOTS:
    void idleWorkerExits_data() { addChanges(); }
    void idleWorkerExits();
    void busyWorkerExits_data() { addChanges(); }
    void busyWorkerExits();
    void workerStartedBeforeTheReplacementChangesNothing_data();
    void workerStartedBeforeTheReplacementChangesNothing();
    void runExits_data() { addChanges(); }
    void runExits();
    void workerExitsWhenItsDatabaseIsRestored_data();
    void workerExitsWhenItsDatabaseIsRestored();
    void runExitsWhenItsDatabaseIsRestored();

private:
    static void addChanges();
    [[nodiscard]] static bool createBackup(const QString &path);
};

void TestReplacedDatabase::addChanges()
{
    QTest::addColumn<Change>("change");
    QTest::newRow("deleted") << Change([](const QString &path) { QVERIFY(QFile::remove(path)); });
    QTest::newRow("moved") << Change([](const QString &path) { QVERIFY(QFile::rename(path, path + s(".old"))); });
    QTest::newRow("replaced") << Change([](const QString &path) {
        QVERIFY(QFile::remove(path));
        QVERIFY(QFile::rename(path + s(".backup"), path));
    });
    QTest::newRow("restored with its log") << Change([](const QString &path) {
        for (const char *suffix : {"", "-wal", "-shm"})
            QVERIFY(QFile::remove(path + s(suffix)));
        QVERIFY(QFile::rename(path + s(".backup"), path));
    });
}

bool TestReplacedDatabase::createBackup(const QString &path)
{
    return RawSql(path).exec(s("VACUUM INTO '%1.backup'").arg(path));
}

void TestReplacedDatabase::idleWorkerExits()
{
    QFETCH(Change, change);
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w0")), s("idle"), patience);
    QVERIFY(createBackup(path("jobs.db")));
    const QByteArray backup = contentOf(path("jobs.db.backup"));
    change(path("jobs.db"));
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 3);
    QVERIFY(logOf(*worker).contains("jobs.db was "));
    if (QFile::exists(path("jobs.db")))
        QVERIFY(contentOf(path("jobs.db")) == backup);
}

void TestReplacedDatabase::busyWorkerExits()
{
    QFETCH(Change, change);
    const qint64 id = addNoop(60000, path("never.txt"));
    addNoop(0, path("next.txt"));
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("processing"), patience);
    QVERIFY(createBackup(path("jobs.db")));
    const QByteArray backup = contentOf(path("jobs.db.backup"));
    change(path("jobs.db"));
    WAIT_FOR_END(worker); // long before the end of the job
    QCOMPARE(worker->exitCode(), 3);
    QVERIFY(!QFile::exists(path("never.txt")));
    QVERIFY(!QFile::exists(path("next.txt")));
    if (QFile::exists(path("jobs.db")))
        QVERIFY(contentOf(path("jobs.db")) == backup);
}

void TestReplacedDatabase::workerStartedBeforeTheReplacementChangesNothing_data()
{
    QTest::addColumn<QByteArray>("variable");
    QTest::addColumn<QString>("value");
    QTest::newRow("process") << QByteArray("LIFEGUARD_MANAGER") << ProcessIdentity::self().toString();
    QTest::newRow("container") << QByteArray("LIFEGUARD_MANAGER_ID") << s("manager");
}

/// The manager has recorded the worker, and the database is replaced before the worker opens it. In the new file, the
/// manager could not be found, and a job that the worker had begun would wait for hours.
void TestReplacedDatabase::workerStartedBeforeTheReplacementChangesNothing()
{
    QFETCH(QByteArray, variable);
    QFETCH(QString, value);
    const qint64 job = addNoop(0);
    QVERIFY(createBackup(path("jobs.db")));
    recordWorkers({s("w0"), s("w1")});
    m_queue.reset();
    m_registry.reset();
    m_db.reset();
    QVERIFY(QFile::rename(path("jobs.db"), path("previous.db")));
    QVERIFY(QFile::copy(path("jobs.db.backup"), path("jobs.db")));
    auto worker = start(s("noop"), {{variable.constData(), value}});
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 3);
    const QByteArray log = logOf(*worker);
    QVERIFY2(log.contains("jobs.db") && log.contains("was replaced"), log.constData());
    QVERIFY(contentOf(path("jobs.db")) == contentOf(path("jobs.db.backup")));

    // With the file of the manager, the same worker works.
    QVERIFY(QFile::remove(path("jobs.db")));
    QVERIFY(QFile::rename(path("previous.db"), path("jobs.db")));
    auto next = start(s("noop"), {{variable.constData(), value}});
    EVENTUALLY(RawSql(path("jobs.db")).value(s("SELECT status FROM jobs WHERE id = %1").arg(job)) == s("completed"));
    next->terminate();
    WAIT_FOR_END(next);
}

void TestReplacedDatabase::runExits()
{
    QFETCH(Change, change);
    const CtlProgram ctl;
    QVERIFY(ctl.submitNoop(30, 60000));
    QProcess run;
    run.setProcessEnvironment(ctl.environment());
    run.start(CtlProgram::program(), {s("run"), s("--pool"), s("noop=4"), s("--pool"), s("noop=1,command=sleep 600"),
                                      s("--db"), ctl.database(), s("--workspace"), ctl.folder()});
    QVERIFY(run.waitForStarted());
    EVENTUALLY(ctl.jobs(s("processing")) == 4);
    QStringList processes;
    EVENTUALLY((processes = RawSql(ctl.database())
                                .column(s("SELECT process FROM lifeguard_workers WHERE process IS NOT NULL")))
                   .size()
               == 5);
    QVERIFY(createBackup(ctl.database()));
    const QByteArray backup = contentOf(ctl.database() + s(".backup"));
    change(ctl.database());
    QTRY_COMPARE_WITH_TIMEOUT(run.state(), QProcess::NotRunning, patience);
    QCOMPARE(run.exitCode(), 3);
    const QByteArray errors = run.readAllStandardError();
    QVERIFY2(QString::fromUtf8(errors).contains(ctl.database() + s(" was ")), errors.constData());
    if (QFile::exists(ctl.database()))
        QVERIFY(contentOf(ctl.database()) == backup);
    // Neither the workers nor the commands are left.
    for (const QString &process : std::as_const(processes))
        EVENTUALLY(!isAlive(process.section(u':', 0, 0).toLongLong()));
}

void TestReplacedDatabase::workerExitsWhenItsDatabaseIsRestored_data()
{
    QTest::addColumn<bool>("isBusy");
    QTest::newRow("idle") << false;
    QTest::newRow("busy") << true;
}

/// Restored through SQLite: the same file gets earlier content.
void TestReplacedDatabase::workerExitsWhenItsDatabaseIsRestored()
{
    QFETCH(bool, isBusy);
    QVERIFY(createBackup(path("jobs.db")));
    auto worker = start(s("noop"));
    // What the heartbeat of a manager does. The worker has read it when it has claimed a job.
    QVERIFY(RawSql(path("jobs.db")).exec(s("UPDATE lifeguard_database SET generation = generation + 1")));
    const qint64 first = addNoop(0);
    QTRY_COMPARE_WITH_TIMEOUT(status(first), s("completed"), patience);
    if (isBusy) {
        const qint64 second = addNoop(60000, path("never.txt"));
        QTRY_COMPARE_WITH_TIMEOUT(status(second), s("processing"), patience);
    }
    QVERIFY(restoreThroughSqlite(path("jobs.db"), path("jobs.db.backup")));
    WAIT_FOR_END(worker); // long before the end of the job
    QCOMPARE(worker->exitCode(), 3);
    const QByteArray log = logOf(*worker);
    QVERIFY2(log.contains("The content of ") && log.contains("jobs.db was replaced"), log.constData());
    QVERIFY(!QFile::exists(path("never.txt")));
    RawSql raw(path("jobs.db"));
    QCOMPARE(raw.value(s("SELECT count(*) FROM jobs")).toInt(), 0);
    QCOMPARE(raw.value(s("SELECT count(*) FROM workers")).toInt(), 0);
    QCOMPARE(raw.value(s("PRAGMA integrity_check")).toString(), s("ok"));
}

void TestReplacedDatabase::runExitsWhenItsDatabaseIsRestored()
{
    const CtlProgram ctl;
    QVERIFY(ctl.submitNoop(30, 60000));
    QVERIFY(createBackup(ctl.database()));
    QProcess run;
    ctl.start(run, {s("run"), s("--pool"), s("noop=4"), s("--pool"), s("noop=1,command=sleep 600")});
    QVERIFY(run.waitForStarted());
    EVENTUALLY(ctl.jobs(s("processing")) == 4);
    RawSql raw(ctl.database());
    QStringList processes;
    EVENTUALLY((processes = raw.column(s("SELECT process FROM lifeguard_workers WHERE process IS NOT NULL"))).size()
               == 5);
    EVENTUALLY(raw.value(s("SELECT generation FROM lifeguard_database")).toInt() > 1); // heartbeats of the manager
    QVERIFY(restoreThroughSqlite(ctl.database(), ctl.database() + s(".backup")));
    QTRY_COMPARE_WITH_TIMEOUT(run.state(), QProcess::NotRunning, patience);
    QCOMPARE(run.exitCode(), 3);
    const QByteArray errors = run.readAllStandardError();
    QVERIFY2(errors.contains("The content of ") && errors.contains("jobs.db was replaced"), errors.constData());
    // Neither the workers nor the commands are left, and none of them has written to the restored database.
    for (const QString &process : std::as_const(processes))
        EVENTUALLY(!isAlive(process.section(u':', 0, 0).toLongLong()));
    QCOMPARE(raw.value(s("SELECT count(*) FROM jobs WHERE status = 'pending' AND attempts = 0")).toInt(), 30);
    QCOMPARE(raw.value(s("SELECT count(*) FROM lifeguard_managers")).toInt(), 0);
    QCOMPARE(raw.value(s("SELECT count(*) FROM workers")).toInt(), 0);
}

QTEST_GUILESS_MAIN(TestReplacedDatabase)
#include "tst_replaceddatabase.moc"
