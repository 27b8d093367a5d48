// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how `lifeguardctl run` ends early: after a time limit, a signal, or when nothing reads its output.
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"

#include <QProcess>
#include <QTest>

#include <csignal>

class TestCtlRunEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_ctl = std::make_unique<CtlProgram>(); }
    void cleanup() { m_ctl.reset(); }
    void runStopsAtItsTimeout();
    void stopsOnSignals_data();
    void stopsOnSignals();
    void thirdSignalEndsAtOnce();
    void ignoredSignalsStayIgnored();
    void stopsWhenItsOutputIsClosed();

private:
    std::unique_ptr<CtlProgram> m_ctl;
};

void TestCtlRunEnd::runStopsAtItsTimeout()
{
    QVERIFY(m_ctl->submitNoop(1, 60000));
    const auto outcome = m_ctl->call({QStringLiteral("run"), QStringLiteral("--pool"), QStringLiteral("noop=1"),
                                      QStringLiteral("--until-idle"), QStringLiteral("--timeout"),
                                      QStringLiteral("1")});
    QVERIFY2(outcome.code == 4, outcome.all().constData());
    QCOMPARE(m_ctl->jobs(QStringLiteral("pending")), 1); // returned at the end of the grace period
}

void TestCtlRunEnd::stopsOnSignals_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
}

void TestCtlRunEnd::stopsOnSignals()
{
    QFETCH(int, number);
    QProcess process;
    m_ctl->start(process, {QStringLiteral("run"), QStringLiteral("--pool"), QStringLiteral("noop=2")});
    QVERIFY(process.waitForStarted());
    const QByteArray out = CtlProgram::readUntil(process, "pool noop is running");
    QVERIFY2(out.contains("pool noop is running"), out.constData());
    ::kill(pid_t(process.processId()), number);
    QVERIFY(process.waitForFinished(30000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
    const QJsonArray workers = m_ctl->call({QStringLiteral("workers"), QStringLiteral("--json")}).array();
    QCOMPARE(workers.size(), 2);
    for (const QJsonValue &worker : workers) {
        QCOMPARE(worker.toObject().value(QLatin1String("status")).toString(), QStringLiteral("dead"));
        QCOMPARE(worker.toObject().value(QLatin1String("state")).toString(), QStringLiteral("stopped"));
    }
}

/// The first signal stops, the second one kills, and the third one ends the program although the database is locked.
void TestCtlRunEnd::thirdSignalEndsAtOnce()
{
    QVERIFY(m_ctl->submitNoop(1, 60000));
    QProcess process;
    m_ctl->start(process, {QStringLiteral("run"), QStringLiteral("--pool"), QStringLiteral("noop=1")});
    QVERIFY(process.waitForStarted());
    QByteArray out;
    const auto waitFor = [&](const char *text) {
        if (!out.contains(text)) {
            out += CtlProgram::readUntil(process, text);
        }
        return out.contains(text);
    };
    QVERIFY2(waitFor("noop-0 is busy"), out.constData());
    lifeguard::test::RawSql other(m_ctl->database());
    QVERIFY(QTest::qWaitFor([&] { return other.exec(QStringLiteral("BEGIN IMMEDIATE")); }, 30000));
    ::kill(pid_t(process.processId()), SIGINT);
    QVERIFY2(waitFor("stopping the workers"), out.constData());
    ::kill(pid_t(process.processId()), SIGINT);
    QVERIFY2(waitFor("killing the workers"), out.constData());
    ::kill(pid_t(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(30000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 128 + SIGINT);
    QVERIFY(other.exec(QStringLiteral("COMMIT")));
}

/// nohup ignores SIGHUP, and a shell without job control ignores SIGINT for its background processes.
void TestCtlRunEnd::ignoredSignalsStayIgnored()
{
    QProcess process;
    process.setProcessEnvironment(m_ctl->environment());
    process.start(QStringLiteral("sh"),
                  {QStringLiteral("-c"), QStringLiteral("trap '' HUP INT; exec \"$0\" \"$@\""), CtlProgram::program(),
                   QStringLiteral("run"), QStringLiteral("--pool"), QStringLiteral("noop=1"), QStringLiteral("--db"),
                   m_ctl->database(), QStringLiteral("--workspace"), m_ctl->folder()});
    QVERIFY(process.waitForStarted());
    const QByteArray out = CtlProgram::readUntil(process, "pool noop is running");
    QVERIFY2(out.contains("pool noop is running"), out.constData());
    ::kill(pid_t(process.processId()), SIGHUP);
    ::kill(pid_t(process.processId()), SIGINT);
    QVERIFY(m_ctl->submitNoop(3));
    QVERIFY(QTest::qWaitFor([&] { return m_ctl->jobs(QStringLiteral("completed")) == 3; }, 30000));
    QCOMPARE(process.state(), QProcess::Running);
    ::kill(pid_t(process.processId()), SIGTERM);
    QVERIFY(process.waitForFinished(30000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
    QVERIFY(!process.readAllStandardOutput().contains("stopping the workers: SIGHUP"));
}

/// As in `lifeguardctl run | head`.
void TestCtlRunEnd::stopsWhenItsOutputIsClosed()
{
    QVERIFY(m_ctl->submitNoop(50, 200));
    QProcess process;
    QProcess head; // closes the output when the workers are busy
    process.setStandardOutputProcess(&head);
    m_ctl->start(process, {QStringLiteral("run"), QStringLiteral("--pool"), QStringLiteral("noop=2")});
    head.start(QStringLiteral("grep"),
               {QStringLiteral("-q"), QStringLiteral("-m"), QStringLiteral("1"), QStringLiteral("is busy")});
    QVERIFY(head.waitForFinished(30000));
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 5);
    QCOMPARE(m_ctl->jobs(QStringLiteral("processing")), 0);
    QVERIFY(m_ctl->jobs(QStringLiteral("pending")) > 0); // it did not run to the end
    const QJsonArray workers = m_ctl->call({QStringLiteral("workers"), QStringLiteral("--json")}).array();
    QCOMPARE(workers.size(), 2);
    for (const QJsonValue &worker : workers) {
        QCOMPARE(worker.toObject().value(QLatin1String("state")).toString(), QStringLiteral("stopped"));
    }
}

QTEST_GUILESS_MAIN(TestCtlRunEnd)
#include "tst_ctlrunend.moc"
