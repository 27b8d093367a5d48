// SPDX-License-Identifier: GPL-3.0-or-later
// Tests which processes count as holders of a lock of a database, and the messages about a locked database.
#include "core/store/lockholders.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QTest>

#include <tuple>

#include <sys/sysmacros.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

/// Returns the error of a write by this connection while another one of this process holds the lock.
Error lockedError(QueueTest &t, Database &other)
{
    Error error;
    std::ignore = t.db->transaction([&]() -> Status {
        NewJob job;
        job.type = s("noop");
        error = JobQueue(other, t.clock).add(job).error();
        return {};
    });
    return error;
}

} // namespace

class TestLockHolders : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void locksAreParsed_data();
    void locksAreParsed();
    void usersOfThePreviousFileAreFound_data();
    void usersOfThePreviousFileAreFound();
    void ownProgramIsNotCalledAnotherProgram();
    void foreignProgramIsNamed();
    void holdersAreNotNamedIfNobodyReadsThem();
};

void TestLockHolders::locksAreParsed_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<QString>("writers");
    QTest::addColumn<QString>("readers");
    const auto row = [](const char *name, const char *lines, const char *writers, const char *readers) {
        QTest::newRow(name) << QByteArray(lines) << s(writers) << s(readers);
    };
    row("none", "", "", "");
    row("writer", "1: POSIX  ADVISORY  WRITE 10 fd:01:7 120 120", "foreign (process 10)", "");
    row("writer of ours", "1: POSIX  ADVISORY  WRITE 20 fd:01:7 120 120", "lifeguard-worker (process 20)", "");
    row("writer of another file", "1: POSIX  ADVISORY  WRITE 10 fd:01:9 120 120", "", "");
    row("writer of another device", "1: POSIX  ADVISORY  WRITE 10 fd:02:7 120 120", "", "");
    row("checkpointer", "1: POSIX  ADVISORY  WRITE 10 fd:01:7 121 121", "", "");
    row("reader", "1: POSIX  ADVISORY  READ  10 fd:01:7 124 124\n2: POSIX  ADVISORY  READ  10 fd:01:7 128 128", "",
        "foreign (process 10)");
    row("open connection that does not read", "1: POSIX  ADVISORY  READ  10 fd:01:7 128 128", "", "");
    row("waits for a lock",
        "1: POSIX  ADVISORY  WRITE 20 fd:01:7 120 120\n1: -> POSIX  ADVISORY  WRITE 10 fd:01:7 120 120",
        "lifeguard-worker (process 20)", "");
    row("writer without write-ahead log", "1: POSIX  ADVISORY  WRITE 10 fd:01:5 1073741825 1073741825",
        "foreign (process 10)", "");
    row("exclusive mode", "1: POSIX  ADVISORY  WRITE 10 fd:01:5 1073741826 1073742335", "foreign (process 10)", "");
    row("reader without write-ahead log", "1: POSIX  ADVISORY  READ  10 fd:01:5 1073741826 1073742335", "", "");
    row("whole file", "1: OFDLCK ADVISORY  WRITE -1 fd:01:7 0 EOF", "a hidden program (process -1)", "");
    row("two readers", "1: POSIX  ADVISORY  READ  10 fd:01:7 124 124\n2: POSIX  ADVISORY  READ  20 fd:01:7 125 125", "",
        "foreign (process 10), lifeguard-worker (process 20)");
    row("damaged lines", "x\n1: POSIX\n1: POSIX  ADVISORY  WRITE 10 fd:01 120 120\n\n", "", "");
}

void TestLockHolders::locksAreParsed()
{
    QFETCH(QByteArray, lines);
    QFETCH(QString, writers);
    QFETCH(QString, readers);
    const auto programOf = [](qint64 pid) { return pid == 20 ? s("lifeguard-worke") : s("foreign"); };
    const dev_t device = makedev(0xfd, 1);
    const LockHolders holders = LockHolders::parse(lines, {FileIdentity::State::Known, device, 5},
                                                   {FileIdentity::State::Known, device, 7}, programOf);
    QCOMPARE(LockHolders::describe(holders.writers()), writers);
    QCOMPARE(LockHolders::describe(holders.readers()), readers);
    for (const LockHolder &holder : holders.writers() + holders.readers())
        QCOMPARE(holder.isOurs, holder.pid == 20);
}

void TestLockHolders::usersOfThePreviousFileAreFound_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<QString>("users");
    const auto row = [](const char *name, const char *lines, const char *users) {
        QTest::newRow(name) << QByteArray(lines) << s(users);
    };
    row("none", "", "");
    row("database and log",
        "1: POSIX  ADVISORY  READ  10 fd:01:7 128 128\n2: POSIX  ADVISORY  READ  10 fd:01:5 "
        "1073741826 1073742335",
        "");
    row("log alone", "1: POSIX  ADVISORY  READ  10 fd:01:7 128 128", "foreign (process 10)");
    row("log, and another file",
        "1: POSIX  ADVISORY  READ  10 fd:01:9 1073741826 1073742335\n2: POSIX  ADVISORY  READ  10 fd:01:7 128 128",
        "foreign (process 10)");
    row("database alone", "1: POSIX  ADVISORY  READ  10 fd:01:5 1073741826 1073742335", "");
    row("waits for the log", "1: -> POSIX  ADVISORY  WRITE 10 fd:01:7 128 128", "");
    row("reads another part of the log", "1: POSIX  ADVISORY  READ  10 fd:01:7 124 124", "");
}

void TestLockHolders::usersOfThePreviousFileAreFound()
{
    QFETCH(QByteArray, lines);
    const dev_t device = makedev(0xfd, 1);
    const LockHolders holders = LockHolders::parse(lines, {FileIdentity::State::Known, device, 5},
                                                   {FileIdentity::State::Known, device, 7},
                                                   [](qint64) { return s("foreign"); });
    QTEST(LockHolders::describe(holders.usersOfPreviousFile()), "users");
}

/// The lock is held by another connection of this process, which counts as a program of Lifeguard.
void TestLockHolders::ownProgramIsNotCalledAnotherProgram()
{
    QueueTest t;
    const auto other = Database::open(t.path(), OpenMode::ReadWrite, 50ms);
    QVERIFY(other);
    const Error error = lockedError(t, **other);
    QCOMPARE(error.code, ErrorCode::Busy);
    QVERIFY2(error.message.contains(s("in use by")), qPrintable(error.message));
    QVERIFY2(!error.message.contains(s("another program")), qPrintable(error.message));
}

void TestLockHolders::foreignProgramIsNamed()
{
    QueueTest t;
    QProcess python;
    python.start(s("python3"), {s("-c"),
                                s("import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); "
                                  "db.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()"),
                                t.path()});
    QVERIFY(python.waitForReadyRead(patience));
    const auto other = Database::open(t.path(), OpenMode::ReadWrite, 50ms);
    QVERIFY(other);
    NewJob job;
    job.type = s("noop");
    const Error error = JobQueue(**other, t.clock).add(job).error();
    QCOMPARE(error.code, ErrorCode::Busy);
    QVERIFY2(error.message.contains(s("locked by python3 (process %1)").arg(python.processId())),
             qPrintable(error.message));
    python.closeWriteChannel();
    QVERIFY(python.waitForFinished(patience));
}

/// Hundreds of waiting workers must not read /proc/locks, which stops all locking for a moment.
void TestLockHolders::holdersAreNotNamedIfNobodyReadsThem()
{
    QueueTest t;
    const auto other = Database::open(t.path(), OpenMode::ReadWrite, 50ms);
    QVERIFY(other);
    (*other)->setHoldersNamed(false);
    const Error error = lockedError(t, **other);
    QCOMPARE(error.code, ErrorCode::Busy);
    QVERIFY2(!error.message.contains(s("in use by")), qPrintable(error.message));
}

QTEST_GUILESS_MAIN(TestLockHolders)
#include "tst_lockholders.moc"
