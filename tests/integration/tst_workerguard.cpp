// SPDX-License-Identifier: GPL-3.0-or-later
// Tests lifeguard-worker --guard with other worker programs, which obey or ignore TERM, crash, or leave processes
// behind.
#include "core/base/processidentity.h"
#include "core/base/processtable.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "tests/support/workertest.h"

#include <QFile>
#include <QFileInfo>
#include <QTest>
#include <QTimer>

#include <csignal>

#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestWorkerGuard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void exitCodeAndOutputArePassedOn();
    void programThatCannotBeStartedIsReported();
    void signalsArePassedOn();
    void termReachesTheWorkerBehindAWrapper_data();
    void termReachesTheWorkerBehindAWrapper();
    void secondTermDoesNotEndTheWorkerBehindAWrapper();
    void killFollowsForWrappedProcessesThatIgnoreTerm();
    void remainingProcessesAreKilled();
    void ignoredEndOfChildrenIsNoticed();
    void programIsKilledAfterTheManager();
    void limitOfTheJobReplacesThatOfThePool_data();
    void limitOfTheJobReplacesThatOfThePool();
    void hiddenManagerIsNotTakenForGone();

private:
    [[nodiscard]] static QString guardProgram()
    {
        return QFileInfo(QCoreApplication::applicationDirPath() + s("/../bin/lifeguard-worker")).absoluteFilePath();
    }
    /// Starts a guard with the test's folder as its working folder.
    [[nodiscard]] std::unique_ptr<QProcess> start(
        const QStringList &arguments,
        const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment()) const
    {
        return startProgram(s("lifeguard-worker"), QStringList{s("--guard")} + arguments, environment,
                            m_folder->path());
    }
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    [[nodiscard]] static QByteArray logOf(QProcess &process) { return process.readAllStandardError(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestWorkerGuard::exitCodeAndOutputArePassedOn()
{
    auto guard = start({s("--"), s("bash"), s("-c"), s("echo \"$1\"; exit 7"), s("x"), s("a b")});
    WAIT_FOR_END(guard);
    QCOMPARE(guard->exitCode(), 7);
    QCOMPARE(guard->readAllStandardOutput(), QByteArray("a b\n"));
    guard = start({s("--grace"), s("x"), s("--"), s("true")});
    WAIT_FOR_END(guard);
    QCOMPARE(guard->exitCode(), 2);
}

void TestWorkerGuard::programThatCannotBeStartedIsReported()
{
    auto guard = start({s("--"), s("/nonexistent/program")});
    WAIT_FOR_END(guard);
    QCOMPARE(guard->exitCode(), 127);
    QVERIFY(logOf(*guard).contains("/nonexistent/program"));
}

void TestWorkerGuard::signalsArePassedOn()
{
    auto guard = start({s("--"), s("bash"), s("-c"), s("kill -SEGV $$")});
    WAIT_FOR_END(guard);
    QCOMPARE(guard->exitStatus(), QProcess::CrashExit);
    QCOMPARE(guard->exitCode(), SIGSEGV);
    // TERM is forwarded to the program, which decides how it ends.
    const QString program = writeScript(
        path("polite"), "#!/bin/bash\ntrap 'exit 5' TERM\necho $$ > polite.pid\nwhile :; do sleep 0.05; done\n");
    auto process = start({s("--"), program});
    QVERIFY(pidIn(path("polite.pid"), patience) > 0);
    process->terminate();
    WAIT_FOR_END(process);
    QCOMPARE(process->exitStatus(), QProcess::NormalExit);
    QCOMPARE(process->exitCode(), 5);
}

void TestWorkerGuard::termReachesTheWorkerBehindAWrapper_data()
{
    QTest::addColumn<QByteArray>("wrapper");
    QTest::newRow("shell") << QByteArray("#!/bin/sh\n./inner\necho the end\n");
    QTest::newRow("bash that waits") << QByteArray("#!/bin/bash\n./inner &\nwait\n");
    QTest::newRow("another program") << QByteArray("#!/bin/sh\nexec flock lock ./inner\n");
}

/// TERM to the wrapper alone would end only the wrapper, and the guard would kill the worker in the middle of its job.
void TestWorkerGuard::termReachesTheWorkerBehindAWrapper()
{
    QFETCH(QByteArray, wrapper);
    writeScript(path("inner"), "#!/bin/bash\n"
                               "trap 'sleep 0.5; echo finished > finished; exit 0' TERM\n"
                               "echo $$ > inner.pid\n"
                               "while :; do sleep 0.05; done\n");
    auto guard = start({s("--"), writeScript(path("wrapper"), wrapper)});
    const qint64 inner = pidIn(path("inner.pid"), patience);
    QVERIFY(inner > 0);
    guard->terminate();
    WAIT_FOR_END(guard);
    QVERIFY2(QFile::exists(path("finished")), "the worker was killed before it had finished its job");
    QVERIFY(!isAlive(inner));
}

/// A worker whose inner shell has ended is a child of the guard. Another signal, or the end of the manager, at that
/// moment must not make it one of the processes that are only left over.
void TestWorkerGuard::secondTermDoesNotEndTheWorkerBehindAWrapper()
{
    writeScript(path("inner"),
                "#!/bin/bash\n"
                "trap 'trap \"\" TERM; touch got-term; while [ ! -e go ]; do sleep 0.05; done; sleep 0.5; "
                "touch finished; exit 0' TERM\n"
                "echo $$ > inner.pid\n"
                "while :; do sleep 0.05; done\n");
    // The outer shell waits for the inner one, which ends at TERM.
    auto guard = start({s("--"), writeScript(path("wrapper"), "#!/bin/bash\n"
                                                              "trap : TERM\n"
                                                              "sh -c './inner; true' &\n"
                                                              "while kill -0 $!; do wait $!; done 2>/dev/null\n"
                                                              "while [ ! -e go ]; do sleep 0.05; done\n")});
    const qint64 inner = pidIn(path("inner.pid"), patience);
    QVERIFY(inner > 0);
    guard->terminate();
    EVENTUALLY(QFile::exists(path("got-term")));
    EVENTUALLY(processEntry(inner)->parent == guard->processId());
    guard->terminate();
    const auto hasReadSignal = [&guard] {
        QFile status(s("/proc/%1/status").arg(guard->processId()));
        return status.open(QIODevice::ReadOnly) && status.readAll().contains("ShdPnd:\t0000000000000000");
    };
    EVENTUALLY(hasReadSignal());
    writeScript(path("go"), {});
    WAIT_FOR_END(guard);
    QVERIFY2(QFile::exists(path("finished")), "the worker was killed before it had finished its job");
}

void TestWorkerGuard::killFollowsForWrappedProcessesThatIgnoreTerm()
{
    writeScript(path("inner"), "#!/bin/bash\ntrap '' TERM\necho $$ > inner.pid\nwhile :; do sleep 0.05; done\n");
    auto guard = start({s("--max-job-time"), s("1"), s("--grace"), s("1"), s("--"),
                        writeScript(path("wrapper"), "#!/bin/sh\n./inner\n")});
    const qint64 inner = pidIn(path("inner.pid"), patience);
    QVERIFY(inner > 0);
    guard->terminate();
    WAIT_FOR_END(guard);
    QVERIFY(!isAlive(inner));
}

/// If SIGCHLD is ignored when the guard starts, the kernel reports no ends of children.
void TestWorkerGuard::ignoredEndOfChildrenIsNoticed()
{
    auto guard = std::make_unique<QProcess>();
    guard->start(s("perl"), {s("-e"), s("$SIG{CHLD} = 'IGNORE'; exec @ARGV"), guardProgram(), s("--guard"), s("--"),
                             s("sh"), s("-c"), s("exit 7")});
    if (!guard->waitForStarted())
        QSKIP("perl is not installed");
    WAIT_FOR_END(guard);
    QCOMPARE(guard->exitCode(), 7);
}

void TestWorkerGuard::remainingProcessesAreKilled()
{
    const QString program = writeScript(path("leaver"),
                                        "#!/bin/bash\n"
                                        "setsid bash -c 'trap \"\" TERM; echo $$ > left.pid; sleep 600' &\n"
                                        "while [ ! -s left.pid ]; do sleep 0.02; done\n"
                                        "exit 3\n");
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("LIFEGUARD_EXECUTOR_ID"), s("guarded-") + QString::number(getpid()));
    auto guard = start({s("--"), program}, environment);
    const qint64 left = pidIn(path("left.pid"), patience);
    QVERIFY(left > 0);
    WAIT_FOR_END(guard);
    QCOMPARE(guard->exitCode(), 3);
    QVERIFY(!isAlive(left));
}

void TestWorkerGuard::programIsKilledAfterTheManager()
{
    QProcess manager;
    manager.start(s("sleep"), {s("600")});
    QVERIFY(manager.waitForStarted());
    const QString program = writeScript(path("stubborn"),
                                        "#!/bin/bash\n"
                                        "trap 'echo term > got-term' TERM\n"
                                        "setsid bash -c 'trap \"\" TERM; echo $$ > own-session.pid; sleep 600' &\n"
                                        "echo $$ > stubborn.pid\n"
                                        "while :; do sleep 0.05; done\n");
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("LIFEGUARD_MANAGER"), ProcessIdentity::of(manager.processId())->toString());
    auto guard = start({s("--max-job-time"), s("1"), s("--grace"), s("1"), s("--"), program}, environment);
    const qint64 stubborn = pidIn(path("stubborn.pid"), patience);
    const qint64 other = pidIn(path("own-session.pid"), patience);
    QVERIFY(stubborn > 0 && other > 0);
    manager.kill();
    QVERIFY(manager.waitForFinished());
    EVENTUALLY(QFile::exists(path("got-term")));
    QVERIFY2(isAlive(stubborn), "the program must have time to finish its job");
    WAIT_FOR_END(guard);
    QVERIFY(!isAlive(stubborn));
    QVERIFY(!isAlive(other));
}

void TestWorkerGuard::limitOfTheJobReplacesThatOfThePool_data()
{
    QTest::addColumn<int>("ofPool"); // seconds
    QTest::addColumn<int>("ofJob"); // 0: none
    QTest::addColumn<bool>("killed"); // within some seconds after the end of the manager
    QTest::newRow("shorter limit of the job") << 600 << 1 << true;
    QTest::newRow("longer limit of the job") << 3 << 600 << false;
    QTest::newRow("limit of the pool") << 3 << 0 << true;
}

/// No manager limits the job of a command after the end of its own.
void TestWorkerGuard::limitOfTheJobReplacesThatOfThePool()
{
    QFETCH(int, ofPool);
    QFETCH(int, ofJob);
    QFETCH(bool, killed);
    QueueTest t;
    const QString id = s("direct-noop-0-aaaaaaaa");
    NewJob job;
    job.type = s("noop");
    if (ofJob > 0)
        job.maxJobTime = std::chrono::seconds(ofJob);
    QVERIFY(t.queue->add(job));
    t.claimOne(t.worker(id));
    QProcess manager;
    manager.start(s("sleep"), {s("600")});
    QVERIFY(manager.waitForStarted());
    const QString program = writeScript(path("stubborn"), "#!/bin/bash\n"
                                                          "trap '' TERM\n"
                                                          "echo $$ > stubborn.pid\n"
                                                          "while :; do sleep 0.05; done\n");
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("LIFEGUARD_MANAGER"), ProcessIdentity::of(manager.processId())->toString());
    environment.insert(s("LIFEGUARD_EXECUTOR_ID"), id);
    environment.insert(s("DB_PATH"), t.path());
    auto guard = start({s("--max-job-time"), QString::number(ofPool), s("--grace"), s("0"), s("--"), program},
                       environment);
    const qint64 stubborn = pidIn(path("stubborn.pid"), patience);
    QVERIFY(stubborn > 0);
    manager.kill();
    QVERIFY(manager.waitForFinished());
    if (killed) {
        WAIT_FOR_END(guard);
        QVERIFY(!isAlive(stubborn));
        return;
    }
    bool isOver = false; // later than the limit of the pool
    QTimer::singleShot(2000 * ofPool, this, [&isOver] { isOver = true; });
    EVENTUALLY(isOver);
    QVERIFY2(isAlive(stubborn), "the program was killed although its job may take longer");
    ::kill(pid_t(stubborn), SIGKILL);
    WAIT_FOR_END(guard);
    QCOMPARE(guard->exitCode(), SIGKILL); // the signal of the program
}

/// With hidepid, or in a service with ProtectProc=invisible, /proc has no entry for a living manager of another user.
void TestWorkerGuard::hiddenManagerIsNotTakenForGone()
{
    constexpr int notPermitted = 77;
    QProcess manager;
    manager.start(s("sleep"), {s("600")});
    QVERIFY(manager.waitForStarted());
    const QString program = writeScript(path("obedient"), "#!/bin/bash\n"
                                                          "trap 'touch got-term; exit 5' TERM\n"
                                                          "echo $$ > obedient.pid\n"
                                                          "while :; do sleep 0.05; done\n");
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("LIFEGUARD_MANAGER"), ProcessIdentity::of(manager.processId())->toString());
    QProcess guard;
    guard.setProcessEnvironment(environment);
    guard.setWorkingDirectory(m_folder->path());
    guard.setChildProcessModifier([pid = manager.processId()] {
        if (!hideProcess(pid))
            _exit(notPermitted);
    });
    guard.start(guardProgram(), {s("--guard"), s("--"), program});
    EVENTUALLY(guard.state() == QProcess::NotRunning || QFile::exists(path("obedient.pid")));
    if (guard.state() == QProcess::NotRunning && guard.exitCode() == notPermitted)
        QSKIP("the system does not permit to hide processes");
    QVERIFY2(guard.state() == QProcess::Running && !QFile::exists(path("got-term")),
             "the program was stopped although its manager lives");
    manager.kill();
    QVERIFY(manager.waitForFinished());
    WAIT_FOR_END(&guard);
    QVERIFY(QFile::exists(path("got-term")));
    QCOMPARE(guard.exitCode(), 5);
}

QTEST_GUILESS_MAIN(TestWorkerGuard)
#include "tst_workerguard.moc"
