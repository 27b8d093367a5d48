// SPDX-License-Identifier: GPL-3.0-or-later
// Tests hooks with real processes and a real HTTP server: what they receive, their failures, their limits.
#include "core/config/hookconfig.h"
#include "core/config/workerconfig.h"
#include "core/hooks/hookrequest.h"
#include "core/hooks/hookrunner.h"
#include "tests/support/processes.h"
#include "tests/support/waiting.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

/// Answers each request with the next status, the last one for ever. 0: does not answer.
class StatusServer : public QTcpServer
{
public:
    explicit StatusServer(QList<int> statuses) : m_statuses(std::move(statuses))
    {
        if (!listen(QHostAddress::LocalHost))
            qFatal("cannot listen");
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(*socket); });
        });
    }
    [[nodiscard]] QString url() const { return s("http://127.0.0.1:%1/hook?token=geheim").arg(serverPort()); }

    QList<QByteArray> requests;

private:
    void read(QTcpSocket &socket)
    {
        QByteArray &text = m_received[&socket];
        text += socket.readAll();
        const qsizetype end = text.indexOf("\r\n\r\n");
        const qsizetype length = text.toLower().indexOf("content-length: ");
        if (end < 0 || length < 0)
            return;
        const int expected = text.mid(length + 16, text.indexOf('\r', length) - length - 16).toInt();
        if (text.size() - end - 4 < expected)
            return;
        requests.append(std::exchange(text, {}));
        const int status = m_statuses.size() > 1 ? m_statuses.takeFirst() : m_statuses.constFirst();
        if (status > 0)
            socket.write("HTTP/1.1 " + QByteArray::number(status) + " x\r\nContent-Length: 0\r\n\r\n");
    }

    QList<int> m_statuses;
    QHash<QTcpSocket *, QByteArray> m_received;
};

Event eventOf(EventKind kind)
{
    Event event;
    event.kind = kind;
    event.at = QDateTime(QDate(2026, 11, 30), QTime(12, 0), Qt::UTC);
    event.pool = s("noop");
    event.executorId = s("direct-noop-0-1");
    event.jobId = 7;
    event.message = Message("worker_failed", {s("noop-0"), s("password=hunter2")});
    return event;
}

} // namespace

class TestHookRunner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allKindsOfEventsAreKnown();
    void configurationIsValidated_data();
    void configurationIsValidated();
    void commandReceivesTheEvent();
    void otherEventsCallNothing();
    void failuresAreReported_data();
    void failuresAreReported();
    void commandIsKilledAtItsTimeout();
    void commandEndsWithTheManager();
    void fewCallsRunAtTheSameTime();
    void tooManyEventsAreReportedOnce();
    void webhookReceivesTheEvent();
    void webhookIsRepeated();
    void failuresOfWebhooksNameOnlyTheHost_data();
    void failuresOfWebhooksNameOnlyTheHost();

private:
    /// Returns the words of a command that a shell script executes in the temporary folder.
    QStringList script(const QByteArray &text)
    {
        return {writeScript(m_folder.filePath(s("hook-%1").arg(++m_scripts)), "#!/bin/sh\n" + text)};
    }
    static HookConfig hookOf(const QStringList &command)
    {
        HookConfig hook;
        hook.events = QStringList{s("worker_failed")};
        hook.command = command;
        return hook;
    }
    [[nodiscard]] QByteArray contentOf(const QString &name) const
    {
        QFile file(m_folder.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    QTemporaryDir m_folder;
    int m_scripts = 0;
};

void TestHookRunner::allKindsOfEventsAreKnown()
{
    const QStringList names = HookConfig::eventNames();
    for (const QString &name : names)
        QVERIFY2(eventKindFromString(name) != EventKind::Unknown, qPrintable(name));
    for (int kind = int(EventKind::Unknown) + 1; !toString(EventKind(kind)).isEmpty(); ++kind)
        QVERIFY2(names.contains(toString(EventKind(kind))), qPrintable(toString(EventKind(kind))));
}

void TestHookRunner::configurationIsValidated_data()
{
    QTest::addColumn<HookConfig>("hook");
    QTest::addColumn<QString>("field"); // empty: valid
    const HookConfig good = hookOf({s("/bin/true")});
    QTest::newRow("command") << good << QString();
    HookConfig hook = good;
    hook.command.clear();
    QTest::newRow("nothing to call") << hook << s("command");
    hook.url = s("https://example.org/x");
    QTest::newRow("webhook") << hook << QString();
    hook.url = s("ftp://example.org/x");
    QTest::newRow("other protocol") << hook << s("url");
    hook.url = s("https:///x");
    QTest::newRow("no host") << hook << s("url");
    hook = good;
    hook.url = s("https://example.org/x");
    QTest::newRow("both") << hook << s("command");
    hook = good;
    hook.command = QStringList{QString()};
    QTest::newRow("empty program") << hook << s("command");
    hook = good;
    hook.events.clear();
    QTest::newRow("no event") << hook << s("events");
    hook.events = QStringList{s("worker_faild")};
    QTest::newRow("misspelled event") << hook << s("events");
    hook = good;
    hook.timeout = 0s;
    QTest::newRow("no time") << hook << s("timeout");
    hook.timeout = HookConfig::maxTimeout + 1s;
    QTest::newRow("too much time") << hook << s("timeout");
}

void TestHookRunner::configurationIsValidated()
{
    QFETCH(HookConfig, hook);
    QFETCH(QString, field);
    const QList<ConfigError> errors = hook.validate();
    QCOMPARE(errors.size(), field.isEmpty() ? 0 : 1);
    if (!field.isEmpty())
        QCOMPARE(errors.constFirst().field, field);
    if (hook.events.contains(s("worker_faild")))
        QVERIFY(errors.constFirst().message.contains(s("Did you mean 'worker_failed'?")));
}

void TestHookRunner::commandReceivesTheEvent()
{
    HookRunner runner(s("/w/q.db"), s("m1"));
    QSignalSpy failed(&runner, &HookRunner::failed);
    runner.setHooks(
        {hookOf(script("cat > " + QFile::encodeName(m_folder.filePath(s("received"))) + "\necho $LIFEGUARD_EVENT >> "
                       + QFile::encodeName(m_folder.filePath(s("name"))) + "\n"))});
    runner.handle(eventOf(EventKind::WorkerFailed));
    QVERIFY(runner.isBusy());
    EVENTUALLY(!runner.isBusy());
    QCOMPARE(failed.size(), 0);
    QCOMPARE(contentOf(s("name")), QByteArray("worker_failed\n"));
    const QJsonObject payload = QJsonDocument::fromJson(contentOf(s("received"))).object();
    QCOMPARE(payload.value(s("event")).toString(), s("worker_failed"));
    QCOMPARE(payload.value(s("at")).toString(), s("2026-11-30T12:00:00.000Z"));
    QCOMPARE(payload.value(s("pool")).toString(), s("noop"));
    QCOMPARE(payload.value(s("job")).toInt(), 7);
    QCOMPARE(payload.value(s("database")).toString(), s("/w/q.db"));
    QCOMPARE(payload.value(s("code")).toString(), s("worker_failed"));
    QVERIFY(payload.value(s("message")).toString().startsWith(s("noop-0 died")));
    QVERIFY(!contentOf(s("received")).contains("hunter2"));
}

void TestHookRunner::otherEventsCallNothing()
{
    HookRunner runner({}, {});
    runner.setHooks({hookOf({s("/bin/false")})});
    runner.handle(eventOf(EventKind::WorkerStopped));
    QVERIFY(!runner.isBusy());
}

void TestHookRunner::failuresAreReported_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QString>("reason");
    QTest::newRow("exit code") << script("echo broken; exit 3") << s("exit code 3");
    QTest::newRow("signal") << script("kill -ABRT $$") << s("SIGABRT");
    QTest::newRow("no program") << QStringList{s("/nonexistent/program")} << s("cannot be started");
}

void TestHookRunner::failuresAreReported()
{
    QFETCH(QStringList, command);
    QFETCH(QString, reason);
    HookRunner runner({}, {});
    QSignalSpy failed(&runner, &HookRunner::failed);
    QSignalSpy idle(&runner, &HookRunner::idle);
    runner.setHooks({hookOf(command)});
    runner.handle(eventOf(EventKind::WorkerFailed));
    QTRY_COMPARE_WITH_TIMEOUT(idle.size(), 1, patience);
    QCOMPARE(failed.size(), 1);
    const Error error = failed.constFirst().constFirst().value<Error>();
    QVERIFY2(error.message.contains(reason), qPrintable(error.message));
    QVERIFY2(error.message.contains(command.constFirst()), qPrintable(error.message));
    QVERIFY2(error.message.contains(s("worker_failed")), qPrintable(error.message));
    if (reason == s("exit code 3"))
        QCOMPARE(error.detail, s("broken"));
}

void TestHookRunner::commandIsKilledAtItsTimeout()
{
    HookRunner runner({}, {});
    QSignalSpy failed(&runner, &HookRunner::failed);
    HookConfig hook = hookOf(
        script("sleep 600 &\necho $! > " + QFile::encodeName(m_folder.filePath(s("timeout-pid"))) + "\nwait\n"));
    hook.timeout = 1s;
    runner.setHooks({hook});
    runner.handle(eventOf(EventKind::WorkerFailed));
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, patience);
    QVERIFY(failed.constFirst().constFirst().value<Error>().message.contains(s("did not end within 1 s")));
    const qint64 child = contentOf(s("timeout-pid")).trimmed().toLongLong();
    QVERIFY(child > 0);
    EVENTUALLY(!isAlive(child));
}

void TestHookRunner::commandEndsWithTheManager()
{
    auto runner = std::make_unique<HookRunner>(QString(), QString());
    runner->setHooks(
        {hookOf(script("echo $$ > " + QFile::encodeName(m_folder.filePath(s("manager-pid"))) + "\nsleep 600\n"))});
    runner->handle(eventOf(EventKind::WorkerFailed));
    EVENTUALLY(contentOf(s("manager-pid")).endsWith('\n'));
    const qint64 pid = contentOf(s("manager-pid")).trimmed().toLongLong();
    QVERIFY(isAlive(pid));
    runner.reset();
    EVENTUALLY(!isAlive(pid));
}

void TestHookRunner::fewCallsRunAtTheSameTime()
{
    HookRunner runner({}, {});
    const QByteArray folder = QFile::encodeName(m_folder.filePath(s("running")));
    const QByteArray gate = QFile::encodeName(m_folder.filePath(s("gate")));
    QVERIFY(QDir().mkpath(m_folder.filePath(s("running"))));
    runner.setHooks({hookOf(script("touch " + folder + "/$$\nwhile ! [ -e " + gate + " ]; do sleep 0.01; done\n"))});
    for (int i = 0; i < 3 * HookRunner::maxRunning; ++i)
        runner.handle(eventOf(EventKind::WorkerFailed));
    const auto started = [this] { return QDir(m_folder.filePath(s("running"))).count() - 2; }; // without . and ..
    EVENTUALLY(started() == HookRunner::maxRunning);
    QVERIFY(!QTest::qWaitFor([&] { return started() > HookRunner::maxRunning; }, 200));
    QFile file(m_folder.filePath(s("gate")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    EVENTUALLY(!runner.isBusy());
    QCOMPARE(started(), 3 * HookRunner::maxRunning);
}

void TestHookRunner::tooManyEventsAreReportedOnce()
{
    HookRunner runner({}, {});
    QSignalSpy failed(&runner, &HookRunner::failed);
    runner.setHooks({hookOf({s("/bin/sleep"), s("600")})});
    for (int i = 0; i < HookRunner::maxRunning + HookRunner::maxWaiting + 10; ++i)
        runner.handle(eventOf(EventKind::WorkerFailed));
    QCOMPARE(failed.size(), 1);
    QVERIFY(failed.constFirst().constFirst().value<Error>().message.contains(s("slower than the events")));
}

void TestHookRunner::webhookReceivesTheEvent()
{
    StatusServer server({204});
    HookRunner runner(s("/w/q.db"), s("m1"));
    QSignalSpy failed(&runner, &HookRunner::failed);
    HookConfig hook = hookOf({});
    hook.url = server.url();
    runner.setHooks({hook});
    runner.handle(eventOf(EventKind::WorkerFailed));
    EVENTUALLY(!runner.isBusy());
    QCOMPARE(failed.size(), 0);
    QCOMPARE(server.requests.size(), 1);
    const QByteArray request = server.requests.constFirst();
    QVERIFY(request.startsWith("POST /hook?token=geheim HTTP/1.1\r\n"));
    QVERIFY(request.toLower().contains("content-type: application/json"));
    QVERIFY(request.contains("X-Lifeguard-Event: worker_failed"));
    const QByteArray body = request.mid(request.indexOf("\r\n\r\n") + 4);
    QCOMPARE(QJsonDocument::fromJson(body).object().value(s("worker")).toString(), s("direct-noop-0-1"));
}

void TestHookRunner::webhookIsRepeated()
{
    StatusServer server({503, 200});
    HookRunner runner({}, {});
    QSignalSpy failed(&runner, &HookRunner::failed);
    HookConfig hook = hookOf({});
    hook.url = server.url();
    runner.setHooks({hook});
    runner.handle(eventOf(EventKind::WorkerFailed));
    EVENTUALLY(!runner.isBusy());
    QCOMPARE(server.requests.size(), 2);
    QCOMPARE(failed.size(), 0);
}

void TestHookRunner::failuresOfWebhooksNameOnlyTheHost_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<int>("requests");
    QTest::newRow("rejected") << 403 << s("127.0.0.1 answered with the status 403") << 1;
    QTest::newRow("no answer") << 0 << s("127.0.0.1 did not answer within 1 s") << HookRequest::maxAttempts;
}

void TestHookRunner::failuresOfWebhooksNameOnlyTheHost()
{
    QFETCH(int, status);
    QFETCH(QString, reason);
    QFETCH(int, requests);
    StatusServer server({status});
    HookRunner runner({}, {});
    QSignalSpy failed(&runner, &HookRunner::failed);
    HookConfig hook = hookOf({});
    hook.url = server.url();
    hook.timeout = 1s;
    runner.setHooks({hook});
    runner.handle(eventOf(EventKind::WorkerFailed));
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, patience);
    const QString message = failed.constFirst().constFirst().value<Error>().message;
    QVERIFY2(message.contains(reason), qPrintable(message));
    QVERIFY(!message.contains(s("geheim")));
    QCOMPARE(server.requests.size(), requests);
}

QTEST_GUILESS_MAIN(TestHookRunner)
#include "tst_hookrunner.moc"
