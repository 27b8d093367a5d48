// SPDX-License-Identifier: GPL-3.0-or-later
// Tests which processes have a stack that can be read, and the reasons for missing stacks.
#include "core/health/stackreader.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

ProcessFacts process(qint64 pid, const char *name, char state = 'S')
{
    ProcessFacts facts;
    facts.pid = pid;
    facts.name = s(name);
    facts.program = s("/usr/bin/") + facts.name;
    facts.commandLine = facts.program;
    facts.state = state;
    return facts;
}

} // namespace

class TestStackReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stackFailures_data();
    void stackFailures();
    void nativeStacks();
};

void TestStackReader::stackFailures_data()
{
    QTest::addColumn<QString>("output");
    QTest::addColumn<int>("scope");
    QTest::addColumn<bool>("otherUser");
    QTest::addColumn<qint64>("tracer");
    QTest::addColumn<QString>("expected");
    const QString denied = s("eu-stack: dwfl_linux_proc_attach pid 1234: Operation not permitted");
    QTest::newRow("yama") << denied << 1 << false << qint64(0)
                          << s("No stack: on this system only root may inspect a process (kernel.yama.ptrace_scope is "
                               "1). As root, run `eu-stack -p 1234`.");
    QTest::newRow("other user") << s("eu-stack: dwfl_linux_proc_report pid 1234: Permission denied") << 0 << true
                                << qint64(0)
                                << s("No stack: the process belongs to the user clx, and only that user and root may "
                                     "inspect it. As root, run `eu-stack -p 1234`.");
    QTest::newRow("container") << denied << -1 << false << qint64(0)
                               << s("No stack: the system does not allow inspecting the process, as in containers "
                                    "without the capability SYS_PTRACE. As root "
                                    "outside the container, run `eu-stack -p 1234`.");
    QTest::newRow("debugger") << denied << 0 << false << qint64(99)
                              << s("No stack: the debugger gdb (pid 99) is already attached to the process.");
    QTest::newRow("process ended") << s("eu-stack: dwfl_linux_proc_report pid 1234: No such file or directory") << 0
                                   << false << qint64(0)
                                   << s("No stack: the process ended before it could be inspected.");
    QTest::newRow("other error") << s("eu-stack: internal error\n") << 0 << false << qint64(0)
                                 << s("No stack: eu-stack printed: eu-stack: internal error");
    QTest::newRow("no output") << QString() << 0 << false << qint64(0) << s("No stack: eu-stack printed nothing.");
}

void TestStackReader::stackFailures()
{
    QFETCH(QString, output);
    QFETCH(int, scope);
    QFETCH(bool, otherUser);
    QFETCH(qint64, tracer);
    QFETCH(QString, expected);
    ProcessFacts facts = process(1234, "lifeguard-worker");
    facts.otherUser = otherUser;
    facts.user = s("clx");
    facts.tracer = tracer;
    facts.tracerName = s("gdb");
    QCOMPARE(stackFailureText(facts, s("eu-stack"), output, scope), expected);
}

void TestStackReader::nativeStacks()
{
    QVERIFY(hasNativeStack(process(1, "lifeguard-worker")));
    QVERIFY(!hasNativeStack(process(1, "lifeguard-worker", 'Z')));
    QVERIFY(!hasNativeStack(process(1, "java")));
    QVERIFY(!hasNativeStack(process(1, "python3.11")));
    ProcessFacts kernelThread = process(1, "kworker");
    kernelThread.commandLine.clear();
    QVERIFY(!hasNativeStack(kernelThread));
}

QTEST_GUILESS_MAIN(TestStackReader)
#include "tst_stackreader.moc"
