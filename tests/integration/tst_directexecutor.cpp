// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/futurecallbacks.h"
#include "core/base/orphanreaper.h"
#include "core/base/processtable.h"
#include "core/base/processtree.h"
#include "core/base/procfile.h"
#include "core/base/systemclock.h"
#include "core/executor/directworkerexecutor.h"
#include "core/model/workerexit.h"
#include "core/model/workerstats.h"
#include "core/pool/workerlogs.h"
#include "core/store/database.h"
#include "core/store/workerregistry.h"
#include "places.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDateTime>
#include <QDeadlineTimer>
#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <algorithm>

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

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
    /// Starts a process that is an orphan, and therefore a child of this process, a subreaper.
    static qint64 startBystander()
    {
        qint64 pid = 0;
        return QProcess::startDetached(QStringLiteral("sleep"), {QStringLiteral("1000")}, {}, &pid) ? pid : 0;
    }
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

    /// A program prints its environment, its working folder and its priorities.
    void setsUpItsProcesses()
    {
        const QString work = m_folder.filePath(QStringLiteral("work"));
        QVERIFY(QDir().mkpath(work));
        QFile file(m_folder.filePath(QStringLiteral("a.env")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("FROM_FILE='a b'\nBOTH=file\n") > 0);
        file.close();
        qputenv("TEST_NOT_PASSED", "1");
        qputenv("TEST_PASSED", "1");
        const auto reset = qScopeGuard([] {
            qunsetenv("TEST_NOT_PASSED");
            qunsetenv("TEST_PASSED");
        });
        DirectWorkerExecutor executor(program());
        QSignalSpy prepared(&executor, &WorkerExecutor::workerPrepared);
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        StartRequest r = request(
            shell(QStringLiteral("echo \"<$FROM_FILE|$BOTH|$OWN|$TEST_PASSED|$TEST_NOT_PASSED>\"; echo \"<$(pwd)>\"; "
                                 "echo \"<nice $(nice)>\"; echo \"<io $(ionice)>\"")));
        r.config.envFile = file.fileName();
        r.config.environment = {{QStringLiteral("BOTH"), QStringLiteral("config")},
                                {QStringLiteral("OWN"), QStringLiteral("$HOME")}};
        r.config.passEnvironment = QStringList{QStringLiteral("TEST_PASSED")};
        r.config.workingDir = work;
        r.config.nice = 19;
        r.config.ioPriority = IoPriority::Idle;
        executor.prepareWorker(r);
        QTRY_COMPARE_WITH_TIMEOUT(prepared.size(), 1, patience);
        executor.startWorker(r);
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        const QStringList lines = exitOf(exited).lastLines;
        const QStringList expected{QStringLiteral("<a b|config|$HOME|1|>"), u'<' + work + u'>',
                                   QStringLiteral("<nice 19>"), QStringLiteral("<io idle>")};
        for (const QString &line : expected)
            QVERIFY2(lines.contains(line), qPrintable(line + QStringLiteral(" is not in ") + lines.join(u'\n')));
    }

    void lowersThePriorityOfDiskAccesses()
    {
        DirectWorkerExecutor executor(program());
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        StartRequest r = request(shell(QStringLiteral("ionice")));
        r.config.ioPriority = IoPriority::Low;
        executor.startWorker(r);
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        QVERIFY(exitOf(exited).lastLines.contains(QStringLiteral("best-effort: prio 7")));
    }

    /// A changed file applies to the next worker.
    void readsTheFileOfVariablesForEachWorker()
    {
        QFile file(m_folder.filePath(QStringLiteral("b.env")));
        DirectWorkerExecutor executor(program());
        for (const char *value : {"one", "two"}) {
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray("VALUE=") + value) > 0);
            file.close();
            QSignalSpy prepared(&executor, &WorkerExecutor::workerPrepared);
            QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
            StartRequest r = request(shell(QStringLiteral("echo \"<$VALUE>\"")));
            r.config.envFile = file.fileName();
            executor.prepareWorker(r);
            QTRY_COMPARE_WITH_TIMEOUT(prepared.size(), 1, patience);
            executor.startWorker(r);
            QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
            QVERIFY(exitOf(exited).lastLines.contains(u'<' + QString::fromLatin1(value) + u'>'));
        }
    }

    void reportsMissingFilesAndFolders()
    {
        DirectWorkerExecutor executor(program());
        QSignalSpy prepared(&executor, &WorkerExecutor::workerPrepared);
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        StartRequest r = request(shell(QStringLiteral("true")));
        r.config.workingDir = m_folder.filePath(QStringLiteral("missing"));
        executor.prepareWorker(r);
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        const WorkerExit exit = exitOf(exited);
        QCOMPARE(int(exit.kind), int(WorkerExit::Kind::FailedToStart));
        QCOMPARE(exit.executorId, r.executorId);
        QCOMPARE(exit.message.englishText(), QStringLiteral("cannot start: The working folder %1 does not exist. "
                                                            "Create it, or change working_dir.")
                                                 .arg(r.config.workingDir));
        QCOMPARE(prepared.size(), 0);
        QVERIFY(!executor.isWorkerRunning(r.executorId));
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

    void workersOfAManagerThatIgnoresSignalsAreStopped_data()
    {
        QTest::addColumn<bool>("isCommand");
        QTest::addColumn<bool>("isBlocked");
        QTest::addColumn<int>("code");
        QTest::newRow("worker program, ignored signals") << false << false << 0;
        QTest::newRow("worker program, blocked signals") << false << true << 0;
        QTest::newRow("command, ignored signals") << true << false << 7;
        QTest::newRow("command, blocked signals") << true << true << 7;
    }
    /// Signals are ignored under nohup and in background jobs of scripts. Programs inherit this from those that start
    /// them, but workers are stopped with TERM.
    void workersOfAManagerThatIgnoresSignalsAreStopped()
    {
        QFETCH(bool, isCommand);
        QFETCH(int, code);
        QFETCH(bool, isBlocked);
        QMap<int, sighandler_t> handlers;
        sigset_t blocked;
        sigset_t mask;
        sigemptyset(&blocked);
        for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
            sigaddset(&blocked, number);
            if (!isBlocked)
                handlers.insert(number, signal(number, SIG_IGN));
        }
        pthread_sigmask(isBlocked ? SIG_BLOCK : SIG_UNBLOCK, &blocked, &mask);
        const auto restore = qScopeGuard([&handlers, &mask] {
            for (auto handler = handlers.cbegin(); handler != handlers.cend(); ++handler)
                signal(handler.key(), handler.value());
            pthread_sigmask(SIG_SETMASK, &mask, nullptr);
        });
        DirectWorkerExecutor executor(program());
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        StartRequest r = request(
            isCommand ? shell(QStringLiteral("trap 'exit 7' TERM; echo up; while :; do sleep 0.05; done"))
                      : QStringList());
        r.config.type = QStringLiteral("noop");
        const auto database = Database::open(r.databasePath, OpenMode::Create);
        QVERIFY(database);
        OwnedWorker row; // recorded by the manager
        row.executorId = r.executorId;
        row.managerId = row.pool = row.type = row.mode = QStringLiteral("test");
        const SystemClock clock;
        QVERIFY(WorkerRegistry(**database, clock).addOwned({row}));
        executor.startWorker(r);
        const auto isReady = [&] {
            return isCommand ? QFileInfo(r.logPath).size() > 0
                             : RawSql(r.databasePath)
                                       .value(QStringLiteral("SELECT count(*) FROM workers WHERE status = 'idle'"))
                                       .toInt()
                                   == 1;
        };
        EVENTUALLY(isReady());
        executor.stopWorker(r.executorId, 600s);
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        QVERIFY(exitOf(exited).kind == WorkerExit::Kind::Exited);
        QCOMPARE(exitOf(exited).code, code);
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

    /// A scan of /proc per ended worker would take time with the square of their number.
    void manyEndsShareScansOfTheProcessTable()
    {
        constexpr int count = 300;
        const QString worker = writeScript(m_folder.filePath(QStringLiteral("waiting-worker")),
                                           "#!/bin/sh\ntrap 'exit 0' TERM\nsleep 1000 &\nwait\n");
        DirectWorkerExecutor executor(worker);
        QSignalSpy started(&executor, &WorkerExecutor::workerStarted);
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        QStringList ids;
        for (int i = 0; i < count; ++i) {
            const StartRequest r = request({});
            ids.append(r.executorId);
            executor.startWorker(r);
        }
        QTRY_COMPARE_WITH_TIMEOUT(started.size(), count, 3 * patience);
        const quint64 before = procScanCount();
        QList<qint64> pids;
        for (const QList<QVariant> &start : std::as_const(started))
            pids.append(start.at(1).value<ProcessIdentity>().pid);
        for (const QString &id : ids)
            executor.stopWorker(id, 60s);
        // All of them have ended before the executor notices the first end.
        QDeadlineTimer deadline(3 * patience);
        while (std::any_of(pids.cbegin(), pids.cend(), isAlive) && !deadline.hasExpired())
            QThread::msleep(10);
        QVERIFY(exited.isEmpty());
        QElapsedTimer timer;
        timer.start();
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), count, 3 * patience);
        // What the workers left behind becomes a child of this process. Neither call scans /proc.
        EVENTUALLY((reapOrphans({}), childrenOf(getpid()).isEmpty()));
        // Each round of killing is one scan, and a kill takes two or three rounds.
        const quint64 kills = quint64(timer.elapsed() / TreeKiller::interval.count() + 2);
        const quint64 scans = procScanCount() - before;
        QVERIFY2(scans <= 4 * kills, qPrintable(QStringLiteral("%1 scans in %2 ms").arg(scans).arg(timer.elapsed())));
    }

    /// Managers delete the logs to which no worker has written for a week.
    void logOfALivingWorkerIsKept()
    {
        DirectWorkerExecutor executor(program());
        QSignalSpy started(&executor, &WorkerExecutor::workerStarted);
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        const StartRequest r = request(shell(QStringLiteral("echo begun; exec sleep 1000")));
        executor.startWorker(r);
        QTRY_COMPARE_WITH_TIMEOUT(started.size(), 1, patience);
        EVENTUALLY(QFileInfo(r.logPath).size() > 0);
        const auto age = [&r] {
            QFile log(r.logPath);
            return log.open(QIODevice::ReadWrite)
                && log.setFileTime(QDateTime::currentDateTimeUtc().addDays(-WorkerLogs::retentionDays - 1),
                                   QFile::FileModificationTime);
        };
        QVERIFY(age());
        WorkerLogs::removeOld(m_folder.path());
        QVERIFY2(QFileInfo::exists(r.logPath), "the log of a living worker was deleted");
        executor.killWorker(r.executorId);
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        QVERIFY(age());
        EVENTUALLY((WorkerLogs::removeOld(m_folder.path()), !QFileInfo::exists(r.logPath)));
    }

    void daemonEndsWithItsKilledGuard_data()
    {
        QTest::addColumn<bool>("isSampled");
        QTest::newRow("daemon that was seen below its worker") << true;
        QTest::newRow("daemon that was not seen before") << false;
    }
    /// Without its guard, a daemon has neither a parent nor an environment that shows to which worker it belongs.
    void daemonEndsWithItsKilledGuard()
    {
        QFETCH(bool, isSampled);
        DirectWorkerExecutor executor(program());
        QSignalSpy started(&executor, &WorkerExecutor::workerStarted);
        QSignalSpy exited(&executor, &WorkerExecutor::workerExited);
        const QString pidFile = m_folder.filePath(QStringLiteral("daemon-%1.pid").arg(m_count));
        executor.startWorker(request(
            shell(QStringLiteral("(env -i setsid /bin/sh -c 'echo $$ > %1; exec sleep 1000' &) ; exec sleep 1000")
                      .arg(pidFile))));
        const qint64 daemon = pidIn(pidFile, patience);
        QVERIFY(daemon > 0);
        const qint64 bystander = startBystander();
        QVERIFY(bystander > 0);
        EVENTUALLY(started.size() == 1);
        if (isSampled) {
            const auto stats = executor.workerStats();
            EVENTUALLY(stats.isFinished());
            QCoreApplication::processEvents();
        }
        const qint64 guard = started.first().at(1).value<ProcessIdentity>().pid;
        QCOMPARE(::kill(pid_t(guard), SIGKILL), 0);
        QTRY_COMPARE_WITH_TIMEOUT(exited.size(), 1, patience);
        EVENTUALLY(!isAlive(daemon));
        QVERIFY2(isAlive(bystander), "a process that no worker has started was killed");
        ::kill(pid_t(bystander), SIGKILL);
    }
};

QTEST_GUILESS_MAIN(TestDirectExecutor)
#include "tst_directexecutor.moc"
