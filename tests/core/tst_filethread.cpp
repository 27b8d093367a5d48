// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the thread of a worker that accesses files, with operations that block.
#include "core/worker/filethread.h"
#include "tests/support/testhelpers.h"

#include <QSemaphore>
#include <QTest>
#include <QThread>

#include <atomic>
#include <memory>

using namespace lifeguard;
using namespace lifeguard::test;

class TestFileThread : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fileThreadRunsOperationsInOrder();
    void fileThreadSurvivesBlockedOperations();
};

void TestFileThread::fileThreadRunsOperationsInOrder()
{
    FileThread files;
    QStringList order;
    const Qt::HANDLE here = QThread::currentThreadId();
    bool isElsewhere = false;
    std::atomic<int> posted = 0;
    files.post([&posted] { posted = 1; });
    files.run(
        [&]() -> FileThread::Continuation {
            isElsewhere = QThread::currentThreadId() != here && posted == 1;
            return [&] { order.append(QThread::currentThreadId() == here ? s("done") : s("on a wrong thread")); };
        },
        seconds(20), [&] { order.append(s("timeout")); });
    QVERIFY(files.isRunning());
    QVERIFY(order.isEmpty());
    EVENTUALLY(!order.isEmpty());
    QCOMPARE(order, QStringList{s("done")});
    QVERIFY(isElsewhere && !files.isRunning());
    files.run([&order]() -> FileThread::Continuation { return [&order] { order.append(s("abandoned")); }; },
              seconds(20), {});
    files.abandon();
    QVERIFY(!files.isRunning());
    bool isDone = false;
    files.run([&isDone]() -> FileThread::Continuation { return [&isDone] { isDone = true; }; }, seconds(20), {});
    EVENTUALLY(isDone);
    QCOMPARE(order.size(), 1);
    {
        FileThread other;
        other.post([&posted] { posted = 2; });
    }
    QCOMPARE(posted.load(), 2); // the destructor waits
}

void TestFileThread::fileThreadSurvivesBlockedOperations()
{
    auto gate = std::make_shared<QSemaphore>();
    auto returned = std::make_shared<std::atomic<int>>(0);
    const FileThread::Operation blocked = [gate, returned]() -> FileThread::Continuation {
        gate->acquire();
        ++*returned;
        return [] { qFatal("an abandoned operation has no continuation"); };
    };
    auto files = std::make_unique<FileThread>();
    int timeouts = 0;
    for (int i = 0; i < 20; ++i) { // more than the threads that are started
        files->run(blocked, milliseconds(10), [&timeouts] { ++timeouts; });
        EVENTUALLY(!files->isRunning());
    }
    QCOMPARE(timeouts, 20);
    gate->release(20);
    EVENTUALLY(*returned == 8);
    bool isDone = false;
    EVENTUALLY([&] {
        if (!isDone && !files->isRunning())
            files->run([&isDone]() -> FileThread::Continuation { return [&isDone] { isDone = true; }; }, seconds(20),
                       {});
        return isDone;
    }());
    gate->acquire(12); // the remaining ones
    files->run(blocked, seconds(20), {});
    files.reset(); // does not wait forever
    gate->release(20);
}

QTEST_GUILESS_MAIN(TestFileThread)
#include "tst_filethread.moc"
