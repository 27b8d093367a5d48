// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how worker processes divide the watch of their database, also when the one that watches is killed or stopped.
#include "core/base/beatfile.h"
#include "core/store/idleworkers.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "tests/support/workertest.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QTest>

#include <algorithm>
#include <vector>

#include <signal.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestWatchingWorkers : public WorkerTest
{
    Q_OBJECT

private Q_SLOTS:
    void watcherIsReplaced_data();
    void watcherIsReplaced();
    void stoppedSleeperLeavesItsJobToOthers();
    void addedJobsWakeFewWorkers();
    void pausedWorkersDoNotWatch();
    void lastWorkerDeletesTheFile();

private:
    void startWorkers(int count);
    /// Returns the processes that watch the log of the database. A worker has an inotify instance only for that.
    [[nodiscard]] QList<QProcess *> watchers() const;
    bool addWithSqlite();

    std::vector<std::unique_ptr<QProcess>> m_processes;
};

void TestWatchingWorkers::startWorkers(int count)
{
    m_processes.clear();
    for (int i = 0; i < count; ++i)
        m_processes.push_back(start(s("noop")));
    for (int i = 0; i < count; ++i)
        EVENTUALLY(workerStatus(s("w%1").arg(i)) == s("idle"));
    EVENTUALLY(watchers().size() == 1);
}

QList<QProcess *> TestWatchingWorkers::watchers() const
{
    QList<QProcess *> watching;
    for (const auto &process : m_processes) {
        const QDir files(QStringLiteral("/proc/%1/fd").arg(process->processId()));
        const QStringList names = files.entryList(QDir::System | QDir::Files);
        if (std::any_of(names.cbegin(), names.cend(), [&files](const QString &name) {
                return QFile::symLinkTarget(files.filePath(name)).contains(s("inotify"));
            }))
            watching.append(process.get());
    }
    return watching;
}

/// Adds a job as a program of another system, in a process of its own.
bool TestWatchingWorkers::addWithSqlite()
{
    return QProcess::execute(s("sqlite3"),
                             {s("-cmd"), s(".timeout 20000"), path("jobs.db"),
                              s("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload) "
                                "VALUES ('noop', 'pending', '', '', '', '{}')")})
        == 0;
}

void TestWatchingWorkers::watcherIsReplaced_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("killed") << SIGKILL;
    QTest::newRow("ended") << SIGTERM;
    QTest::newRow("stopped") << SIGSTOP;
}

void TestWatchingWorkers::watcherIsReplaced()
{
    QFETCH(int, signal);
    startWorkers(3);
    QProcess *const first = watchers().value(0);
    QVERIFY(first);
    if (signal == SIGSTOP)
        QVERIFY(stopBetweenTransactions(first->processId(), path("jobs.db")));
    else
        ::kill(pid_t(first->processId()), signal);
    EVENTUALLY([&] {
        const QList<QProcess *> now = watchers();
        return std::any_of(now.cbegin(), now.cend(), [first](QProcess *process) { return process != first; });
    }());
    QVERIFY(addWithSqlite());
    EVENTUALLY(status(1) == s("completed"));
    if (signal == SIGSTOP) {
        ::kill(pid_t(first->processId()), SIGCONT);
        EVENTUALLY(watchers().size() == 1); // it ends its watch
        QVERIFY(addWithSqlite());
        EVENTUALLY(status(2) == s("completed"));
    }
}

void TestWatchingWorkers::stoppedSleeperLeavesItsJobToOthers()
{
    constexpr int jobs = 5;
    startWorkers(4);
    for (const auto &process : m_processes) {
        if (process.get() != watchers().value(0) && process != m_processes.back())
            QVERIFY(stopBetweenTransactions(process->processId(), path("jobs.db")));
    }
    for (int i = 1; i <= jobs; ++i)
        QVERIFY(addWithSqlite());
    for (int i = 1; i <= jobs; ++i)
        EVENTUALLY(status(i) == s("completed"));
    for (const auto &process : m_processes)
        ::kill(pid_t(process->processId()), SIGCONT);
}

void TestWatchingWorkers::addedJobsWakeFewWorkers()
{
    constexpr int workers = 8;
    constexpr int jobs = 10;
    startWorkers(workers);
    const auto shared = IdleWorkers::open(m_db->info().path, s("test"));
    QVERIFY(shared);
    const quint32 before = shared->wakeUps();
    for (int i = 1; i <= jobs; ++i) {
        QVERIFY(addWithSqlite());
        EVENTUALLY(status(i) == s("completed"));
    }
    const quint32 wakeUps = shared->wakeUps() - before;
    // None if the watcher does all jobs, because they are brief. If the machine is slow, it hands over the watch, or
    // wakes another worker because the first one does not claim within some milliseconds. All of them would be 70.
    QVERIFY2(wakeUps <= 3 * jobs, qPrintable(QString::number(wakeUps)));
}

void TestWatchingWorkers::pausedWorkersDoNotWatch()
{
    const QString beatPath = path("beats");
    auto beats = BeatFile::create(beatPath, 2);
    QVERIFY(beats);
    (*beats)->setHold(0, true);
    (*beats)->setHold(1, true);
    recordWorkers({s("w0"), s("w1")});
    m_processes.clear();
    for (int i = 0; i < 2; ++i)
        m_processes.push_back(
            start(s("noop"), {{"LIFEGUARD_BEATS", QStringLiteral("%1:%2").arg(beatPath, QString::number(i))}}));
    for (int i = 0; i < 2; ++i)
        EVENTUALLY(workerStatus(s("w%1").arg(i)) == s("idle"));
    const qint64 id = addNoop(0);
    (*beats)->setHold(1, false);
    EVENTUALLY(status(id) == s("completed"));
    EVENTUALLY(watchers() == QList<QProcess *>{m_processes.back().get()});
    (*beats)->setHold(0, false);
    (*beats)->setHold(1, true);
    const qint64 next = addNoop(0); // the watcher finds out that it is paused
    EVENTUALLY(status(next) == s("completed"));
    EVENTUALLY(watchers() == QList<QProcess *>{m_processes.front().get()});
}

void TestWatchingWorkers::lastWorkerDeletesTheFile()
{
    startWorkers(2);
    const QString file = path("jobs.db-idle");
    QVERIFY(QFile::exists(file));
    for (const auto &process : m_processes)
        process->terminate();
    for (const auto &process : m_processes)
        WAIT_FOR_END(process);
    QVERIFY(!QFile::exists(file));
}

QTEST_GUILESS_MAIN(TestWatchingWorkers)
#include "tst_watchingworkers.moc"
