// SPDX-License-Identifier: GPL-3.0-or-later
// The facts that /proc reports about real processes, with secrets masked.
#include "core/base/secretmasking.h"
#include "core/health/processfacts.h"
#include "core/health/processmessages.h"
#include "tests/support/processes.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestProcessFacts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void masksSecrets_data();
    void masksSecrets();
    void masksJson();
    void masksCommandLines();
    void readsRealProcesses();
    void readsRealLocks();
    void checksStartTime();
    void waitReasons_data();
    void waitReasons();
};

void TestProcessFacts::masksSecrets_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto add = [](const char *text, const char *expected) { QTest::newRow(text) << s(text) << s(expected); };
    add("converted tides.ipynb in 3 s", "converted tides.ipynb in 3 s");
    add("/usr/bin/java -jar plantuml.jar -tsvg", "/usr/bin/java -jar plantuml.jar -tsvg");
    add("git clone https://me:hunter2@example.org/x", "git clone https://me:***@example.org/x");
    add("postgres://clx:s3cr3t@db:5432/jobs", "postgres://clx:***@db:5432/jobs");
    add("http://localhost:8888/lab?token=abcdef123&x=1", "http://localhost:8888/lab?token=***&x=1");
    add("Authorization: Bearer abcdef.12345678", "Authorization: Bearer ***");
    add("DB_PASSWORD=hunter2 make", "DB_PASSWORD=*** make");
    add("{\"api_key\": \"abc def\", \"n\": 1}", "{\"api_key\": ***, \"n\": 1}");
    add("aws_secret_access_key=AbC/123", "aws_secret_access_key=***");
    add("found AKIAABCDEFGHIJKLMNOP here", "found *** here");
    add("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "***");
    add("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "***");
    add("--password=hunter2 --verbose", "--password=*** --verbose");
}

void TestProcessFacts::masksSecrets()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(maskSecrets(text), expected);
    QCOMPARE(maskSecrets(expected), expected);
}

void TestProcessFacts::masksJson()
{
    const QJsonObject container{
        {s("Config"), QJsonObject{{s("Env"), QJsonArray{s("API_TOKEN=abc"), s("PATH=/bin")}},
                                  {s("Cmd"), QJsonArray{s("tool"), s("--password"), s("hunter2")}},
                                  {s("RegistryPassword"), s("hunter2")},
                                  {s("User"), s("1000")}}},
        {s("Mounts"), QJsonArray{QJsonObject{{s("Source"), s("https://me:hunter2@host/")}}}},
        {s("Pid"), 12},
    };
    const QJsonObject expected{
        {s("Config"), QJsonObject{{s("Env"), QJsonArray{s("API_TOKEN=***"), s("PATH=/bin")}},
                                  {s("Cmd"), QJsonArray{s("tool"), s("--password"), s("***")}},
                                  {s("RegistryPassword"), s("***")},
                                  {s("User"), s("1000")}}},
        {s("Mounts"), QJsonArray{QJsonObject{{s("Source"), s("https://me:***@host/")}}}},
        {s("Pid"), 12},
    };
    QCOMPARE(maskedJson(container).toObject(), expected);
}

void TestProcessFacts::masksCommandLines()
{
    QCOMPARE(maskedCommandLine({s("tool"), s("--password"), s("hunter2"), s("in put.txt")}),
             s("tool --password *** 'in put.txt'"));
    QCOMPARE(maskedCommandLine({s("tool"), s("--token=abc"), s("-v")}), s("tool --token=*** -v"));
    QCOMPARE(maskedCommandLine({s("tool"), s("--no-token"), s("--quiet")}), s("tool --no-token --quiet"));
    QCOMPARE(maskedCommandLine({s("python3"), s("-c"), s("import os\nprint(1)")}),
             s("python3 -c 'import os print(1)'"));
    QVERIFY(maskedCommandLine({s("sh"), QString(100000, u'x')}).size() < 500);
    QCOMPARE(maskedCommandLine({}), QString());
}

void TestProcessFacts::readsRealProcesses()
{
    QTemporaryDir folder;
    const QString secret = s("--password=hunter2");
    QProcess shell;
    shell.start(s("/bin/sh"), {s("-c"), s("exec 9>\"$0/opened\"; sleep 1000 & echo $! > \"$0/pid\"; wait; : \"$1\""),
                               folder.path(), secret});
    QVERIFY(shell.waitForStarted());
    const qint64 child = pidIn(folder.filePath(s("pid")), patience);
    QVERIFY(child > 0);
    const qint64 pid = shell.processId();
    const auto read = [pid] { return readProcessFacts(pid); };
    // Before exec(), the child is still the shell.
    EVENTUALLY(read().size() == 2 && read().at(1).displayName() == s("sleep"));
    ::kill(pid_t(child), SIGSTOP);
    EVENTUALLY(read().size() == 2 && read().at(1).isStopped());
    const QList<ProcessFacts> facts = read();
    ::kill(pid_t(child), SIGKILL);
    shell.kill();
    shell.waitForFinished();
    QCOMPARE(facts.at(0).pid, pid);
    QCOMPARE(facts.at(0).depth, 0);
    QVERIFY2(facts.at(0).commandLine.contains(s("--password=***")) && !facts.at(0).commandLine.contains(s("hunter2")),
             qPrintable(facts.at(0).commandLine));
    QVERIFY(std::any_of(facts.at(0).files.cbegin(), facts.at(0).files.cend(), [&](const OpenFile &file) {
        return file.descriptor == 9 && file.target == folder.filePath(s("opened"));
    }));
    QCOMPARE(facts.at(0).fileCount, int(facts.at(0).files.size()));
    QCOMPARE(facts.at(1).pid, child);
    QCOMPARE(facts.at(1).depth, 1);
    QCOMPARE(facts.at(1).displayName(), s("sleep"));
    QCOMPARE(processStateText(facts.at(1).state), s("T (stopped by a signal)"));
    QVERIFY(facts.at(1).stopSignal == SIGSTOP || facts.at(1).stopSignal == 0); // 0: a kernel before 5.17
    QCOMPARE(facts.at(1).threads.size(), 1);
    QVERIFY(facts.at(0).residentBytes > 0);
    QVERIFY(facts.at(0).oomScore >= 0);
    QVERIFY(!facts.at(0).otherUser);
}

void TestProcessFacts::readsRealLocks()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(s("locked"));
    const int fd = open(QFile::encodeName(path).constData(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    QVERIFY(fd >= 0 && flock(fd, LOCK_EX) == 0);
    QProcess waiter;
    waiter.start(s("/usr/bin/flock"), {path, s("true")});
    QVERIFY(waiter.waitForStarted());
    const auto wait = [&]() -> std::optional<LockWait> {
        const QList<ProcessFacts> facts = readProcessFacts(waiter.processId());
        return facts.isEmpty() ? std::nullopt : facts.first().lockWait;
    };
    EVENTUALLY(wait().has_value());
    const LockWait found = *wait();
    close(fd);
    QVERIFY(waiter.waitForFinished(patience));
    QCOMPARE(found.file, path);
    QCOMPARE(found.holder, qint64(getpid()));
    QCOMPARE(found.holderName, s("tst_processfact"));
}

void TestProcessFacts::checksStartTime()
{
    const QList<ProcessFacts> own = readProcessFacts(getpid());
    QVERIFY(!own.isEmpty());
    QVERIFY(readProcessFacts(getpid(), own.first().startTime + 1).isEmpty());
    QVERIFY(!readProcessFacts(getpid(), own.first().startTime).isEmpty());
    QVERIFY(readProcessFacts(0x7ffffffe).isEmpty());
}

void TestProcessFacts::waitReasons_data()
{
    QTest::addColumn<QString>("channel");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<bool>("isFileLock");
    QTest::addColumn<bool>("isFrozenGroup");
    const auto add = [](const char *channel, const char *expected, bool isFileLock = false,
                        bool isFrozenGroup = false) {
        QTest::newRow(channel) << s(channel) << s(expected) << isFileLock << isFrozenGroup;
    };
    add("", "");
    add("some_new_function", "");
    add("futex_wait_queue", "another thread");
    add("do_wait", "a child process to end");
    add("anon_pipe_read", "input from a pipe");
    add("hrtimer_nanosleep", "a timer");
    add("rpc_wait_bit_killable", "a network drive (NFS)");
    add("locks_lock_inode_wait", "a file lock", true);
    add("fcntl_setlk", "a file lock", true);
    add("do_freezer_trap", "its control group to be thawed", false, true);
    add("__refrigerator", "its control group to be thawed", false, true);
}

void TestProcessFacts::waitReasons()
{
    QFETCH(QString, channel);
    QFETCH(QString, expected);
    QFETCH(bool, isFileLock);
    QFETCH(bool, isFrozenGroup);
    QCOMPARE(waitReasonText(channel), expected);
    QCOMPARE(isFileLockWait(channel), isFileLock);
    QCOMPARE(isFrozen(channel), isFrozenGroup);
}

QTEST_GUILESS_MAIN(TestProcessFacts)
#include "tst_processfacts.moc"
