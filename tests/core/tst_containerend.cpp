// SPDX-License-Identifier: GPL-3.0-or-later
// How the end of a container is reported as the exit of its worker.
#include "core/executor/containerend.h"
#include "tests/support/testhelpers.h"

#include <QTest>

#include <csignal>

using namespace lifeguard;
using namespace lifeguard::test;

Q_DECLARE_METATYPE(lifeguard::ContainerEnd)

namespace {

ContainerEnd endWithCode(int code)
{
    ContainerEnd end;
    end.container = DockerContainer();
    end.container->state = s("exited");
    end.container->exitCode = code;
    return end;
}

ContainerEnd with(ContainerEnd end, const std::function<void(ContainerEnd &)> &change)
{
    change(end);
    return end;
}

} // namespace

class TestContainerEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void exits_data();
    void exits();
};

void TestContainerEnd::exits_data()
{
    using Kind = WorkerExit::Kind;
    QTest::addColumn<ContainerEnd>("end");
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message");
    QTest::addColumn<bool>("isBlameless");
    QTest::addColumn<bool>("outOfMemory");
    const auto row = [](const char *name, const ContainerEnd &end, Kind kind, int code, const char *message,
                        bool isBlameless = false, bool outOfMemory = false) {
        QTest::newRow(name) << end << int(kind) << code << s(message) << isBlameless << outOfMemory;
    };

    row("clean", endWithCode(0), Kind::Exited, 0, "exit code 0");
    row("exit code", endWithCode(3), Kind::Exited, 3, "exit code 3");
    row("signal", endWithCode(128 + SIGSEGV), Kind::Signalled, SIGSEGV, "SIGSEGV");
    row("above the last signal", endWithCode(255), Kind::Exited, 255, "exit code 255");
    row("error of the engine",
        with(endWithCode(127), [](ContainerEnd &end) { end.container->error = s("no such program"); }), Kind::Exited,
        127, "exit code 127; the Docker engine reports: no such program");
    row("removed, with the code of the event",
        with({},
             [](ContainerEnd &end) {
                 end.eventExitCode = 137;
                 end.wasRemoved = true;
             }),
        Kind::Signalled, SIGKILL, "SIGKILL; its container was removed by another program");
    row("removed, without an event", with({}, [](ContainerEnd &end) { end.wasRemoved = true; }), Kind::Unknown, 0,
        "its container was removed by another program");
    row("nothing is known", {}, Kind::Unknown, 0, "its container has ended, but the Docker engine does not report how");
    row("the inspection overrides the event", with(endWithCode(3), [](ContainerEnd &end) { end.eventExitCode = 4; }),
        Kind::Exited, 3, "exit code 3");

    const auto afterOutage = [](ContainerEnd &end) { end.wasEngineLost = true; };
    row("engine restarted", with(endWithCode(143), afterOutage), Kind::Unknown, 0,
        "its container ended when the Docker engine was restarted", true);
    row("engine restarted after a stop",
        with(with(endWithCode(0), afterOutage), [](ContainerEnd &end) { end.wasStopped = true; }), Kind::Exited, 0,
        "exit code 0");
    row("engine restarted after a kill",
        with(with(endWithCode(137), afterOutage), [](ContainerEnd &end) { end.wasKilled = true; }), Kind::Signalled,
        SIGKILL, "SIGKILL");

    const auto outOfMemory = [](ContainerEnd &end) { end.container->outOfMemory = true; };
    const auto limit = [](ContainerEnd &end) { end.memoryLimitMb = 512; };
    row("over its limit", with(with(endWithCode(137), outOfMemory), limit), Kind::Signalled, SIGKILL,
        "killed by the kernel (SIGKILL): over its memory limit of 512 MB", false, true);
    row("event only", with(with(endWithCode(137), [](ContainerEnd &end) { end.hadOomEvent = true; }), limit),
        Kind::Signalled, SIGKILL, "killed by the kernel (SIGKILL): over its memory limit of 512 MB", false, true);
    row("machine out of memory", with(endWithCode(137), outOfMemory), Kind::Signalled, SIGKILL,
        "killed by the kernel (SIGKILL): the machine had run out of memory", false, true);
    row("a process was killed", with(with(endWithCode(1), outOfMemory), limit), Kind::Exited, 1,
        "exit code 1; the kernel had killed one of its processes: over its memory limit of 512 MB", false, true);
    row("a process was killed, clean end", with(with(endWithCode(0), outOfMemory), limit), Kind::Exited, 0,
        "exit code 0");
    row("killed by this program",
        with(with(endWithCode(137), outOfMemory), [](ContainerEnd &end) { end.wasKilled = true; }), Kind::Signalled,
        SIGKILL, "SIGKILL");
}

void TestContainerEnd::exits()
{
    QFETCH(ContainerEnd, end);
    const WorkerExit exit = workerExitOf(end);
    QTEST(int(exit.kind), "kind");
    QTEST(exit.code, "code");
    QTEST(exit.message.englishText(), "message");
    QTEST(exit.isBlameless, "isBlameless");
    QTEST(exit.outOfMemory, "outOfMemory");
}

QTEST_GUILESS_MAIN(TestContainerEnd)
#include "tst_containerend.moc"
