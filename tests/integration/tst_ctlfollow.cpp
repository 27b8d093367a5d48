// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the commands of lifeguardctl that go on until something happens: wait, status --watch, events --follow, logs.
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QProcess>
#include <QTest>

#include <csignal>

using namespace lifeguard;
using namespace lifeguard::test;

class TestCtlFollow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_ctl = std::make_unique<CtlProgram>();
        QCOMPARE(m_ctl->call({s("init")}).code, 0);
    }
    void cleanup() { m_ctl.reset(); }
    void waitReportsHowJobsEnd_data();
    void waitReportsHowJobsEnd();
    void waitEndsAtOnceForEndedJobs();
    void waitEndsAtTheTimeout();
    void waitIsInterrupted();
    void waitRefusesWrongArguments();
    void statusFollowsChanges();
    void eventsFollow();
    void followingCostsLittle();
    void replacedDatabaseEndsTheCommand();
    void logsOfWorkersAndPools();
    void logsFollow();

private:
    void addJobs(int count);
    void set(qint64 job, const QString &columns);
    void addWorker(const QString &executorId, int index, const QString &log);
    static int endWith(QProcess &process, int signalNumber);

    std::unique_ptr<CtlProgram> m_ctl;
};

void TestCtlFollow::addJobs(int count)
{
    QVERIFY(m_ctl->submitNoop(count));
}

void TestCtlFollow::set(qint64 job, const QString &columns)
{
    RawSql raw(m_ctl->database());
    QVERIFY2(raw.exec(s("UPDATE jobs SET %1 WHERE id = %2").arg(columns).arg(job)), qPrintable(raw.error()));
}

int TestCtlFollow::endWith(QProcess &process, int signalNumber)
{
    ::kill(pid_t(process.processId()), signalNumber);
    return process.waitForFinished(patience) && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
}

void TestCtlFollow::waitReportsHowJobsEnd_data()
{
    QTest::addColumn<QString>("status");
    QTest::addColumn<int>("code");
    QTest::newRow("completed") << s("completed") << 0;
    QTest::newRow("failed") << s("failed") << 1;
    QTest::newRow("cancelled") << s("cancelled") << 1;
}

void TestCtlFollow::waitReportsHowJobsEnd()
{
    QFETCH(QString, status);
    addJobs(2);
    QProcess process;
    m_ctl->start(process, {s("wait"), s("1"), s("2"), s("1")});
    set(1, s("status = 'completed'"));
    QVERIFY(CtlProgram::readUntil(process, "\n").contains("job 1  completed"));
    QCOMPARE(process.state(), QProcess::Running);
    set(2, s("status = '%1'").arg(status));
    QVERIFY(process.waitForFinished(patience));
    QTEST(process.exitCode(), "code");
    QVERIFY(process.readAllStandardOutput().contains(QByteArray("job 2  " + status.toLatin1())));
}

void TestCtlFollow::waitEndsAtOnceForEndedJobs()
{
    addJobs(1);
    set(1, s("status = 'completed'"));
    const auto outcome = m_ctl->call({s("wait"), s("1"), s("--json")});
    QCOMPARE(outcome.code, 0);
    QCOMPARE(QJsonDocument::fromJson(outcome.out).object().value(s("status")).toString(), s("completed"));
}

void TestCtlFollow::waitEndsAtTheTimeout()
{
    addJobs(1);
    QCOMPARE(m_ctl->call({s("wait"), s("1"), s("--timeout"), s("1")}).code, 4);
}

void TestCtlFollow::waitIsInterrupted()
{
    addJobs(2);
    QProcess process;
    m_ctl->start(process, {s("wait"), s("1"), s("2")});
    set(1, s("status = 'completed'"));
    QVERIFY(CtlProgram::readUntil(process, "\n").contains("completed"));
    QCOMPARE(endWith(process, SIGINT), 130);
}

void TestCtlFollow::waitRefusesWrongArguments()
{
    QCOMPARE(m_ctl->call({s("wait")}).code, 2);
    QCOMPARE(m_ctl->call({s("wait"), s("x")}).code, 2);
    QCOMPARE(m_ctl->call({s("wait"), s("99")}).code, 2);
}

void TestCtlFollow::statusFollowsChanges()
{
    QProcess process;
    m_ctl->start(process, {s("status"), s("--watch"), s("--json")});
    QVERIFY(CtlProgram::readUntil(process, "\n").contains("\"pending\":0"));
    addJobs(3);
    QVERIFY(CtlProgram::readUntil(process, "\"pending\":3").contains("\"pending\":3"));
    QCOMPARE(endWith(process, SIGINT), 0);
    QProcess text;
    m_ctl->start(text, {s("status"), s("--watch")});
    QVERIFY(CtlProgram::readUntil(text, "workers").contains("3 pending"));
    set(1, s("status = 'completed'"));
    QVERIFY(CtlProgram::readUntil(text, "2 pending").contains("1 completed") || text.waitForReadyRead(patience));
    QCOMPARE(endWith(text, SIGTERM), 0);
}

void TestCtlFollow::eventsFollow()
{
    const auto addEvent = [this](const QString &text) {
        RawSql raw(m_ctl->database());
        QVERIFY2(raw.exec(s("INSERT INTO lifeguard_events (at, kind, message) VALUES ('2026-01-01 00:00:00', "
                            "'pool_started', '%1')")
                              .arg(text)),
                 qPrintable(raw.error()));
    };
    for (int i = 0; i < 5; ++i)
        addEvent(s("old-%1").arg(i));
    QProcess process;
    m_ctl->start(process, {s("events"), s("--follow"), s("--limit"), s("2")});
    const QByteArray begin = CtlProgram::readUntil(process, "old-4");
    QVERIFY(!begin.contains("old-2"));
    QVERIFY(begin.indexOf("old-3") >= 0 && begin.indexOf("old-3") < begin.indexOf("old-4"));
    addEvent(s("new-1"));
    QVERIFY(CtlProgram::readUntil(process, "new-1").contains("new-1"));
    addEvent(s("new-2"));
    QVERIFY(CtlProgram::readUntil(process, "new-2").contains("new-2"));
    QCOMPARE(endWith(process, SIGINT), 0);
}

/// A command that waits sleeps: while nothing happens, the process wakes up only now and then, and uses hardly any CPU
/// time.
void TestCtlFollow::followingCostsLittle()
{
    addJobs(1);
    QProcess process;
    m_ctl->start(process, {s("status"), s("--watch")});
    QVERIFY(CtlProgram::readUntil(process, "workers").contains("1 pending"));
    const QString folder = s("/proc/%1/").arg(process.processId());
    const auto ticks = [&folder] {
        const QByteArray stat = contentOf(folder + s("stat"));
        const QByteArrayList fields = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
        return fields.value(11).toInt() + fields.value(12).toInt(); // hundredths of a second
    };
    const auto sleeps = [&folder] {
        const QByteArray status = contentOf(folder + s("status"));
        const QByteArray key("\nvoluntary_ctxt_switches:");
        return status.mid(status.indexOf(key) + key.size()).trimmed().split('\n').constFirst().toInt();
    };
    EVENTUALLY([&] { // what the start has left to do is done
        const int before = sleeps();
        QTest::qWait(100);
        return sleeps() - before <= 2;
    }());
    const int firstTicks = ticks();
    const int firstSleeps = sleeps();
    QElapsedTimer elapsed;
    elapsed.start();
    EVENTUALLY(sleeps() - firstSleeps >= 10);
    QVERIFY2(elapsed.elapsed() > 500, qPrintable(QString::number(elapsed.elapsed())));
    QVERIFY2(ticks() - firstTicks < 20, qPrintable(QString::number(ticks() - firstTicks)));
    QCOMPARE(endWith(process, SIGINT), 0);
}

void TestCtlFollow::replacedDatabaseEndsTheCommand()
{
    QProcess process;
    m_ctl->start(process, {s("status"), s("--watch")});
    QVERIFY(CtlProgram::readUntil(process, "workers").contains("0 pending"));
    QVERIFY(QFile::remove(m_ctl->database()));
    QVERIFY(process.waitForFinished(patience));
    QCOMPARE(process.exitCode(), 3);
}

void TestCtlFollow::addWorker(const QString &executorId, int index, const QString &log)
{
    RawSql raw(m_ctl->database());
    QVERIFY2(raw.exec(s("INSERT INTO workers (worker_type, container_id, status) VALUES ('noop', '%1', 'idle')")
                          .arg(executorId)),
             qPrintable(raw.error()));
    QVERIFY2(raw.exec(s("INSERT INTO lifeguard_workers (executor_id, manager_id, pool, worker_type, mode, idx, "
                        "max_job_time, started_at, log_path) VALUES ('%1', 'm', 'mine', 'noop', 'direct', %2, 600, "
                        "'2026-01-01 00:00:00', '%3')")
                          .arg(executorId)
                          .arg(index)
                          .arg(log)),
             qPrintable(raw.error()));
}

void TestCtlFollow::logsOfWorkersAndPools()
{
    addWorker(s("e0"), 0, m_ctl->write(s("0.log"), "a1\na2\na3\n"));
    addWorker(s("e1"), 1, m_ctl->write(s("1.log"), "b1\nb2"));
    QCOMPARE(m_ctl->call({s("logs"), s("mine-0")}).out, QByteArray("a1\na2\na3\n"));
    QCOMPARE(m_ctl->call({s("logs"), s("e0"), s("--lines"), s("2")}).out, QByteArray("a2\na3\n"));
    QCOMPARE(m_ctl->call({s("logs"), s("e0"), s("--lines"), s("0")}).out, QByteArray());
    QCOMPARE(m_ctl->call({s("logs"), s("mine"), s("--lines"), s("1")}).out, QByteArray("mine-0  a3\nmine-1  b2\n"));
    const auto missing = m_ctl->call({s("logs"), s("other")});
    QCOMPARE(missing.code, 2);
    QVERIFY(missing.err.contains("'other'"));
    QCOMPARE(m_ctl->call({s("logs")}).code, 2);
}

void TestCtlFollow::logsFollow()
{
    const QString path = m_ctl->write(s("0.log"), "first\n");
    addWorker(s("e0"), 0, path);
    QProcess process;
    m_ctl->start(process, {s("logs"), s("mine"), s("--follow")});
    QVERIFY(CtlProgram::readUntil(process, "first").contains("mine-0  first"));
    const auto append = [](const QString &file, const QByteArray &text) {
        QFile log(file);
        QVERIFY(log.open(QIODevice::Append));
        log.write(text);
    };
    append(path, "two ");
    append(path, "parts\n");
    QVERIFY(CtlProgram::readUntil(process, "parts\n").contains("mine-0  two parts\n"));
    QFile::resize(path, 0); // cut, because it was too long
    append(path, "third\n");
    QVERIFY(CtlProgram::readUntil(process, "third").contains("mine-0  third\n"));
    addWorker(s("e1"), 1, m_ctl->write(s("1.log"), "later\n"));
    QVERIFY(CtlProgram::readUntil(process, "later").contains("mine-1  later\n"));
    QCOMPARE(endWith(process, SIGINT), 0);
}

QTEST_GUILESS_MAIN(TestCtlFollow)
#include "tst_ctlfollow.moc"
