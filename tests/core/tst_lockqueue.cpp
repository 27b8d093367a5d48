// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the queue of the programs that wait for the write lock of a database.
#include "core/store/database.h"
#include "core/store/lockqueue.h"
#include "core/store/lockretry.h"
#include "tests/support/processes.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>
#include <tuple>
#include <vector>

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

using namespace lifeguard;
using namespace std::chrono_literals;

namespace {

constexpr auto forever = std::chrono::hours(1); ///< a test that waits for it has failed

/// Lets a program wait while the first one makes attempts. Returns whether it is still waiting.
bool waitBriefly(LockQueue &first, LockQueue &program)
{
    std::atomic<bool> isOver = false;
    std::thread attempts([&] {
        std::ignore = first.becomeFirst(forever);
        while (!isOver)
            first.pause(100us);
    });
    const bool isFirst = program.becomeFirst(20ms);
    isOver = true;
    attempts.join();
    return !isFirst;
}

} // namespace

class TestLockQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void leavingMakesTheNextOneTheFirst();
    void programsAreCalledInTheOrderOfTheirArrival();
    void programThatGivesUpIsSkipped();
    void runningFirstIsNotPassedOver();
    void killedFirstIsPassedOver();
    void endOfATransactionWakesTheFirst();
    void onlyTheFirstMakesAttempts();
    void newcomersQueueUp();
    void lastProgramDeletesTheFile();
    void fileOfAnotherQueueIsNotDeleted();
    void unusableFileIsNoError_data();
    void unusableFileIsNoError();
    void damagedFileDelaysButDoesNotBlock();
    void databaseWorksWithAndWithoutIt();
    void oneProgramTakesTheTurnOfACheckpoint();
    void waitsAreRecordedOnRequest();

private:
    [[nodiscard]] QString database() const { return m_folder->filePath(QStringLiteral("q.db")); }
    [[nodiscard]] QString file() const { return database() + QStringLiteral("-lockqueue"); }
    [[nodiscard]] std::unique_ptr<LockQueue> open() const { return LockQueue::open(database()); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestLockQueue::leavingMakesTheNextOneTheFirst()
{
    const auto one = open();
    const auto two = open();
    QVERIFY(one && two);
    QVERIFY(!two->isWaiting());
    QVERIFY(one->becomeFirst(0ms));
    QVERIFY(one->becomeFirst(0ms)); // again
    QVERIFY(two->isWaiting());
    QVERIFY(!one->isWaiting());
    std::atomic<bool> isFirst = false;
    std::thread waiting([&] { isFirst = two->becomeFirst(forever); });
    std::this_thread::sleep_for(20ms); // so that it sleeps
    QVERIFY(!isFirst);
    one->leave();
    waiting.join();
    QVERIFY(isFirst);
    one->leave(); // changes nothing
    QVERIFY(one->isWaiting());
}

/// A program that has just left cannot overtake those that have been waiting, as often as it comes back.
void TestLockQueue::programsAreCalledInTheOrderOfTheirArrival()
{
    const auto holder = open();
    QVERIFY(holder->becomeFirst(0ms));
    std::vector<std::unique_ptr<LockQueue>> programs(40);
    for (auto &program : programs) {
        program = open();
        QVERIFY(waitBriefly(*holder, *program));
    }
    holder->leave();
    QVERIFY(holder->isWaiting());
    QVERIFY(waitBriefly(*programs.front(), *holder));
    for (const auto &program : programs) {
        QVERIFY(program->becomeFirst(forever)); // the next one has been called
        program->leave();
    }
    QVERIFY(holder->becomeFirst(forever));
}

void TestLockQueue::programThatGivesUpIsSkipped()
{
    const auto holder = open();
    QVERIFY(holder->becomeFirst(0ms));
    const auto impatient = open();
    const auto patient = open();
    QVERIFY(waitBriefly(*holder, *impatient));
    QVERIFY(waitBriefly(*holder, *patient));
    impatient->leave();
    QVERIFY(impatient->isWaiting());
    holder->leave();
    QVERIFY(patient->becomeFirst(forever));
}

void TestLockQueue::runningFirstIsNotPassedOver()
{
    const auto one = open();
    const auto two = open();
    QVERIFY(one->becomeFirst(0ms));
    std::atomic<bool> isDone = false;
    std::thread first([&] {
        while (!isDone)
            one->pause(1ms);
    });
    for (int repetition = 0; repetition < 3; ++repetition)
        QVERIFY(!two->becomeFirst(500ms));
    isDone = true;
    first.join();
}

void TestLockQueue::killedFirstIsPassedOver()
{
    const pid_t child = forkChild([this] {
        const auto queue = open();
        if (queue && queue->becomeFirst(0ms))
            ::kill(getpid(), SIGKILL);
    });
    int status = 0;
    QCOMPARE(waitpid(child, &status, 0), child);
    QVERIFY(WIFSIGNALED(status));
    const auto queue = open();
    QVERIFY(queue->isWaiting());
    QVERIFY(queue->becomeFirst(20ms));
    QVERIFY(!queue->isWaiting());
}

void TestLockQueue::endOfATransactionWakesTheFirst()
{
    const auto one = open();
    const auto two = open();
    QVERIFY(one->becomeFirst(0ms));
    two->announceUnlocked(); // after the attempt: the pause ends at once
    one->pause(forever);
    std::thread waiting([&] { one->pause(forever); });
    std::this_thread::sleep_for(20ms);
    two->announceUnlocked();
    waiting.join();
    QVERIFY(two->isWaiting());
}

/// Programs that wait for a lock that another one holds for a long time. Without the queue, each of them made attempts.
void TestLockQueue::onlyTheFirstMakesAttempts()
{
    constexpr int programs = 50;
    LockPolicy policy;
    policy.timeout = forever;
    std::atomic<bool> isLocked = true;
    std::atomic<int> attempts = 0;
    std::atomic<int> madeAttempts = 0;
    std::atomic<int> obtained = 0;
    std::vector<std::thread> waiting;
    for (int i = 0; i < programs; ++i) {
        waiting.emplace_back([&] {
            const auto queue = open();
            LockRetry retry(policy, queue.get());
            bool isCounted = false;
            while (retry.pause()) {
                if (!isLocked)
                    break;
                ++attempts;
                if (!isCounted)
                    ++madeAttempts;
                isCounted = true;
            }
            ++obtained;
        });
    }
    while (attempts < 200)
        std::this_thread::sleep_for(1ms);
    const int programsWithAttempts = madeAttempts;
    isLocked = false;
    for (std::thread &thread : waiting)
        thread.join();
    QCOMPARE(obtained, programs);
    // On a busy machine, a first program may not run for a while and is passed over.
    QVERIFY2(programsWithAttempts < programs / 2, qPrintable(QString::number(programsWithAttempts)));
}

void TestLockQueue::newcomersQueueUp()
{
    LockPolicy policy;
    policy.timeout = forever;
    const auto one = open();
    const auto two = open();
    LockRetry first(policy, one.get());
    first.queueUp(); // nobody is waiting
    QVERIFY(!two->isWaiting());
    QVERIFY(first.pause());
    QVERIFY(two->isWaiting());
    std::atomic<bool> isDone = false;
    std::thread newcomer([&] {
        LockRetry second(policy, two.get());
        second.queueUp();
        isDone = true;
    });
    for (int i = 0; i < 100; ++i)
        QVERIFY(first.pause());
    QVERIFY(!isDone);
    one->leave();
    newcomer.join();
    QVERIFY(!one->isWaiting()); // the newcomer left the queue with its LockRetry
}

void TestLockQueue::lastProgramDeletesTheFile()
{
    auto one = open();
    auto two = open();
    QCOMPARE(QFile::permissions(file()) & ~(QFile::ReadUser | QFile::WriteUser), QFile::ReadOwner | QFile::WriteOwner);
    one.reset();
    QVERIFY(QFile::exists(file()));
    two.reset();
    QVERIFY(!QFile::exists(file()));
}

void TestLockQueue::fileOfAnotherQueueIsNotDeleted()
{
    auto one = open();
    QVERIFY(QFile::remove(file()));
    const auto two = open();
    QVERIFY(two);
    one.reset();
    QVERIFY(QFile::exists(file()));
}

void TestLockQueue::unusableFileIsNoError_data()
{
    QTest::addColumn<QString>("kind");
    QTest::newRow("folder") << QStringLiteral("folder");
    QTest::newRow("link") << QStringLiteral("link");
    QTest::newRow("no folder") << QStringLiteral("no folder");
}

void TestLockQueue::unusableFileIsNoError()
{
    QFETCH(QString, kind);
    if (kind == QStringLiteral("folder")) {
        QVERIFY(QDir().mkdir(file()));
    } else if (kind == QStringLiteral("link")) {
        const QString target = m_folder->filePath(QStringLiteral("target"));
        QVERIFY(QFile::link(target, file()));
    } else {
        QVERIFY(m_folder->remove());
    }
    QVERIFY(!open());
    LockPolicy policy;
    policy.timeout = 20ms;
    LockRetry retry(policy, nullptr);
    retry.queueUp();
    int attempts = 0;
    while (retry.pause())
        ++attempts;
    QVERIFY(attempts > 0);
}

void TestLockQueue::damagedFileDelaysButDoesNotBlock()
{
    {
        QFile damaged(file());
        QVERIFY(damaged.open(QIODevice::WriteOnly));
        damaged.write(QByteArray(100, '\xff'));
    }
    const auto queue = open();
    QVERIFY(queue);
    LockPolicy policy;
    policy.timeout = forever;
    LockRetry retry(policy, queue.get());
    retry.queueUp();
    QVERIFY(retry.pause());
    queue->announceUnlocked();
    QVERIFY(retry.pause());
}

void TestLockQueue::databaseWorksWithAndWithoutIt()
{
    for (const bool isUsable : {true, false}) {
        if (!isUsable)
            QVERIFY(QDir().mkdir(file()));
        auto db = Database::open(database(), OpenMode::Create);
        QVERIFY2(db, db ? "" : qPrintable(db.error().message));
        QCOMPARE(QFileInfo(file()).isFile(), isUsable);
        int written = 0;
        std::thread writing([&] {
            const auto other = Database::open(database(), OpenMode::ReadWrite);
            for (int i = 0; other && i < 200; ++i)
                written += (*other)->transaction([] { return Status(); }) ? 1 : 0;
        });
        for (int i = 0; i < 200; ++i)
            QVERIFY((*db)->transaction([] { return Status(); }));
        writing.join();
        QCOMPARE(written, 200);
        db->reset();
        QVERIFY(!QFileInfo(file()).isFile());
    }
}

void TestLockQueue::oneProgramTakesTheTurnOfACheckpoint()
{
    const auto first = open();
    const auto second = open();
    QVERIFY(first && second);
    QVERIFY(first->takeCheckpointTurn(forever));
    QVERIFY(!second->takeCheckpointTurn(forever));
    QVERIFY(!first->takeCheckpointTurn(forever));
    QVERIFY(second->takeCheckpointTurn(0ms));
}

void TestLockQueue::waitsAreRecordedOnRequest()
{
    const auto microseconds = [] {
        return std::chrono::duration_cast<std::chrono::microseconds>(
                   std::chrono::steady_clock::now().time_since_epoch())
            .count();
    };
    constexpr int transactions = 3;
    const QString path = file() + QStringLiteral("-waits");
    const qint64 begin = microseconds();
    qputenv("LIFEGUARD_LOCK_WAITS", path.toUtf8());
    auto db = Database::open(database(), OpenMode::Create);
    auto other = Database::open(database(), OpenMode::ReadWrite);
    qunsetenv("LIFEGUARD_LOCK_WAITS");
    QVERIFY(db && other);
    for (int i = 0; i < transactions; ++i)
        QVERIFY((*db)->transaction([] { return Status(); }) && (*other)->transaction([] { return Status(); }));
    QVERIFY(!QFileInfo::exists(path)); // written at the end, so that the file does not delay the transactions
    db->reset();
    other->reset();
    const qint64 end = microseconds();
    QFile waits(path);
    QVERIFY(waits.open(QIODevice::ReadOnly));
    const QList<QByteArray> lines = waits.readAll().trimmed().split('\n');
    QVERIFY2(lines.size() >= 2 * transactions, qPrintable(QString::number(lines.size())));
    for (const QByteArray &line : lines) {
        const QList<QByteArray> words = line.split(' ');
        QCOMPARE(words.size(), 2);
        QVERIFY(words.at(0).toLongLong() >= begin && words.at(1).toLongLong() >= 0);
        QVERIFY(words.at(0).toLongLong() + words.at(1).toLongLong() <= end);
    }
}

QTEST_GUILESS_MAIN(TestLockQueue)
#include "tst_lockqueue.moc"
