// SPDX-License-Identifier: GPL-3.0-or-later
// Tests `lifeguardctl run --metrics` with real workers: metrics and health over HTTP.
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QHostAddress>
#include <QProcess>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace lifeguard::test;

class TestCtlMetrics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_ctl = std::make_unique<CtlProgram>(); }
    void cleanup() { m_ctl.reset(); }
    void countsEachJob();
    void answersWhileTheDatabaseIsLocked();
    void crashLoopingPoolIsNotReady();
    void portInUse();
    void invalidAddress();

private:
    /// Starts `run` with a free port and returns the port; 0 if the program does not tell it.
    quint16 run(QProcess &process, const QString &pool);
    static QByteArray get(quint16 port, const QByteArray &path);
    static double value(quint16 port, const QByteArray &metric);

    std::unique_ptr<CtlProgram> m_ctl;
};

quint16 TestCtlMetrics::run(QProcess &process, const QString &pool)
{
    m_ctl->start(process, {s("run"), s("--pool"), pool, s("--metrics"), s("127.0.0.1:0")});
    const QByteArray output = CtlProgram::readUntil(process, "/metrics");
    static const QRegularExpression address(s("http://127\\.0\\.0\\.1:(\\d+)/metrics"));
    return address.match(QString::fromUtf8(output)).captured(1).toUShort();
}

/// Returns the status line, the headers and the body; empty if there is no answer.
QByteArray TestCtlMetrics::get(quint16 port, const QByteArray &path)
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
    socket.write("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    QByteArray answer;
    while (socket.waitForReadyRead(patience))
        answer += socket.readAll();
    return answer;
}

/// Returns the value of a metric with its labels; -1 if there is none.
double TestCtlMetrics::value(quint16 port, const QByteArray &metric)
{
    const QByteArray text = get(port, "/metrics");
    const qsizetype line = text.indexOf(QByteArray("\n" + metric + " "));
    if (line < 0)
        return -1;
    const qsizetype begin = line + 2 + metric.size();
    return text.mid(begin, text.indexOf('\n', begin) - begin).toDouble();
}

void TestCtlMetrics::countsEachJob()
{
    QProcess process;
    const quint16 port = run(process, s("noop=4"));
    QVERIFY(port > 0);
    EVENTUALLY(get(port, "/health").startsWith("HTTP/1.1 200 "));
    QVERIFY(get(port, "/health/live").contains("{\"status\":\"ok\"}"));
    QVERIFY(get(port, "/nothing").startsWith("HTTP/1.1 404 "));
    QVERIFY(m_ctl->submitNoop(400));
    EVENTUALLY(value(port, "lifeguard_jobs_completed_total{type=\"noop\"}") == 400);
    EVENTUALLY(value(port, "lifeguard_jobs{state=\"completed\",type=\"noop\"}") == 400);
    QCOMPARE(value(port, "lifeguard_jobs{state=\"pending\",type=\"noop\"}"), 0.0);
    QCOMPARE(value(port, "lifeguard_job_duration_seconds_count{type=\"noop\"}"), 400.0);
    QCOMPARE(value(port, "lifeguard_job_waiting_seconds_count{type=\"noop\"}"), 400.0);
    EVENTUALLY(value(port, "lifeguard_workers{state=\"idle\",type=\"noop\"}") == 4);
    QVERIFY(value(port, "lifeguard_database_size_bytes") > 0);
    process.terminate();
    QVERIFY(process.waitForFinished(patience));
    QCOMPARE(process.exitCode(), 0);
}

void TestCtlMetrics::answersWhileTheDatabaseIsLocked()
{
    QProcess process;
    const quint16 port = run(process, s("noop=1"));
    EVENTUALLY(value(port, "lifeguard_workers{state=\"idle\",type=\"noop\"}") == 1);
    RawSql raw(m_ctl->database());
    QVERIFY(raw.exec(s("BEGIN IMMEDIATE")));
    EVENTUALLY(value(port, "lifeguard_database_locked") == 1);
    QVERIFY(raw.exec(s("COMMIT")));
    EVENTUALLY(value(port, "lifeguard_database_locked") == 0);
    process.terminate();
    QVERIFY(process.waitForFinished(patience));
}

void TestCtlMetrics::crashLoopingPoolIsNotReady()
{
    QProcess process;
    const quint16 port = run(process, s("noop=1,command=/bin/false"));
    QVERIFY(port > 0);
    QByteArray answer;
    QVERIFY2(QTest::qWaitFor(
                 [&] {
                     answer = get(port, "/health/ready");
                     return answer.contains("keep ending");
                 },
                 60000),
             answer.constData());
    QVERIFY(answer.startsWith("HTTP/1.1 503 "));
    QVERIFY(get(port, "/health/live").startsWith("HTTP/1.1 200 "));
    QVERIFY(value(port, "lifeguard_worker_failures_total{type=\"noop\"}") > 1);
    QVERIFY(value(port, "lifeguard_worker_restarts_total{type=\"noop\"}") > 0);
    process.terminate();
    QVERIFY(process.waitForFinished(patience));
}

void TestCtlMetrics::portInUse()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress(QHostAddress::LocalHost)));
    const auto outcome = m_ctl->call(
        {s("run"), s("--pool"), s("noop=1"), s("--metrics"), s("127.0.0.1:%1").arg(other.serverPort())});
    QCOMPARE(outcome.code, 2);
    QVERIFY2(outcome.err.contains("another program uses it"), outcome.err.constData());
}

void TestCtlMetrics::invalidAddress()
{
    const auto outcome = m_ctl->call({s("run"), s("--pool"), s("noop=1"), s("--metrics"), s("example.org:9464")});
    QCOMPARE(outcome.code, 2);
    QVERIFY2(outcome.err.contains("'example.org:9464' is not an address"), outcome.err.constData());
}

QTEST_GUILESS_MAIN(TestCtlMetrics)
#include "tst_ctlmetrics.moc"
