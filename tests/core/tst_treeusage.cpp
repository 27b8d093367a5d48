// SPDX-License-Identifier: GPL-3.0-or-later
// The CPU time and memory of process trees, computed from artificial process tables and from real processes.
#include "core/base/processtable.h"
#include "core/base/treecpu.h"
#include "core/base/treememory.h"
#include "tests/support/testhelpers.h"

#include <QTest>

#include <cstring>

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

constexpr qint64 mib = 1024 * 1024;

ProcessEntry process(qint64 pid, qint64 parent, quint64 own, quint64 children = 0, quint64 start = 1)
{
    ProcessEntry entry;
    entry.pid = pid;
    entry.parent = parent;
    entry.cpuTicks = own;
    entry.childTicks = children;
    entry.startTime = start;
    return entry;
}

} // namespace

class TestTreeUsage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sumsProcesses();
    void countsToolsBetweenSnapshots();
    void countsEndedChildOnce();
    void acceptsLateTicksOfEndedChild();
    void ignoresLostTicks();
    void countsEndedBranchOnce();
    void countsOrphanOnce();
    void detectsReusedPid();
    void countsSharedMemoryOnce();
    void measuresRealProcesses();
};

void TestTreeUsage::sumsProcesses()
{
    TreeCpu cpu;
    QCOMPARE(cpu.add({process(10, 1, 5, 7)}), 12u); // children that ended before the first snapshot are counted, too
    QCOMPARE(cpu.add({process(10, 1, 6, 7), process(11, 10, 3)}), 16u);
    QCOMPARE(cpu.add({process(10, 1, 6, 7), process(11, 10, 4)}), 17u);
    QCOMPARE(cpu.add({}), 17u);
}

void TestTreeUsage::countsToolsBetweenSnapshots()
{
    TreeCpu cpu;
    QCOMPARE(cpu.add({process(10, 1, 1)}), 1u);
    QCOMPARE(cpu.add({process(10, 1, 1, 30)}), 31u); // 300 ms between two snapshots
}

void TestTreeUsage::countsEndedChildOnce()
{
    TreeCpu cpu;
    QCOMPARE(cpu.add({process(10, 1, 1), process(11, 10, 100)}), 101u);
    QCOMPARE(cpu.add({process(10, 1, 1, 105)}), 106u);
    QCOMPARE(cpu.add({process(10, 1, 1, 135)}), 136u);
}

void TestTreeUsage::acceptsLateTicksOfEndedChild()
{
    // The table was read while the child ended: the child is no longer listed, but the ticks of its parent do not
    // include its ticks yet.
    TreeCpu cpu;
    QCOMPARE(cpu.add({process(10, 1, 1), process(11, 10, 100)}), 101u);
    QCOMPARE(cpu.add({process(10, 1, 1)}), 101u);
    QCOMPARE(cpu.add({process(10, 1, 1, 102)}), 103u);
}

void TestTreeUsage::ignoresLostTicks()
{
    // The ticks of a child are lost if its parent ignores SIGCHLD, or if the child leaves the tree.
    TreeCpu cpu;
    QCOMPARE(cpu.add({process(10, 1, 1), process(11, 10, 100)}), 101u);
    QCOMPARE(cpu.add({process(10, 1, 2)}), 102u);
    QCOMPARE(cpu.add({process(10, 1, 3)}), 103u);
    QCOMPARE(cpu.add({process(10, 1, 3, 30)}), 133u); // the lost ticks are not subtracted from those of the next tool
}

void TestTreeUsage::countsEndedBranchOnce()
{
    TreeCpu cpu;
    QCOMPARE(cpu.add({process(10, 1, 1), process(11, 10, 10, 5), process(12, 11, 20), process(13, 12, 40)}), 76u);
    QCOMPARE(cpu.add({process(10, 1, 1, 10 + 5 + 20 + 40 + 3)}), 79u);
}

void TestTreeUsage::countsOrphanOnce()
{
    TreeCpu cpu;
    QCOMPARE(cpu.add({process(10, 1, 1), process(11, 10, 10), process(12, 11, 20)}), 31u);
    QCOMPARE(cpu.add({process(10, 1, 1, 10), process(12, 10, 25)}), 36u);
    QCOMPARE(cpu.add({process(10, 1, 1, 37)}), 38u);
}

void TestTreeUsage::detectsReusedPid()
{
    TreeCpu cpu;
    QCOMPARE(cpu.add({process(10, 1, 1), process(11, 10, 50, 0, 7)}), 51u);
    QCOMPARE(cpu.add({process(10, 1, 1, 50), process(11, 10, 2, 0, 8)}), 53u);
}

void TestTreeUsage::countsSharedMemoryOnce()
{
    QVERIFY(treeMemory(QList<ProcessMemory>()) == TreeMemory());
    const QByteArray browser = "chromium";
    const TreeMemory sum = treeMemory({{browser, 150 * mib, 100 * mib},
                                       {browser, 130 * mib, 90 * mib},
                                       {browser, 120 * mib, 100 * mib},
                                       {"python3", 40 * mib, 10 * mib}});
    QCOMPARE(sum.bytes / mib, 50 + 40 + 20 + 100 + 30 + 10);
    QCOMPARE(sum.atMost / mib, 440);
}

void TestTreeUsage::measuresRealProcesses()
{
    // 32 MB of shared memory, and 32 MB of private memory that is shared until it is written to (copy on write).
    constexpr size_t size = 32 * mib;
    void *shared = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    void *copied = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    QVERIFY(shared != MAP_FAILED && copied != MAP_FAILED);
    std::memset(shared, 1, size);
    std::memset(copied, 1, size);
    int ready[2];
    QCOMPARE(pipe(ready), 0);
    QList<pid_t> children;
    for (int i = 0; i < 3; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            volatile char sum = 0;
            for (size_t at = 0; at < size; at += 4096)
                sum = static_cast<char>(sum + static_cast<char *>(shared)[at] + static_cast<char *>(copied)[at]);
            std::ignore = write(ready[1], "x", 1);
            for (;;)
                pause();
        }
        children.append(child);
    }
    char byte = 0;
    for (int i = 0; i < 3; ++i)
        QCOMPARE(read(ready[0], &byte, 1), 1);
    const QList<ProcessEntry> tree = ProcessTable::read().treeOf(getpid());
    QCOMPARE(tree.size(), 4);
    QVERIFY(!tree.first().name.isEmpty());
    const TreeMemory memory = treeMemory(tree);
    const auto exact = exactTreeMemory(tree);
    for (const pid_t child : std::as_const(children)) {
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
    }
    munmap(shared, size);
    munmap(copied, size);
    QVERIFY2(memory.atMost >= 4 * 64 * mib, qPrintable(QString::number(memory.atMost / mib)));
    QVERIFY2(memory.bytes <= memory.atMost - 3 * 32 * mib, qPrintable(QString::number(memory.bytes / mib)));
    QVERIFY(memory.bytes >= 64 * mib);
    QVERIFY(exact);
    QVERIFY2(*exact >= 64 * mib && *exact < 64 * mib + 48 * mib, qPrintable(QString::number(*exact / mib)));
}

QTEST_GUILESS_MAIN(TestTreeUsage)
#include "tst_treeusage.moc"
