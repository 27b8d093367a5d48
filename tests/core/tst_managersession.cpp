// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the start-up and the shutdown of a ManagerSession, with a real database and without processes.
#include "core/session/managersession.h"
#include "tests/support/fakeworkerexecutor.h"
#include "tests/support/manualclock.h"
#include "tests/support/queuetest.h"
#include "tests/support/smalldisk.h"
#include "tests/support/testhelpers.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

using namespace lifeguard;
using namespace lifeguard::test;

class TestManagerSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void startsTheManager();
    void failsIfTheDatabaseCannotBeUsed();
    void waitsWhileTheDatabaseIsLocked();
    void readOnlySessionLaunchesNoPools();
    void launchNeedsAReadySession();
    void reportsPoolsThatCannotBeLaunched();
    void launchesThePoolsOfTheOptions();
    void stopsWorkersBeforeItIsStopped();
    void killsWorkersThatAreLeft();
    void stopsWorkersIfTheDatabaseIsReplaced();
    void replacementOfAReadOnlyDatabaseIsReported();
    void stopsAlthoughAWorkerDoesNotEnd();
    void stopsWithoutWorkers();
    void stopsWhileTheDatabaseIsBeingOpened();
    void stopsWhileStartsWaitForALock();
    void stopsWhileStartsWaitForAFullDisk();
    void stopsWhileManyWorkersEndUnderALock();
    void registersAgainWhenItsRowWasDeleted();
    void diagnosesAnUnknownWorker();

private:
    void create(const std::function<void(ManagerSessionOptions &)> &change = {});
    [[nodiscard]] bool openAndWait();
    [[nodiscard]] QString database() const { return m_folder->filePath(s("q.db")); }
    [[nodiscard]] static WorkerConfig noop(int count);

    std::unique_ptr<QTemporaryDir> m_folder;
    ManualClock m_clock;
    FakeWorkerExecutor *m_executor = nullptr; ///< owned by the manager of the session
    std::unique_ptr<ManagerSession> m_session;
};

void TestManagerSession::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_STATE_HOME", QFile::encodeName(m_folder->filePath(s("state"))));
}

void TestManagerSession::cleanup()
{
    m_session.reset();
}

void TestManagerSession::create(const std::function<void(ManagerSessionOptions &)> &change)
{
    ManagerSessionOptions options;
    options.database = database();
    options.workspace = m_folder->path();
    if (change)
        change(options);
    m_session = std::make_unique<ManagerSession>(options, m_clock, [this](const ExecutorContext &) {
        auto executor = std::make_unique<FakeWorkerExecutor>();
        m_executor = executor.get();
        return ManagerExecutor{std::move(executor), m_executor};
    });
}

bool TestManagerSession::openAndWait()
{
    QSignalSpy ready(m_session.get(), &ManagerSession::ready);
    m_session->open();
    return ready.wait(patience);
}

WorkerConfig TestManagerSession::noop(int count)
{
    WorkerConfig config;
    config.type = s("noop");
    config.count = count;
    config.mode = ExecutionMode::Direct;
    return config;
}

void TestManagerSession::startsTheManager()
{
    create();
    QVERIFY(!m_session->isOpen());
    QStringList signalNames;
    connect(m_session.get(), &ManagerSession::opened, this, [&] { signalNames << s("opened"); });
    connect(m_session.get(), &ManagerSession::ready, this, [&] { signalNames << s("ready"); });
    connect(m_session.get(), &ManagerSession::failed, this, [&] { signalNames << s("failed"); });
    QVERIFY(openAndWait());
    QCOMPARE(signalNames, (QStringList{s("opened"), s("ready")}));
    QVERIFY(m_session->isOpen());
    QVERIFY(m_session->isReady());
    QVERIFY(!m_session->hasFailed());
    QVERIFY(!m_session->hasLiveWorkers());
    QVERIFY(QFile::exists(database()));
    EVENTUALLY(m_session->snapshot().generation > 0);
}

void TestManagerSession::failsIfTheDatabaseCannotBeUsed()
{
    write(database(), "not a database");
    create();
    QSignalSpy failed(m_session.get(), &ManagerSession::failed);
    m_session->open();
    QVERIFY(failed.wait(patience));
    QVERIFY(failed.first().first().value<Error>().message.contains(database()));
    QVERIFY(m_session->hasFailed());
    QVERIFY(!m_session->isOpen());
    QSignalSpy stopped(m_session.get(), &ManagerSession::stopped);
    m_session->stop();
    QVERIFY(stopped.wait(patience));
}

void TestManagerSession::waitsWhileTheDatabaseIsLocked()
{
    createValidDatabase(database());
    RawSql other(database());
    QVERIFY(other.exec(s("BEGIN IMMEDIATE"))); // the database can be opened, but the manager cannot register in it
    create();
    QSignalSpy locked(m_session.get(), &ManagerSession::lockedChanged);
    QSignalSpy ready(m_session.get(), &ManagerSession::ready);
    m_session->open();
    QTRY_COMPARE_WITH_TIMEOUT(locked.size(), 1, patience);
    QVERIFY(m_session->isLocked());
    QVERIFY(!m_session->isReady());
    QVERIFY(other.exec(s("COMMIT")));
    QVERIFY(ready.wait(patience));
    EVENTUALLY(!m_session->isLocked());
}

void TestManagerSession::readOnlySessionLaunchesNoPools()
{
    createValidDatabase(database());
    create([](ManagerSessionOptions &options) {
        options.readOnly = true;
        options.pools = {noop(1)};
    });
    QSignalSpy launchFailed(m_session.get(), &ManagerSession::launchFailed);
    QVERIFY(openAndWait());
    QVERIFY(m_session->manager()->pools().isEmpty());
    QVERIFY(launchFailed.isEmpty());
    QCOMPARE(m_session->launch(noop(1)).error().code, ErrorCode::ReadOnly);
}

void TestManagerSession::launchNeedsAReadySession()
{
    create();
    QCOMPARE(m_session->launch(noop(0)).error().code, ErrorCode::Database);
    QVERIFY(openAndWait());
    const Result<QString> name = m_session->launch(noop(0));
    QVERIFY(name);
    QCOMPARE(*name, s("noop"));
    m_session->stop();
    QCOMPARE(m_session->launch(noop(0)).error().code, ErrorCode::Cancelled);
}

void TestManagerSession::reportsPoolsThatCannotBeLaunched()
{
    WorkerConfig invalid = noop(0);
    invalid.type = s("mine"); // a custom type needs a command
    create([&](ManagerSessionOptions &options) { options.pools = {invalid, noop(0)}; });
    QSignalSpy launchFailed(m_session.get(), &ManagerSession::launchFailed);
    QVERIFY(openAndWait());
    QCOMPARE(launchFailed.size(), 1);
    QCOMPARE(launchFailed.first().first().value<WorkerConfig>().type, s("mine"));
    QCOMPARE(m_session->manager()->pools().size(), 1);
    QCOMPARE(m_session->manager()->pools().first().name, s("noop"));
}

void TestManagerSession::launchesThePoolsOfTheOptions()
{
    create([](ManagerSessionOptions &options) { options.pools = {noop(2), noop(1)}; });
    QVERIFY(openAndWait());
    QCOMPARE(m_session->manager()->pools().size(), 2);
    EVENTUALLY(m_executor->runningIds().size() == 3);
    QVERIFY(m_session->hasLiveWorkers());
}

void TestManagerSession::stopsWorkersBeforeItIsStopped()
{
    create([](ManagerSessionOptions &options) { options.pools = {noop(2)}; });
    QVERIFY(openAndWait());
    EVENTUALLY(m_executor->runningIds().size() == 2);
    QSignalSpy stopped(m_session.get(), &ManagerSession::stopped);
    QSignalSpy pools(m_session.get(), &ManagerSession::poolsChanged);
    m_session->stop();
    QVERIFY(m_executor->calls.contains(s("stop 10 0")));
    QVERIFY(m_executor->calls.contains(s("stop 10 1")));
    const QStringList running = m_executor->runningIds();
    m_executor->endWorker(running.first());
    QVERIFY(pools.wait(patience));
    QVERIFY2(stopped.isEmpty(), "stopped() was emitted while a worker was running");
    m_executor->endWorker(running.last());
    QVERIFY(stopped.wait(patience));
    QVERIFY(!m_session->hasLiveWorkers());
}

void TestManagerSession::killsWorkersThatAreLeft()
{
    create([](ManagerSessionOptions &options) { options.pools = {noop(1)}; });
    QVERIFY(openAndWait());
    EVENTUALLY(m_executor->runningIds().size() == 1);
    QSignalSpy stopped(m_session.get(), &ManagerSession::stopped);
    m_session->stop();
    m_executor->calls.clear();
    m_session->stop(seconds(0));
    QCOMPARE(m_executor->calls, QStringList{s("kill 0")});
    m_executor->endWorker(m_executor->runningIds().constFirst(), WorkerExit::Kind::Signalled, 9);
    QVERIFY(stopped.wait(patience));
}

void TestManagerSession::stopsWorkersIfTheDatabaseIsReplaced()
{
    create([](ManagerSessionOptions &options) { options.pools = {noop(3)}; });
    QVERIFY(openAndWait());
    EVENTUALLY(m_executor->runningIds().size() == 3);
    QSignalSpy failed(m_session.get(), &ManagerSession::failed);
    QSignalSpy readFailed(m_session.get(), &ManagerSession::readFailed);
    QSignalSpy stopped(m_session.get(), &ManagerSession::stopped);
    m_executor->calls.clear();
    createValidDatabase(m_folder->filePath(s("backup.db")));
    const QByteArray backup = contentOf(m_folder->filePath(s("backup.db")));
    QCOMPARE(std::rename(QFile::encodeName(m_folder->filePath(s("backup.db"))).constData(),
                         QFile::encodeName(database()).constData()),
             0);

    EVENTUALLY(m_session->isDatabaseReplaced());
    QVERIFY(m_session->hasFailed());
    QVERIFY(failed.first().first().value<Error>().message.contains(s("was replaced by another file")));
    QCOMPARE(m_executor->calls, (QStringList{s("stop 2 0"), s("stop 2 1"), s("stop 2 2")}));
    m_executor->calls.clear();
    const QStringList ids = m_executor->runningIds();
    for (const QString &id : ids)
        m_executor->endWorker(id, WorkerExit::Kind::Signalled, 9);
    m_session->stop();
    EVENTUALLY(stopped.size() == 1);
    QVERIFY2(m_executor->calls.isEmpty(), qPrintable(m_executor->calls.join(u'|'))); // no worker was replaced
    QCOMPARE(failed.size(), 1);
    QCOMPARE(readFailed.size(), 0);
    QVERIFY(!m_session->launch(noop(1)));
    m_session.reset();
    QVERIFY(contentOf(database()) == backup);
    QVERIFY(!QFile::exists(database() + s("-wal")));
}

void TestManagerSession::replacementOfAReadOnlyDatabaseIsReported()
{
    createValidDatabase(database());
    create([](ManagerSessionOptions &options) { options.readOnly = true; });
    QVERIFY(openAndWait());
    QVERIFY(QFile::remove(database()));
    EVENTUALLY(m_session->isDatabaseReplaced());
    QVERIFY(m_session->hasFailed());
}

/// The container engine does not respond, for example.
void TestManagerSession::stopsAlthoughAWorkerDoesNotEnd()
{
    create([](ManagerSessionOptions &options) {
        options.pools = {noop(1)};
        options.pools.first().stopGrace = seconds(1);
        options.shutdownSlack = seconds(1);
    });
    QVERIFY(openAndWait());
    EVENTUALLY(m_executor->runningIds().size() == 1);
    QSignalSpy stopped(m_session.get(), &ManagerSession::stopped);
    m_session->stop();
    QVERIFY(stopped.wait(patience));
    QVERIFY(m_session->hasLiveWorkers());
    QCOMPARE(stopped.size(), 1);
}

void TestManagerSession::stopsWithoutWorkers()
{
    create();
    QVERIFY(openAndWait());
    QVERIFY(m_session->launch(noop(0)));
    QSignalSpy stopped(m_session.get(), &ManagerSession::stopped);
    QSignalSpy pools(m_session.get(), &ManagerSession::poolsChanged);
    m_session->stop();
    QVERIFY(m_session->isStopping());
    QVERIFY2(stopped.isEmpty(), "stopped() was not emitted from the event loop");
    QVERIFY(stopped.wait(patience));
    m_session->stop(seconds(0));
    QVERIFY(pools.wait(patience)); // the signals of the manager that follow are delivered
    QCOMPARE(stopped.size(), 1);
}

void TestManagerSession::stopsWhileTheDatabaseIsBeingOpened()
{
    create();
    QSignalSpy opened(m_session.get(), &ManagerSession::opened);
    QSignalSpy stopped(m_session.get(), &ManagerSession::stopped);
    m_session->open();
    m_session->stop();
    QVERIFY(stopped.wait(patience));
    // The store processes requests in order, so the database is open when the snapshot has been read.
    const auto snapshot = m_session->store().snapshot();
    EVENTUALLY(snapshot.isFinished());
    QCoreApplication::processEvents();
    QVERIFY(opened.isEmpty());
    QVERIFY(!m_session->isOpen());
}

/// Workers are recorded in the database before they are started.
void TestManagerSession::stopsWhileStartsWaitForALock()
{
    create();
    QVERIFY(openAndWait());
    RawSql other(database());
    EVENTUALLY(other.exec(s("BEGIN IMMEDIATE")));
    QVERIFY(m_session->launch(noop(3)));
    QSignalSpy locked(m_session.get(), &ManagerSession::lockedChanged);
    QTRY_COMPARE_WITH_TIMEOUT(locked.size(), 1, patience);
    QVERIFY(m_session->hasLiveWorkers());
    QSignalSpy stopped(m_session.get(), &ManagerSession::stopped);
    m_session->stop();
    QVERIFY2(stopped.wait(3 * patience), "the session waits for the lock");
    m_session.reset();
    QVERIFY(other.exec(s("COMMIT")));
    QCOMPARE(other.value(s("SELECT count(*) FROM workers")).toInt(), 0);
}

void TestManagerSession::stopsWhileStartsWaitForAFullDisk()
{
    const SmallDisk disk(m_folder->path());
    if (!disk.isMounted())
        QSKIP("mounting a small file system needs root");
    create();
    QVERIFY(openAndWait());
    disk.fill();
    QSignalSpy failed(m_session.get(), &ManagerSession::writeFailed);
    QVERIFY(m_session->launch(noop(3)));
    QTRY_VERIFY_WITH_TIMEOUT(!failed.isEmpty(), patience);
    QVERIFY(m_session->hasLiveWorkers());
    QSignalSpy stopped(m_session.get(), &ManagerSession::stopped);
    m_session->stop();
    QVERIFY2(stopped.wait(patience), "the session waits for space on the disk");
    m_session.reset();
}

/// The ends of all workers are written together: a lock delays the end of the session only once.
void TestManagerSession::stopsWhileManyWorkersEndUnderALock()
{
    create([](ManagerSessionOptions &options) { options.pools = {noop(300)}; });
    QVERIFY(openAndWait());
    EVENTUALLY(m_executor->runningIds().size() == 300);
    const auto snapshot = m_session->store().snapshot();
    EVENTUALLY(snapshot.isFinished());
    RawSql other(database());
    EVENTUALLY(other.exec(s("BEGIN IMMEDIATE")));
    QSignalSpy stopped(m_session.get(), &ManagerSession::stopped);
    m_session->stop();
    for (const QString &id : m_executor->runningIds())
        m_executor->endWorker(id);
    QVERIFY2(stopped.wait(3 * patience), "the session waits for the lock");
    QElapsedTimer timer;
    timer.start();
    m_session.reset();
    QVERIFY2(timer.elapsed() < 3 * patience, "each pending write waits for the lock");
    QVERIFY(other.exec(s("COMMIT")));
}

/// Another manager may consider this one gone, for example after it was stopped for a while.
void TestManagerSession::registersAgainWhenItsRowWasDeleted()
{
    create();
    QVERIFY(openAndWait());
    QStringList events;
    connect(m_session.get(), &ManagerSession::eventHappened, this,
            [&](const Event &event) { events.append(event.message.englishText()); });
    RawSql other(database());
    const auto managers = [&] { return other.column(s("SELECT id FROM lifeguard_managers")).join(u' '); };
    const QString id = managers();
    // Before it starts workers: other managers close the rows of workers whose manager has no row.
    EVENTUALLY(other.exec(s("DELETE FROM lifeguard_managers")));
    QVERIFY(m_session->launch(noop(1)));
    EVENTUALLY(m_executor->runningIds().size() == 1);
    QCOMPARE(managers(), id);
    // With its next heartbeat.
    EVENTUALLY(other.exec(s("DELETE FROM lifeguard_managers")));
    EVENTUALLY(managers() == id);
    EVENTUALLY(!events.filter(s("registered again")).isEmpty());
}

void TestManagerSession::diagnosesAnUnknownWorker()
{
    create();
    QVERIFY(openAndWait());
    WorkerInfo worker;
    worker.executorId = s("direct-noop-0-aaaaaaaa");
    worker.type = s("noop");
    QList<Diagnosis> reports;
    QObject context;
    m_session->diagnose(worker, &context, [&](const Diagnosis &diagnosis) { reports << diagnosis; });
    EVENTUALLY(!reports.isEmpty() && !reports.last().isInProgress());
    QCOMPARE(reports.last().request.worker.executorId, worker.executorId);
    QVERIFY2(!reports.last().request.problem.isEmpty(), "the missing row of the worker is not reported");
}

QTEST_GUILESS_MAIN(TestManagerSession)
#include "tst_managersession.moc"
