// SPDX-License-Identifier: GPL-3.0-or-later
// Tests what idle workers share: who watches the database, and who is woken.
#include "core/store/idleworkers.h"
#include "tests/support/processes.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>
#include <vector>

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Returns whether a thread of this process waits for a futex.
bool isSleeping(pid_t thread)
{
    QFile file(QStringLiteral("/proc/self/task/%1/syscall").arg(thread));
    return file.open(QIODevice::ReadOnly) && file.readAll().split(' ').first().toLong() == SYS_futex;
}

/// Sleeping workers, each on a thread. The destructor wakes those that still sleep.
class Sleepers
{
public:
    Sleepers(const QString &database, const QString &type, int count)
    {
        for (int i = 0; i < count; ++i) {
            m_workers.push_back(IdleWorkers::open(database, type));
            IdleWorkers &worker = *m_workers.back();
            std::atomic<pid_t> id = 0;
            m_threads.emplace_back([this, &worker, &id, ticket = worker.ticket()] {
                id = gettid();
                id.notify_one();
                if (worker.sleep(ticket))
                    ++m_woken;
                ++m_ended;
            });
            id.wait(0);
            const pid_t thread = id;
            if (!QTest::qWaitFor([thread] { return isSleeping(thread); }, patience))
                qFatal("The worker does not sleep.");
        }
    }
    ~Sleepers()
    {
        m_workers.front()->wakeAll();
        for (std::thread &thread : m_threads)
            thread.join();
    }
    Q_DISABLE_COPY_MOVE(Sleepers)

    [[nodiscard]] int woken() const { return m_woken; }
    [[nodiscard]] int ended() const { return m_ended; }
    [[nodiscard]] IdleWorkers &worker(size_t index) { return *m_workers.at(index); }

private:
    std::vector<std::unique_ptr<IdleWorkers>> m_workers;
    std::vector<std::thread> m_threads;
    std::atomic<int> m_woken = 0;
    std::atomic<int> m_ended = 0;
};

} // namespace

class TestIdleWorkers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void onlyOneWatches();
    void runningWatcherIsNotReplaced();
    void killedWatcherIsReplaced();
    void replacedWatcherEndsItsWatch();
    void endOfTheWatchWakesOneWorkerOfAnyType();
    void wakesNoMoreThanAsked();
    void workersOfOtherTypesAreNotWoken();
    void wakeBeforeSleepIsNotLost();
    void interruptedWorkerWasNotWoken();
    void lastProgramDeletesTheFile();
    void unusableFileIsNoError_data();
    void unusableFileIsNoError();
    void damagedFileIsNoObstacle_data();
    void damagedFileIsNoObstacle();

private:
    [[nodiscard]] QString database() const { return m_folder->filePath(s("q.db")); }
    [[nodiscard]] QString file() const { return database() + s("-idle"); }
    [[nodiscard]] std::unique_ptr<IdleWorkers> open(const char *type = "noop") const
    {
        return IdleWorkers::open(database(), s(type));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestIdleWorkers::onlyOneWatches()
{
    const auto one = open();
    const auto two = open("plantuml");
    QVERIFY(one && two);
    QVERIFY(one->watch());
    QVERIFY(one->watch()); // again
    QVERIFY(!two->watch());
    QVERIFY(one->isWatching() && !two->isWatching());
    two->stopWatching(); // changes nothing
    QVERIFY(one->isWatching());
    one->stopWatching();
    QVERIFY(!one->isWatching());
    QVERIFY(two->watch());
}

void TestIdleWorkers::runningWatcherIsNotReplaced()
{
    const auto watcher = open();
    const auto other = open();
    QVERIFY(watcher->watch());
    for (int i = 0; i < 5; ++i) {
        watcher->showWatching();
        QVERIFY(!other->takeOver());
    }
    QVERIFY(other->takeOver()); // it has not shown itself since
}

void TestIdleWorkers::killedWatcherIsReplaced()
{
    const auto other = open();
    const pid_t child = forkChild([this] {
        const auto watcher = open();
        if (watcher && watcher->watch())
            ::kill(getpid(), SIGKILL);
    });
    int status = 0;
    QCOMPARE(waitpid(child, &status, 0), child);
    QVERIFY(WIFSIGNALED(status));
    QVERIFY(!other->watch());
    QVERIFY(!other->takeOver()); // it may have shown itself just now
    QVERIFY(other->takeOver());
}

void TestIdleWorkers::replacedWatcherEndsItsWatch()
{
    const auto stopped = open();
    const auto other = open();
    QVERIFY(stopped->watch());
    QVERIFY(!other->takeOver());
    QVERIFY(other->takeOver());
    QVERIFY(!stopped->isWatching());
    stopped->stopWatching();
    QVERIFY(other->isWatching());
}

void TestIdleWorkers::endOfTheWatchWakesOneWorkerOfAnyType()
{
    auto watcher = open();
    QVERIFY(watcher->watch());
    Sleepers sleepers(database(), s("plantuml"), 3);
    watcher.reset();
    EVENTUALLY(sleepers.ended() == 1);
    QCOMPARE(sleepers.woken(), 1);
    QCOMPARE(sleepers.worker(0).wake(s("plantuml"), 9), 2); // the others still sleep
}

void TestIdleWorkers::wakesNoMoreThanAsked()
{
    const auto waker = open();
    Sleepers sleepers(database(), s("noop"), 8);
    QCOMPARE(waker->wake(s("noop"), 3), 3);
    EVENTUALLY(sleepers.woken() == 3);
    QCOMPARE(waker->wakeUps(), 3U);
    QCOMPARE(waker->wake(s("noop"), 100), 5);
    EVENTUALLY(sleepers.woken() == 8);
    QCOMPARE(waker->wake(s("noop"), 1), 0);
}

void TestIdleWorkers::workersOfOtherTypesAreNotWoken()
{
    const auto waker = open();
    Sleepers noop(database(), s("noop"), 2);
    Sleepers plantuml(database(), s("plantuml"), 1);
    QCOMPARE(waker->wake(s("plantuml"), 5), 1);
    EVENTUALLY(plantuml.woken() == 1);
    QCOMPARE(noop.woken(), 0);
}

void TestIdleWorkers::wakeBeforeSleepIsNotLost()
{
    const auto worker = open();
    const auto waker = open("plantuml");
    const quint32 ticket = worker->ticket();
    QCOMPARE(waker->wake(s("noop"), 1), 0);
    QVERIFY(worker->sleep(ticket)); // returns at once
}

void TestIdleWorkers::interruptedWorkerWasNotWoken()
{
    Sleepers sleepers(database(), s("noop"), 1);
    sleepers.worker(0).interrupt();
    EVENTUALLY(sleepers.ended() == 1);
    QCOMPARE(sleepers.woken(), 0);
    QCOMPARE(sleepers.worker(0).wakeUps(), 0U);
}

void TestIdleWorkers::lastProgramDeletesTheFile()
{
    auto one = open();
    auto two = open();
    QCOMPARE(QFile::permissions(file()) & ~(QFile::ReadUser | QFile::WriteUser), QFile::ReadOwner | QFile::WriteOwner);
    one.reset();
    QVERIFY(QFile::exists(file()));
    two.reset();
    QVERIFY(!QFile::exists(file()));
}

void TestIdleWorkers::unusableFileIsNoError_data()
{
    QTest::addColumn<QString>("kind");
    QTest::newRow("folder") << s("folder");
    QTest::newRow("link") << s("link");
    QTest::newRow("no folder") << s("no folder");
}

void TestIdleWorkers::unusableFileIsNoError()
{
    QFETCH(QString, kind);
    if (kind == s("folder"))
        QVERIFY(QDir().mkdir(file()));
    else if (kind == s("link"))
        QVERIFY(QFile::link(m_folder->filePath(s("target")), file()));
    else
        QVERIFY(m_folder->remove());
    QVERIFY(!open());
}

void TestIdleWorkers::damagedFileIsNoObstacle_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("ones") << QByteArray(2000, '\xff');
    QTest::newRow("text") << QByteArray(2000, 'x');
    QTest::newRow("short") << QByteArray("x");
    QTest::newRow("empty") << QByteArray();
}

void TestIdleWorkers::damagedFileIsNoObstacle()
{
    QFETCH(QByteArray, content);
    {
        QFile damaged(file());
        QVERIFY(damaged.open(QIODevice::WriteOnly));
        damaged.write(content);
    }
    const auto worker = open();
    QVERIFY(worker);
    QVERIFY(worker->watch() || worker->takeOver() || worker->takeOver());
    Sleepers sleepers(database(), s("noop"), 1);
    QCOMPARE(worker->wake(s("noop"), 1), 1);
    EVENTUALLY(sleepers.woken() == 1);
}

QTEST_GUILESS_MAIN(TestIdleWorkers)
#include "tst_idleworkers.moc"
