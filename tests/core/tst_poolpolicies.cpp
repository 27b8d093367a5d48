// SPDX-License-Identifier: GPL-3.0-or-later
// Tests small decisions about pools: when workers are recycled, which changes of their state are events, when beats are
// mirrored, and which logs are deleted.
#include "core/pool/recyclepolicy.h"
#include "core/pool/rescuescheduler.h"
#include "core/pool/verdicthandler.h"
#include "core/pool/workerlogs.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestPoolPolicies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void workersAreRecycledAtTheirLimits_data();
    void workersAreRecycledAtTheirLimits();
    void stateChangesBecomeEvents_data();
    void stateChangesBecomeEvents();
    void beatsOfManyWorkersAreMirroredLessOften_data();
    void beatsOfManyWorkersAreMirroredLessOften();
    void oldLogsAreDeletedAndLargeLogsShortened();
    void endOfALargeLogIsKept();
};

void TestPoolPolicies::workersAreRecycledAtTheirLimits_data()
{
    QTest::addColumn<int>("afterJobs");
    QTest::addColumn<int>("aboveMb");
    QTest::addColumn<int>("jobs");
    QTest::addColumn<int>("memoryMb");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no limit") << 0 << 0 << 9999 << 9999 << QString();
    QTest::newRow("below the number of jobs") << 3 << 0 << 2 << 9999 << QString();
    QTest::newRow("at the number of jobs") << 3 << 0 << 3 << 1 << s("recycled after 3 jobs");
    QTest::newRow("one job") << 1 << 0 << 1 << 1 << s("recycled after 1 job");
    QTest::newRow("at the memory limit") << 0 << 100 << 9999 << 100 << QString();
    QTest::newRow("above the memory limit") << 0 << 100 << 0 << 101 << s("recycled at 101 MB, above 100 MB");
    QTest::newRow("above both limits") << 3 << 100 << 4 << 101 << s("recycled after 4 jobs");
}

void TestPoolPolicies::workersAreRecycledAtTheirLimits()
{
    QFETCH(int, afterJobs);
    QFETCH(int, aboveMb);
    QFETCH(int, jobs);
    QFETCH(int, memoryMb);
    WorkerConfig config;
    config.recycleAfterJobs = afterJobs;
    config.recycleAboveMb = aboveMb;
    QTEST(RecyclePolicy::reason(config, jobs, memoryMb * 1024LL * 1024).englishText(), "reason");
}

void TestPoolPolicies::stateChangesBecomeEvents_data()
{
    QTest::addColumn<int>("before");
    QTest::addColumn<int>("after");
    QTest::addColumn<int>("event");
    const auto row = [](const char *name, WorkerState before, WorkerState after, EventKind event = EventKind::Unknown) {
        QTest::newRow(name) << int(before) << int(after) << int(event);
    };
    using enum WorkerState;
    row("becomes suspect", Busy, Suspect, EventKind::WorkerSuspect);
    row("stays suspect", Suspect, Suspect);
    row("becomes hung", Suspect, Hung, EventKind::WorkerHung);
    row("becomes hung at once", Busy, Hung, EventKind::WorkerHung);
    row("stays hung", Hung, Hung);
    row("is suspect after it was hung", Hung, Suspect, EventKind::WorkerSuspect);
    row("has recovered, idle", Suspect, Idle, EventKind::WorkerRecovered);
    row("has recovered, busy", Hung, Busy, EventKind::WorkerRecovered);
    row("becomes busy", Idle, Busy);
    row("is ready", Starting, Idle);
    row("becomes unknown", Busy, Unknown);
    row("is known again", Unknown, Busy);
    row("is suspect after it was unknown", Unknown, Suspect, EventKind::WorkerSuspect);
}

void TestPoolPolicies::stateChangesBecomeEvents()
{
    QFETCH(int, before);
    QFETCH(int, after);
    QTEST(int(VerdictHandler::eventFor(WorkerState(before), WorkerState(after)).value_or(EventKind::Unknown)), "event");
}

void TestPoolPolicies::beatsOfManyWorkersAreMirroredLessOften_data()
{
    QTest::addColumn<int>("workers");
    QTest::addColumn<int>("sinceLast"); // seconds
    QTest::addColumn<bool>("isDue");
    QTest::newRow("few workers, after 5 s") << 300 << 5 << true;
    QTest::newRow("many workers, after 5 s") << 301 << 5 << false;
    QTest::newRow("many workers, after 15 s") << 301 << 15 << true;
}

void TestPoolPolicies::beatsOfManyWorkersAreMirroredLessOften()
{
    QFETCH(int, workers);
    QFETCH(int, sinceLast);
    QTEST(RescueScheduler::isMirrorDue(workers, seconds(sinceLast)), "isDue");
}

void TestPoolPolicies::oldLogsAreDeletedAndLargeLogsShortened()
{
    QTemporaryDir folder;
    const auto create = [&folder](const char *name, int ageDays, qint64 size = 1) {
        QFile file(folder.filePath(s(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.resize(size));
        QVERIFY(file.setFileTime(QDateTime::currentDateTimeUtc().addDays(-ageDays), QFileDevice::FileModificationTime));
    };
    create("new.log", 1);
    create("old.log", WorkerLogs::retentionDays + 1);
    create("old.txt", WorkerLogs::retentionDays + 1);
    create("quiet.log", WorkerLogs::retentionDays + 1);
    const int worker = open(QFile::encodeName(folder.filePath(s("quiet.log"))).constData(), O_WRONLY | O_APPEND);
    QCOMPARE(flock(worker, LOCK_SH), 0); // as a living worker
    create("large.log", 0, WorkerLogs::maxSize + 1); // a sparse file
    create("full.log", 0, WorkerLogs::maxSize);
    WorkerLogs::removeOld(folder.path());
    QVERIFY(QFile::exists(folder.filePath(s("new.log"))));
    QVERIFY(!QFile::exists(folder.filePath(s("old.log"))));
    QVERIFY(QFile::exists(folder.filePath(s("old.txt"))));
    QVERIFY2(QFile::exists(folder.filePath(s("quiet.log"))), "the log of a living worker was deleted");
    close(worker);
    WorkerLogs::removeOld(folder.path());
    QVERIFY(!QFile::exists(folder.filePath(s("quiet.log"))));
    WorkerLogs::limitSize(folder.filePath(s("large.log")));
    WorkerLogs::limitSize(folder.filePath(s("full.log")));
    WorkerLogs::limitSize(folder.filePath(s("missing.log")));
    QVERIFY(QFile(folder.filePath(s("large.log"))).size() <= WorkerLogs::maxSize);
    QCOMPARE(QFile(folder.filePath(s("full.log"))).size(), WorkerLogs::maxSize);
}

void TestPoolPolicies::endOfALargeLogIsKept()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(s("worker.log"));
    QFile worker(path); // stays open, as in a worker
    QVERIFY(worker.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered));
    qint64 line = 0;
    for (int round = 0; round < 3; ++round) {
        QByteArray block;
        while (worker.size() <= WorkerLogs::maxSize) {
            block.clear();
            while (block.size() < 1024 * 1024)
                block += QByteArray::number(++line).rightJustified(63, ' ') + '\n';
            QCOMPARE(worker.write(block), block.size());
        }
        WorkerLogs::limitSize(path);
        QVERIFY(worker.size() <= WorkerLogs::maxSize);
        QFile reader(path);
        QVERIFY(reader.open(QIODevice::ReadOnly));
        const QByteArray kept = reader.readAll();
        QVERIFY(kept.size() >= WorkerLogs::keptSize);
        // All lines up to the last one are there, except for the first, which may be cut.
        const QList<QByteArray> lines = kept.split('\n');
        for (qsizetype i = 1; i < lines.size() - 1; i += 1000)
            QCOMPARE(lines.at(i).trimmed().toLongLong(), line - (lines.size() - 2 - i));
    }
}

QTEST_GUILESS_MAIN(TestPoolPolicies)
#include "tst_poolpolicies.moc"
