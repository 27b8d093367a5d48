// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/futurecallbacks.h"
#include "core/base/processtree.h"
#include "core/executor/directworkerexecutor.h"
#include "core/model/workerexit.h"
#include "core/model/workerstats.h"
#include "places.h"
#include "tests/support/testhelpers.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <signal.h>
#include <sys/prctl.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

/// Tests DirectWorkerExecutor with real processes, including processes that misbehave.
class TestDirectExecutor : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    int m_count = 0;

    StartRequest request(const QStringList &command)
    {
        StartRequest r;
        r.executorId = QStringLiteral("direct-test-%1-%2").arg(m_count++).arg(QCoreApplication::applicationPid());
        r.config.type = QStringLiteral("test");
        r.config.mode = ExecutionMode::Direct;
        r.config.command = command;
        r.databasePath = m_folder.filePath(QStringLiteral("q.db"));
        r.workspace = m_folder.path();
        r.logPath = m_folder.filePath(r.executorId + QStringLiteral(".log"));
        return r;
    }
    static QStringList shell(const QString &script)
    {
        return {QStringLiteral("/bin/sh"), QStringLiteral("-c"), script};
    }
    static QString program() { return QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker"); }
    static WorkerExit exitOf(const QSignalSpy &spy) { return spy.first().first().value<WorkerExit>(); }

private Q_SLOTS:
    void initTestCase()
    {
        prctl(PR_SET_CHILD_SUBREAPER, 1); // like the real programs
        QVERIFY(m_folder.isValid());
    }

    void reportsExitCodesAndSignals_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("message");
        QTest::newRow("exit code 0") << QStringLiteral("exit 0") << int(WorkerExit::Kind::Exited) << 0
                                     << QStringLiteral("exit code 0");
        QTest::newRow("exit code 3") << QStringLiteral("exit 3") << int(WorkerExit::Kind::Exited) << 3
                                     << QStringLiteral("exit code 3");
        QTest::newRow("SIGSEGV") << QStringLiteral("kill -SEGV $$") << int(WorkerExit::Kind::Signalled) << SIGSEGV
                                 << QStringLiteral("SIGSEGV");
        QTest::newRow("SIGKILL") << QStringLiteral("kill -KILL $$") << int(WorkerExit::Kind::Signalled) << SIGKILL
                                 << QStringLiteral("SIGKILL");
    }
    void reportsExitCodesAndSignals()
    {
        QFETCH(QString, script);
        QFETCH(int, kind);
        QFETCH(int, code);
        QFETCH(QString, message);
        DirectWorkerExecutor executor(program());
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        executor.startWorker(request(shell(QStringLiteral("echo last words; ") + script)));
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        const WorkerExit exit = exitOf(exited);
        QCOMPARE(int(exit.kind), kind);
        QCOMPARE(exit.code, code);
        QCOMPARE(exit.message.englishText(), message);
        QVERIFY(exit.lastLines.contains(QStringLiteral("last words")));
    }

    void reportsProgramsThatCannotBeStarted_data()
    {
        QTest::addColumn<QString>("program");
        QTest::newRow("does not exist") << QStringLiteral("/nonexistent/program");
        QTest::newRow("is not in PATH") << QStringLiteral("no-such-program-anywhere");
        QTest::newRow("is not executable") << QStringLiteral("/etc/passwd");
        QTest::newRow("is a folder") << QStringLiteral("/tmp");
    }
    void reportsProgramsThatCannotBeStarted()
    {
        QFETCH(QString, program);
        DirectWorkerExecutor executor(TestDirectExecutor::program());
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        const StartRequest r = request({program});
        executor.startWorker(r);
        QVERIFY(executor.isWorkerRunning(r.executorId));
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        QVERIFY(exitOf(exited).kind == WorkerExit::Kind::FailedToStart);
        QVERIFY2(exitOf(exited).message.englishText().contains(program),
                 qPrintable(exitOf(exited).message.englishText()));
        QVERIFY(!executor.isWorkerRunning(r.executorId));
    }

    void reportsAMissingWorkerProgram()
    {
        DirectWorkerExecutor executor(QStringLiteral("/nonexistent/lifeguard-worker"));
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        executor.startWorker(request({}));
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        QVERIFY(exitOf(exited).kind == WorkerExit::Kind::FailedToStart);
        QVERIFY(exitOf(exited).message.englishText().contains(QStringLiteral("lifeguard-worker")));
    }

    void stopSendsTermToTheWorkerOnly()
    {
        DirectWorkerExecutor executor(program());
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        QSignalSpy started(&executor, &WorkerExecutor::workerStarted);
        const StartRequest r = request(
            shell(QStringLiteral("trap 'echo got TERM; exit 7' TERM; echo up; while :; do sleep 0.05; done")));
        executor.startWorker(r);
        EVENTUALLY(QFileInfo(r.logPath).size() > 0);
        QCOMPARE(started.size(), 1);
        executor.stopWorker(r.executorId, 60s);
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        QCOMPARE(exitOf(exited).code, 7);
        QVERIFY(exitOf(exited).lastLines.contains(QStringLiteral("got TERM")));
    }

    void stopKillsAfterTheGracePeriod()
    {
        DirectWorkerExecutor executor(program());
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        const StartRequest r = request(shell(QStringLiteral("trap '' TERM; echo up; while :; do sleep 0.05; done")));
        executor.startWorker(r);
        EVENTUALLY(QFileInfo(r.logPath).size() > 0);
        executor.stopWorker(r.executorId, 1s);
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        QVERIFY(exitOf(exited).kind == WorkerExit::Kind::Signalled);
        QCOMPARE(exitOf(exited).code, SIGKILL);
        EVENTUALLY(processesWithExecutorId({r.executorId}).isEmpty());
    }

    void killEndsTheWholeProcessTree_data()
    {
        QTest::addColumn<QString>("script");
        QTest::newRow("two children") << QStringLiteral("sleep 1000 & sleep 1000 & echo up; wait");
        QTest::newRow("a child in a session of its own") << QStringLiteral("setsid sleep 1000 & echo up; wait");
        QTest::newRow("an orphan in a session of its own")
            << QStringLiteral("(setsid sleep 1000 &) ; echo up; sleep 1000");
    }
    void killEndsTheWholeProcessTree()
    {
        QFETCH(QString, script);
        DirectWorkerExecutor executor(program());
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        const StartRequest r = request(shell(script));
        executor.startWorker(r);
        EVENTUALLY(processesWithExecutorId({r.executorId}).size() >= 3); // guard, shell, sleep
        executor.killWorker(r.executorId);
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        EVENTUALLY(processesWithExecutorId({r.executorId}).isEmpty());
    }

    void processesLeftByAnEndedWorkerAreKilled()
    {
        DirectWorkerExecutor executor(program());
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        const StartRequest r = request(shell(QStringLiteral("setsid sleep 1000 & exit 0")));
        executor.startWorker(r);
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        EVENTUALLY(processesWithExecutorId({r.executorId}).isEmpty());
    }

    void largeOutputDoesNotBlockTheWorker()
    {
        DirectWorkerExecutor executor(program());
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        // 16 MB of output without a reader. A pipe would block after 64 KB.
        const StartRequest r = request(
            shell(QStringLiteral("head -c 16000000 /dev/zero | tr '\\0' 'x'; echo; echo the end")));
        executor.startWorker(r);
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        QVERIFY(QFileInfo(r.logPath).size() > 16000000);
        QCOMPARE(exitOf(exited).lastLines.last(), QStringLiteral("the end"));
    }

    void measuresTheWholeProcessTree()
    {
        DirectWorkerExecutor executor(program());
        const StartRequest r = request(shell(QStringLiteral("(while :; do :; done) & echo up; wait")));
        executor.startWorker(r);
        EVENTUALLY(QFileInfo(r.logPath).size() > 0);
        QHash<QString, WorkerStats> stats;
        const auto sample = [&] {
            bool answered = false;
            whenFinished(executor.workerStats(), this, [&](const QHash<QString, WorkerStats> &measured) {
                stats = measured;
                answered = true;
            });
            return QTest::qWaitFor([&] { return answered; }, patience);
        };
        QVERIFY(sample());
        QElapsedTimer elapsed; // two samples may be less than one tick of the CPU accounting apart
        elapsed.start();
        while (stats.value(r.executorId).cpuPercent < 1 && elapsed.elapsed() < patience)
            QVERIFY(sample());
        QVERIFY(stats.value(r.executorId).cpuPercent > 1);
        QVERIFY(stats.value(r.executorId).processes >= 3);
        QVERIFY(stats.value(r.executorId).memoryBytes > 1000000);
        executor.killWorker(r.executorId);
        EVENTUALLY(!executor.isWorkerRunning(r.executorId));
    }

    void destructionKillsAllProcesses()
    {
        QString id;
        {
            DirectWorkerExecutor executor(program());
            const StartRequest r = request(
                shell(QStringLiteral("trap '' TERM; setsid sleep 1000 & echo up; wait; sleep 1000")));
            id = r.executorId;
            executor.startWorker(r);
            EVENTUALLY(processesWithExecutorId({id}).size() >= 3);
        }
        EVENTUALLY(processesWithExecutorId({id}).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestDirectExecutor)
#include "tst_directexecutor.moc"
