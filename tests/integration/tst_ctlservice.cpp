// SPDX-License-Identifier: GPL-3.0-or-later
// Tests `lifeguardctl run` as a service, with a notification socket of the test in place of systemd, the unit files,
// and the formats of the log.
#include "core/base/logformat.h"
#include "places.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// What systemd listens at.
class NotifySocket
{
public:
    explicit NotifySocket(const QString &path)
    {
        m_socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        qstrncpy(address.sun_path, QFile::encodeName(path).constData(), sizeof address.sun_path);
        if (m_socket < 0 || ::bind(m_socket, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
            qFatal("cannot create the notification socket");
    }
    ~NotifySocket() { ::close(m_socket); }
    Q_DISABLE_COPY_MOVE(NotifySocket)

    /// Waits for a message that contains the text.
    bool receives(const char *text)
    {
        return QTest::qWaitFor(
            [&] {
                read();
                return messages.join('\n').contains(text);
            },
            patience);
    }
    /// Waits for the end of a program, and reads its messages meanwhile: a program whose messages nobody reads waits.
    bool waitForEnd(const QProcess &process)
    {
        return QTest::qWaitFor(
            [&] {
                read();
                return process.state() == QProcess::NotRunning;
            },
            patience);
    }
    /// Drops what was sent until now.
    void forget()
    {
        read();
        messages.clear();
    }
    /// Returns whether something was sent, without waiting.
    bool hasReceived()
    {
        read();
        return !messages.isEmpty();
    }
    QByteArrayList messages;

private:
    void read()
    {
        char bytes[4096];
        for (ssize_t size = 0; (size = ::recv(m_socket, bytes, sizeof bytes, 0)) >= 0;)
            messages.append(QByteArray(bytes, size));
    }

    int m_socket = -1;
};

/// Stops the thread with the event loop, and no other thread, until PTRACE_DETACH.
bool stopMainThread(pid_t pid)
{
    int status = 0;
    return ::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) == 0 && ::ptrace(PTRACE_INTERRUPT, pid, nullptr, nullptr) == 0
        && ::waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status);
}

} // namespace

class TestCtlService : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_ctl = std::make_unique<CtlProgram>(); }
    void cleanup();
    void notifiesSystemd();
    void watchdogStopsWithTheEventLoop();
    void unitsAreValid_data();
    void unitsAreValid();
    void logFormats();
    void unknownLogFormat();

private:
    std::unique_ptr<CtlProgram> m_ctl;
};

void TestCtlService::cleanup()
{
    qunsetenv("NOTIFY_SOCKET");
    qunsetenv("WATCHDOG_USEC");
    m_ctl.reset();
}

void TestCtlService::notifiesSystemd()
{
#ifndef LIFEGUARD_HAS_SYSTEMD
    QSKIP("built without libsystemd (Debian: libsystemd-dev)");
#endif
    NotifySocket systemd(m_ctl->filePath(s("notify")));
    qputenv("NOTIFY_SOCKET", QFile::encodeName(m_ctl->filePath(s("notify"))));
    qputenv("WATCHDOG_USEC", "300000");
    QVERIFY(m_ctl->submitNoop(1, 3000));
    QProcess process;
    m_ctl->start(process, {s("run"), s("--pool"), s("noop=1")});
    QVERIFY(systemd.receives("READY=1"));
    QVERIFY(systemd.receives("WATCHDOG=1"));
    QVERIFY(systemd.receives("STATUS=Workers: 1 of 1, busy: 1"));
    process.terminate();
    QVERIFY(systemd.receives("STOPPING=1"));
    QVERIFY(systemd.receives("EXTEND_TIMEOUT_USEC="));
    QVERIFY(systemd.waitForEnd(process));
    QCOMPARE(process.exitCode(), 0);
    const QByteArray all = systemd.messages.join('\n');
    QVERIFY(all.indexOf("READY=1") < all.indexOf("STOPPING=1"));
    QCOMPARE(all.count("READY=1"), 1);
}

void TestCtlService::watchdogStopsWithTheEventLoop()
{
#ifndef LIFEGUARD_HAS_SYSTEMD
    QSKIP("built without libsystemd (Debian: libsystemd-dev)");
#endif
    NotifySocket systemd(m_ctl->filePath(s("notify")));
    qputenv("NOTIFY_SOCKET", QFile::encodeName(m_ctl->filePath(s("notify"))));
    qputenv("WATCHDOG_USEC", "90000");
    QProcess process;
    m_ctl->start(process, {s("run"), s("--pool"), s("noop=1")});
    QVERIFY(systemd.receives("WATCHDOG=1"));
    QVERIFY(systemd.receives("READY=1"));
    if (!stopMainThread(pid_t(process.processId())))
        QSKIP("the kernel does not permit to trace a child");
    systemd.forget();
    // The time is what is tested: as long as the event loop stands still, nothing may come. It is ten times the
    // interval of the messages, of which a thread of its own would have sent some.
    QTest::qWait(300);
    QVERIFY(!systemd.hasReceived());
    QVERIFY(::ptrace(PTRACE_DETACH, pid_t(process.processId()), nullptr, nullptr) == 0);
    QVERIFY(systemd.receives("WATCHDOG=1"));
    process.terminate();
    QVERIFY(systemd.waitForEnd(process));
}

void TestCtlService::unitsAreValid_data()
{
    QTest::addColumn<QString>("scope");
    const QStringList units = QDir(s(LIFEGUARD_SOURCE_DIR "/packaging")).entryList({s("*.service.in")});
    QCOMPARE(units.size(), 2);
    for (const QString &unit : units) // those of the system have instances
        QTest::newRow(qPrintable(QString(unit).remove(s(".in"))))
            << (unit.contains(u'@') ? s("--system") : s("--user"));
}

void TestCtlService::unitsAreValid()
{
    QFETCH(QString, scope);
    const QString analyze = QStandardPaths::findExecutable(s("systemd-analyze"));
    if (analyze.isEmpty())
        QSKIP("systemd-analyze is not installed (Debian: systemd)");
    const QString name = QString::fromLatin1(QTest::currentDataTag());
    QFile source(s(LIFEGUARD_SOURCE_DIR "/packaging/") + name + s(".in"));
    QVERIFY(source.open(QIODevice::ReadOnly));
    QByteArray unit = source.readAll();
    // The program must exist.
    unit.replace("@CMAKE_INSTALL_FULL_BINDIR@", QFile::encodeName(QFileInfo(CtlProgram::program()).path()));
    QVERIFY(!unit.contains("@CMAKE"));
    QString path = m_ctl->filePath(QString(name).replace(s("@."), s("@test.")));
    QVERIFY(!m_ctl->write(QFileInfo(path).fileName(), unit).isEmpty());
    QProcess verify;
    verify.start(analyze, {s("verify"), scope, s("--man=no"), s("--recursive-errors=no"), path});
    QVERIFY(verify.waitForFinished(patience));
    const QByteArray output = verify.readAllStandardError() + verify.readAllStandardOutput();
    QVERIFY2(verify.exitCode() == 0 && !output.contains("lifeguard"), output.constData());
}

void TestCtlService::logFormats()
{
    const QDateTime time(QDate(2026, 1, 2), QTime(3, 4, 5, 678), Qt::UTC);
    QCOMPARE(formatLogMessage(LogFormat::Text, QtWarningMsg, "lifeguard.pool", s("a"), time),
             QByteArray("2026-01-02T03:04:05.678Z warning lifeguard.pool: a\n"));
    QCOMPARE(formatLogMessage(LogFormat::Journald, QtCriticalMsg, "c", s("a\nb"), time),
             QByteArray("<3>c: a\n<3>c: b\n"));
    const QByteArray json = formatLogMessage(LogFormat::Json, QtDebugMsg, "c", s("a\n\"b\""), time);
    QCOMPARE(json.count('\n'), 1);
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    QCOMPARE(object.value(s("level")).toString(), s("debug"));
    QCOMPARE(object.value(s("message")).toString(), s("a\n\"b\""));
    QCOMPARE(object.value(s("time")).toString(), s("2026-01-02T03:04:05.678Z"));

    qputenv("QT_LOGGING_RULES", "lifeguard.*=true");
    const auto outcome = m_ctl->call(
        {s("run"), s("--pool"), s("noop=1"), s("--until-idle"), s("--log-format"), s("json")});
    qunsetenv("QT_LOGGING_RULES");
    QCOMPARE(outcome.code, 0);
    for (const QByteArray &line : outcome.err.split('\n')) {
        if (!line.isEmpty())
            QVERIFY2(QJsonDocument::fromJson(line).object().contains(s("category")), line.constData());
    }
}

void TestCtlService::unknownLogFormat()
{
    const auto outcome = m_ctl->call({s("run"), s("--pool"), s("noop=1"), s("--log-format"), s("xml")});
    QCOMPARE(outcome.code, 2);
    QVERIFY2(outcome.err.contains("'xml' is not a format"), outcome.err.constData());
}

QTEST_GUILESS_MAIN(TestCtlService)
#include "tst_ctlservice.moc"
