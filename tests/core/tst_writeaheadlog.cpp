// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that the write-ahead log stays small while many processes write and read at once, that bulk changes are divided
// into small transactions, and that a foreign program that prevents checkpoints is named. The program starts itself as
// worker ("--work DB") and as reader ("--read DB", "--watch DB").
#include "core/base/systemclock.h"
#include "core/model/job.h"
#include "core/store/checkpointpolicy.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTest>

#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

using Step = CheckpointPolicy::Step;

constexpr qint64 megabyte = 1024 * 1024;
constexpr qint64 logLimit = 64 * megabyte;

qint64 logSize(const QString &path)
{
    return QFileInfo(path + s("-wal")).size();
}

QList<NewJob> largeJobs(int count, qsizetype payload)
{
    NewJob job;
    job.type = s("noop");
    job.payload = QByteArray(payload, 'x');
    return QList<NewJob>(count, job);
}

/// Claims and acknowledges jobs until none is pending, and reads the counts after each, as a worker and a window do.
/// Prints the number of bytes that this process has written.
int work(const QString &path)
{
    auto opened = Database::open(path, OpenMode::ReadWrite, 60s);
    const SystemClock clock;
    if (!opened)
        return 1;
    Database &database = **opened;
    JobQueue queue(database, clock);
    const QString name = s("direct-noop-") + QString::number(QCoreApplication::applicationPid());
    const Result<qint64> worker = WorkerRegistry(database, clock).registerWorker(s("noop"), name, s("direct"));
    if (!worker)
        return 2;
    for (;;) {
        const Result<QList<Job>> jobs = queue.claim(*worker, s("noop"), 4);
        if (!jobs)
            return 3;
        if (jobs->isEmpty())
            break;
        for (const Job &job : *jobs) {
            if (!queue.acknowledge(job.lease(), 0.001) || !JobReader(database).running())
                return 4;
        }
    }
    const QByteArray io = contentOf(s("/proc/self/io"));
    const qsizetype at = io.indexOf("wchar: ") + 7;
    std::printf("%s\n", io.mid(at, io.indexOf('\n', at) - at).constData());
    return 0;
}

/// Reads again and again in short transactions, as a window or another program does, until its input ends.
int readAgainAndAgain(const QString &path)
{
    RawSql raw(path);
    std::thread([] {
        std::getchar();
        std::_Exit(0);
    }).detach();
    for (;;) {
        if (!raw.exec(s("BEGIN")) || !raw.value(s("SELECT count(*) FROM jobs WHERE status = 'pending'")).isValid()
            || !raw.exec(s("COMMIT")))
            return 1;
        std::this_thread::sleep_for(1ms);
    }
}

/// Keeps a read transaction open until its input ends.
int readWithoutPause(const QString &path)
{
    RawSql raw(path);
    if (!raw.exec(s("BEGIN")) || !raw.value(s("SELECT count(*) FROM jobs")).isValid())
        return 1;
    std::puts("reading");
    std::fflush(stdout);
    std::getchar();
    return 0;
}

std::unique_ptr<QProcess> startSelf(const QString &option, const QString &path)
{
    auto process = std::make_unique<QProcess>();
    process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process->start(QCoreApplication::applicationFilePath(), {option, path});
    return process;
}

} // namespace

class TestWriteAheadLog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void policyDecides_data();
    void policyDecides();
    void policyStopsWaitingWhilePrevented();
    void backgroundIsDueWhenTheLogHasGrown_data();
    void backgroundIsDueWhenTheLogHasGrown();
    void logStartsAnewWithoutWaiting();
    void logStaysSmallWithManyWorkers();
    void bulkChangesAreDivided();
    void failedBulkInsertLeavesNothing();
    void orphansAreReturnedInSeveralTransactions();
    void foreignReaderIsNamed();
};

void TestWriteAheadLog::policyDecides_data()
{
    QTest::addColumn<qint64>("size");
    QTest::addColumn<bool>("failed"); // an attempt failed just before
    QTest::addColumn<int>("step");
    const auto row = [](const char *name, qint64 size, bool failed, Step step) {
        QTest::newRow(name) << size << failed << static_cast<int>(step);
    };
    row("no log", 0, false, Step::Write);
    row("small", CheckpointPolicy::softLimit - 1, false, Step::Write);
    row("soft limit", CheckpointPolicy::softLimit, false, Step::TryOnce);
    row("soft limit after a failed attempt", CheckpointPolicy::softLimit, true, Step::Write);
    row("hard limit", CheckpointPolicy::hardLimit, false, Step::Wait);
    row("hard limit after a failed attempt", CheckpointPolicy::hardLimit, true, Step::Wait);
}

void TestWriteAheadLog::policyDecides()
{
    QFETCH(qint64, size);
    QFETCH(bool, failed);
    QFETCH(int, step);
    CheckpointPolicy policy;
    if (failed)
        policy.onFailed(1000ms);
    QCOMPARE(static_cast<int>(policy.next(size, 1000ms)), step);
}

void TestWriteAheadLog::policyStopsWaitingWhilePrevented()
{
    CheckpointPolicy policy;
    policy.onTimeout(1000ms);
    QVERIFY(policy.next(CheckpointPolicy::hardLimit, 1001ms) == Step::Write);
    QVERIFY(policy.next(CheckpointPolicy::hardLimit, 2000ms) == Step::TryOnce);
    policy.onCompleted();
    QVERIFY(policy.next(CheckpointPolicy::hardLimit, 2001ms) == Step::Wait);
}

void TestWriteAheadLog::backgroundIsDueWhenTheLogHasGrown_data()
{
    QTest::addColumn<QList<int>>("pages"); // in the log after one commit each
    QTest::addColumn<QList<bool>>("due");
    constexpr int limit = CheckpointPolicy::backgroundPages;
    QTest::newRow("small log") << QList<int>{1, limit - 1} << QList<bool>{false, false};
    QTest::newRow("once") << QList<int>{limit, limit + 1, 2 * limit - 1} << QList<bool>{true, false, false};
    QTest::newRow("grown as much again") << QList<int>{limit + 5, 2 * limit + 4, 2 * limit + 5}
                                         << QList<bool>{true, false, true};
    QTest::newRow("started anew") << QList<int>{limit, 3, limit} << QList<bool>{true, false, true};
}

void TestWriteAheadLog::backgroundIsDueWhenTheLogHasGrown()
{
    QFETCH(QList<int>, pages);
    QFETCH(QList<bool>, due);
    CheckpointPolicy policy;
    QList<bool> answers;
    for (const int count : pages)
        answers.append(policy.isBackgroundDue(count));
    QCOMPARE(answers, due);
}

/// A single writer never has to stop for a checkpoint: its log starts anew long before the soft limit.
void TestWriteAheadLog::logStartsAnewWithoutWaiting()
{
    QueueTest t;
    const auto startOfLog = [&t] { // contains random numbers that change when it starts anew
        QFile log(t.path() + s("-wal"));
        return log.open(QIODevice::ReadOnly) ? log.read(32) : QByteArray();
    };
    const QByteArray before = startOfLog();
    QVERIFY(!before.isEmpty());
    QVERIFY(t.queue->addMany(largeJobs(5, megabyte)));
    EVENTUALLY(QFileInfo(t.path()).size() > 5 * megabyte); // moved in the background
    EVENTUALLY(t.queue->add(largeJobs(1, 1).first()) && startOfLog() != before);
    QVERIFY2(logSize(t.path()) < CheckpointPolicy::softLimit, qPrintable(QString::number(logSize(t.path()))));
}

void TestWriteAheadLog::logStaysSmallWithManyWorkers()
{
    constexpr int jobs = 3000;
    QueueTest t;
    QCOMPARE(t.queue->addMany(largeJobs(jobs, 40'000))->size(), jobs);
    const auto reader = startSelf(s("--watch"), t.path());
    QVERIFY(reader->waitForStarted());
    std::vector<std::unique_ptr<QProcess>> workers;
    for (int i = 0; i < 8; ++i)
        workers.push_back(startSelf(s("--work"), t.path()));
    qint64 largest = 0;
    qint64 written = 0;
    for (const auto &worker : workers) {
        while (worker->state() != QProcess::NotRunning) {
            largest = std::max(largest, logSize(t.path()));
            worker->waitForFinished(2);
        }
        QCOMPARE(worker->exitCode(), 0);
        written += worker->readAllStandardOutput().trimmed().toLongLong();
    }
    QCOMPARE(reader->state(), QProcess::Running);
    reader->closeWriteChannel();
    QVERIFY(reader->waitForFinished(patience));
    QVERIFY2(written > 4 * logLimit, qPrintable(QString::number(written))); // otherwise the test shows nothing
    QVERIFY2(largest <= logLimit, qPrintable(QString::number(largest)));
    QCOMPARE(t.reader->counts()->value(s("noop")).completed, jobs);
}

/// The log of one transaction cannot be shortened, so that its size is that of the largest transaction.
void TestWriteAheadLog::bulkChangesAreDivided()
{
    QueueTest t;
    const auto ids = t.queue->addMany(largeJobs(100, megabyte));
    QVERIFY(ids);
    QCOMPARE(ids->size(), 100);
    QVERIFY2(logSize(t.path()) <= logLimit, qPrintable(QString::number(logSize(t.path()))));
    QCOMPARE(t.queue->cancel(*ids, s("anna")).value_or(0), 100);
    QVERIFY2(logSize(t.path()) <= logLimit, qPrintable(QString::number(logSize(t.path()))));
    QCOMPARE(t.queue->retry(*ids).value_or(0), 100);
    QVERIFY2(logSize(t.path()) <= logLimit, qPrintable(QString::number(logSize(t.path()))));
    int changed = 0;
    JobChunk chunk;
    do {
        chunk = t.matching->cancel({}, s("anna"), chunk.last, 2000).value();
        QVERIFY(chunk.changed > 0);
        QVERIFY(chunk.changed <= 8);
        changed += chunk.changed;
    } while (chunk.more);
    QCOMPARE(changed, 100);
    QVERIFY2(logSize(t.path()) <= logLimit, qPrintable(QString::number(logSize(t.path()))));
}

void TestWriteAheadLog::failedBulkInsertLeavesNothing()
{
    QueueTest t;
    QList<NewJob> jobs = largeJobs(20, megabyte);
    jobs.last().type = QString(); // NOT NULL fails, in the last transaction
    QVERIFY(!t.queue->addMany(jobs));
    QCOMPARE(RawSql(t.path()).value(s("SELECT count(*) FROM jobs")).toInt(), 0);
}

void TestWriteAheadLog::orphansAreReturnedInSeveralTransactions()
{
    QueueTest t;
    QVERIFY(t.queue->addMany(largeJobs(100, megabyte)));
    for (int i = 0; i < 20; ++i)
        QCOMPARE(t.queue->claim(t.worker(s("direct-noop-%1").arg(i)), s("noop"), 5)->size(), 5);
    RawSql raw(t.path());
    QVERIFY(raw.exec(s("UPDATE workers SET status = 'dead'")));
    // Jobs that cannot be claimed are failed by the same call.
    QVERIFY(t.queue->addMany(largeJobs(50, megabyte)));
    QVERIFY(raw.exec(s("UPDATE jobs SET attempts = 3 WHERE status = 'pending'")));
    QCOMPARE(raw.value(s("PRAGMA wal_checkpoint(TRUNCATE)")).toInt(), 0);
    const auto returned = t.interrupted->returnOrphans({});
    QVERIFY(returned);
    QCOMPARE(returned->size(), 150);
    QVERIFY2(logSize(t.path()) <= logLimit, qPrintable(QString::number(logSize(t.path()))));
    const JobCounts counts = t.reader->counts()->value(s("noop"));
    QCOMPARE(counts.pending, 100);
    QCOMPARE(counts.failed, 50);
    QCOMPARE(raw.value(s("SELECT count(*) FROM jobs WHERE max_attempts = 3 AND status = 'pending'")).toInt(), 20);
}

void TestWriteAheadLog::foreignReaderIsNamed()
{
    QueueTest t;
    const auto reader = startSelf(s("--read"), t.path());
    QVERIFY(reader->waitForReadyRead(patience));
    auto opened = Database::open(t.path(), OpenMode::ReadWrite, 100ms);
    QVERIFY(opened);
    QStringList messages;
    (*opened)->setOnLogPrevented([&messages](const Error &error) { messages.append(error.message); });
    JobQueue queue(**opened, t.clock);
    QVERIFY(queue.addMany(largeJobs(80, megabyte))); // writing continues
    QCOMPARE(messages.size(), 1);
    QVERIFY2(messages.first().contains(t.path()), qPrintable(messages.first()));
    QVERIFY2(messages.first().contains(s("tst_writeaheadl")), qPrintable(messages.first()));
    QVERIFY2(messages.first().contains(QString::number(reader->processId())), qPrintable(messages.first()));
    QVERIFY(logSize(t.path()) > CheckpointPolicy::hardLimit);
    reader->closeWriteChannel();
    QVERIFY(reader->waitForFinished(patience));
    // The next writers empty the log.
    QTRY_VERIFY_WITH_TIMEOUT(queue.addMany(largeJobs(1, 10)) && logSize(t.path()) < CheckpointPolicy::softLimit,
                             patience);
}

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 3 && arguments.at(1) == s("--work"))
        return work(arguments.at(2));
    if (arguments.size() == 3 && arguments.at(1) == s("--watch"))
        return readAgainAndAgain(arguments.at(2));
    if (arguments.size() == 3 && arguments.at(1) == s("--read"))
        return readWithoutPause(arguments.at(2));
    TestWriteAheadLog test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_writeaheadlog.moc"
