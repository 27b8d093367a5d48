// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the out-of-memory killer explains the end of a direct worker. Real kills are tested in
// tests/integration/tst_limits.cpp.
#include "core/executor/oomattribution.h"
#include "tests/support/testhelpers.h"

#include <QTest>

#include <csignal>

using namespace lifeguard;
using namespace lifeguard::test;

Q_DECLARE_METATYPE(lifeguard::OomEvidence)

namespace {

WorkerExit sigkill()
{
    WorkerExit exit;
    exit.kind = WorkerExit::Kind::Signalled;
    exit.code = SIGKILL;
    exit.message = Message::literal(s("SIGKILL"));
    return exit;
}

WorkerExit exitCode(int code)
{
    WorkerExit exit;
    exit.kind = WorkerExit::Kind::Exited;
    exit.code = code;
    exit.message = Message("exit_code", {code});
    return exit;
}

} // namespace

class TestOomAttribution : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsUnexplainedKills();
    void explains_data();
    void explains();
    void aKillOfTheMachineExplainsOneDeath();
    void aKillInACgroupExplainsNoOtherDeath();
};

void TestOomAttribution::countsUnexplainedKills()
{
    OomKillCounter counter(5);
    QCOMPARE(counter.unexplained(5), 0u);
    QCOMPARE(counter.unexplained(6), 1u);
    counter.addSample(6); // before the death is reported
    QCOMPARE(counter.unexplained(6), 1u);
    counter.markExplained(1); // one kill explains one death
    QCOMPARE(counter.unexplained(6), 0u);
    counter.addSample(7);
    QCOMPARE(counter.unexplained(7), 1u);
    counter.addSample(7);
    QCOMPARE(counter.unexplained(7), 0u); // too old to explain a death
    QCOMPARE(counter.unexplained(3), 0u);
}

void TestOomAttribution::explains_data()
{
    QTest::addColumn<int>("exitCodeOrSignal"); // SIGKILL as -9
    QTest::addColumn<OomEvidence>("evidence");
    QTest::addColumn<int>("machineKills"); // since the start
    QTest::addColumn<QString>("message");
    QTest::addColumn<bool>("outOfMemory");
    const auto row = [](const char *name, int code, const OomEvidence &evidence, int machineKills, const char *message,
                        bool outOfMemory) {
        QTest::newRow(name) << code << evidence << machineKills << s(message) << outOfMemory;
    };
    const auto limited = [](quint64 kills, bool overOwnLimit) {
        return OomEvidence{true, kills, overOwnLimit, 512, false, false};
    };
    row("over its limit", -SIGKILL, limited(1, true), 1,
        "killed by the kernel (SIGKILL): over its memory limit of 512 MB", true);
    row("limit, machine out of memory", -SIGKILL, limited(1, false), 1,
        "killed by the kernel (SIGKILL): the machine had run out of memory", true);
    row("limit, other SIGKILL", -SIGKILL, limited(0, true), 1, "SIGKILL", false);
    row("a process was killed", 3, limited(1, true), 1,
        "exit code 3; the kernel had killed one of its processes: over its memory limit of 512 MB", true);
    row("a process was killed, clean end", 0, limited(1, true), 1, "exit code 0", false);
    row("killed by this program", -SIGKILL, OomEvidence{true, 1, true, 512, false, true}, 1, "SIGKILL", false);
    row("no cgroup, kill on the machine", -SIGKILL, {}, 1,
        "killed by the kernel (SIGKILL): the machine had run out of memory", true);
    row("no cgroup, no kill on the machine", -SIGKILL, {}, 0, "SIGKILL", false);
    row("no cgroup, stopped", -SIGKILL, OomEvidence{false, 0, false, 0, true, false}, 1, "SIGKILL", false);
    row("no cgroup, exit code", 3, {}, 1, "exit code 3", false);
}

void TestOomAttribution::explains()
{
    QFETCH(int, exitCodeOrSignal);
    QFETCH(OomEvidence, evidence);
    QFETCH(int, machineKills);
    quint64 kills = 100;
    OomAttribution attribution([&kills] { return kills; });
    kills += quint64(machineKills);
    WorkerExit exit = exitCodeOrSignal < 0 ? sigkill() : exitCode(exitCodeOrSignal);
    attribution.explain(exit, evidence);
    QTEST(exit.message.englishText(), "message");
    QTEST(exit.outOfMemory, "outOfMemory");
}

void TestOomAttribution::aKillOfTheMachineExplainsOneDeath()
{
    quint64 kills = 0;
    OomAttribution attribution([&kills] { return kills; });
    kills = 1;
    WorkerExit first = sigkill();
    attribution.explain(first, {});
    QVERIFY(first.outOfMemory);
    WorkerExit second = sigkill();
    attribution.explain(second, {});
    QVERIFY(!second.outOfMemory);
}

void TestOomAttribution::aKillInACgroupExplainsNoOtherDeath()
{
    quint64 kills = 0;
    OomAttribution attribution([&kills] { return kills; });
    kills = 1; // the machine counts the kill in the cgroup, too
    WorkerExit limited = sigkill();
    attribution.explain(limited, {true, 1, true, 512, false, false});
    QVERIFY(limited.outOfMemory);
    WorkerExit other = sigkill();
    attribution.explain(other, {});
    QVERIFY(!other.outOfMemory);
}

QTEST_GUILESS_MAIN(TestOomAttribution)
#include "tst_oomattribution.moc"
