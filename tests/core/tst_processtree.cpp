// SPDX-License-Identifier: GPL-3.0-or-later
// Tests trees of real processes, and the killing of complete trees. The trees are created with fork(). With the
// argument "--sleep", this program only waits.
#include "core/base/orphanreaper.h"
#include "core/base/processidentity.h"
#include "core/base/processtable.h"
#include "core/base/processtree.h"
#include "core/base/procfile.h"
#include "tests/support/processes.h"
#include "tests/support/testhelpers.h"

#include <QTest>

#include <csignal>
#include <cstring>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Replaces a forked child with a process that only waits, with this executor id in its environment unless it is empty.
[[noreturn]] void becomeSleeper(const char *executorId)
{
    char arg0[] = "sleeper";
    char arg1[] = "--sleep";
    char *argv[] = {arg0, arg1, nullptr};
    QByteArray variable = QByteArray("LIFEGUARD_EXECUTOR_ID=") + executorId;
    char *withId[] = {variable.data(), nullptr};
    char *withoutId[] = {nullptr};
    execve("/proc/self/exe", argv, *executorId ? withId : withoutId);
    _exit(127);
}

/// A pipe through which children report their pids when they are ready.
class PidPipe
{
public:
    PidPipe()
    {
        if (pipe(m_ends) != 0)
            qFatal("cannot create a pipe");
    }
    ~PidPipe()
    {
        close(m_ends[0]);
        close(m_ends[1]);
    }
    Q_DISABLE_COPY_MOVE(PidPipe)
    void report() const
    {
        const pid_t pid = getpid();
        if (write(m_ends[1], &pid, sizeof pid) != sizeof pid)
            _exit(126);
    }
    QList<qint64> receive(int count) const
    {
        QList<qint64> pids;
        for (int i = 0; i < count; ++i) {
            pid_t pid = 0;
            if (read(m_ends[0], &pid, sizeof pid) != sizeof pid)
                qFatal("a child did not report");
            pids.append(pid);
        }
        return pids;
    }

private:
    int m_ends[2] = {-1, -1};
};

bool anyAlive(const QList<qint64> &pids)
{
    for (const qint64 pid : pids) {
        if (isAlive(pid))
            return true;
    }
    return false;
}

} // namespace

class TestProcessTree : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QCOMPARE(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    } // orphans become children of this process, as in the programs
    void cleanup()
    {
        killTrees(m_started, {});
        EVENTUALLY((reapOrphans({}), ProcessTable::read().childrenOf(getpid()).isEmpty()));
        m_started.clear();
    }

    void findsTree();
    void killsTree();
    void killsOtherSessions();
    void killsOrphansWithExecutorId();
    void killsForkingTree();
    void killsOnlyMembersWithTheirStartTime();
    void killsDescendantsWithoutAScan();
    void killsNoOtherProcesses();

private:
    QList<qint64> m_started;
};

// With hidepid, or in a service with ProtectProc=invisible, /proc has no entry for a living process of another user.
void TestProcessTree::findsTree()
{
    PidPipe pids;
    m_started.append(forkChild([&] {
        forkChild([&] {
            forkChild([&] {
                pids.report();
                pause();
            });
            pids.report();
            pause();
        });
        pids.report();
        pause();
    }));
    QList<qint64> expected = pids.receive(3);
    QList<qint64> found;
    const ProcessTable table = ProcessTable::read();
    for (const ProcessEntry &entry : table.treeOf(m_started.first()))
        found.append(entry.pid);
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    QCOMPARE(found, expected);
    QVERIFY(table.childrenOf(getpid()).contains(m_started.first()));
    const ProcessEntry self = table.entries().value(getpid());
    QCOMPARE(self.startTime, ProcessIdentity::self().startTime);
    QVERIFY(self.residentBytes > 1024 * 1024);
    QVERIFY(table.treeOf(1 << 30).isEmpty());
}

void TestProcessTree::killsTree()
{
    PidPipe pids;
    m_started.append(forkChild([&] {
        for (int i = 0; i < 3; ++i) {
            forkChild([&] {
                signal(SIGTERM, SIG_IGN);
                forkChild([&] {
                    pids.report();
                    pause();
                });
                pids.report();
                pause();
            });
        }
        pids.report();
        pause();
    }));
    const QList<qint64> all = pids.receive(7);
    killTrees(m_started, {});
    QVERIFY(!anyAlive(all));
}

// Kernels of Jupyter and helpers of Chromium have sessions of their own, but are descendants of the worker.
void TestProcessTree::killsOtherSessions()
{
    PidPipe pids;
    m_started.append(forkChild([&] {
        forkChild([&] {
            setsid();
            forkChild([&] {
                setsid();
                pids.report();
                pause();
            });
            pids.report();
            pause();
        });
        pids.report();
        pause();
    }));
    const QList<qint64> all = pids.receive(3);
    for (const qint64 pid : all)
        QVERIFY(pid == m_started.first() || getsid(static_cast<pid_t>(pid)) == pid);
    killTrees(m_started, {});
    QVERIFY(!anyAlive(all));
}

// Orphans of a worker are no longer its descendants. They are found by the executor id in their environment.
void TestProcessTree::killsOrphansWithExecutorId()
{
    PidPipe pids;
    const pid_t worker = forkChild([&] {
        forkChild([&] {
            setsid();
            forkChild([&] {
                pids.report();
                becomeSleeper("direct-noop-0-aaaaaaaa");
            });
        });
        forkChild([&] {
            setsid();
            pids.report();
            becomeSleeper("direct-noop-0-aaaaaaaa-longer");
        });
        forkChild([&] {
            setsid();
            pids.report();
            becomeSleeper("");
        });
    });
    QList<qint64> orphans = pids.receive(3);
    QCOMPARE(waitpid(worker, nullptr, 0), worker);
    m_started = orphans; // for cleanup
    const QSet<QString> ids{QStringLiteral("direct-noop-0-aaaaaaaa")};
    QTRY_COMPARE_WITH_TIMEOUT(processesWithExecutorId(ids).size(), 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(processesWithExecutorId({QStringLiteral("direct-noop-0-aaaaaaaa-longer")}).size(), 1,
                              patience);
    const qint64 orphan = processesWithExecutorId(ids).constFirst();
    QVERIFY(orphans.contains(orphan));
    killTrees({worker}, ids);
    QVERIFY(!isAlive(orphan));
    QVERIFY(processesWithExecutorId(ids).isEmpty());
    orphans.removeOne(orphan);
    for (const qint64 other : orphans)
        QVERIFY2(isAlive(other), "has the executor id of another worker, or none");
}

void TestProcessTree::killsForkingTree()
{
    PidPipe pids;
    m_started.append(forkChild([&] {
        // Forks continuously; one child is alive at any moment.
        for (;;) {
            pid_t child = forkChild([] { pause(); });
            static bool reported = false;
            if (!reported) {
                pids.report();
                reported = true;
            }
            if (child > 0 && kill(child, SIGKILL) == 0)
                waitpid(child, nullptr, 0);
        }
    }));
    pids.receive(1);
    killTrees(m_started, {});
    QVERIFY(!isAlive(m_started.first()));
    const auto living = [] {
        int count = 0;
        const ProcessTable table = ProcessTable::read();
        for (const ProcessEntry &entry : table.treeOf(getpid()))
            count += entry.pid != getpid() && entry.state != 'Z';
        return count;
    };
    // At most one process is left, the child that was being forked: it is now a child of this process and has no
    // executor id.
    QVERIFY(living() <= 1);
    killTrees(ProcessTable::read().childrenOf(getpid()), {});
    QCOMPARE(living(), 0);
}

void TestProcessTree::killsOnlyMembersWithTheirStartTime()
{
    const pid_t member = forkChild([] { pause(); });
    const pid_t other = forkChild([] { pause(); });
    m_started = {member, other};
    const auto startOf = [](pid_t pid) { return processEntry(pid).value_or(ProcessEntry()).startTime; };
    killTrees({}, {}, {{member, startOf(member)}, {other, startOf(other) + 1}});
    QVERIFY(!isAlive(member));
    QVERIFY2(isAlive(other), "a process with the pid of a former member was killed");
}

// When hundreds of workers end, each of them must not read the processes of all others.
void TestProcessTree::killsDescendantsWithoutAScan()
{
    constexpr int count = 20;
    PidPipe pids;
    const pid_t worker = forkChild([&] {
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        for (int i = 0; i < count; ++i) {
            forkChild([&] {
                setsid();
                forkChild([&] {
                    pids.report();
                    pause();
                });
                if (i % 2 == 0)
                    _exit(0); // the child of this process becomes a child of the worker
                pause();
            });
        }
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigprocmask(SIG_BLOCK, &set, nullptr);
        pids.report(); // the test sends SIGTERM as soon as it has this pid
        int number = 0;
        sigwait(&set, &number);
        const quint64 before = procScanCount();
        killDescendants();
        _exit(procScanCount() == before ? 0 : 1);
    });
    QList<qint64> all = pids.receive(count + 1);
    all.removeOne(worker);
    QCOMPARE(kill(worker, SIGTERM), 0);
    int status = 0;
    QCOMPARE(waitpid(worker, &status, 0), worker);
    QVERIFY(!anyAlive(all));
    if (!listedChildren(getpid()))
        QSKIP("the kernel does not list the children of a process");
    QVERIFY2(WIFEXITED(status) && WEXITSTATUS(status) == 0, "/proc was scanned");
}

void TestProcessTree::killsNoOtherProcesses()
{
    PidPipe pids;
    m_started.append(forkChild([&] {
        pids.report();
        pause();
    }));
    pids.receive(1);
    killTrees({}, {});
    killTrees({0, 1, -1, getpid(), 1 << 30}, {});
    killTrees({}, {QStringLiteral("unknown")});
    QVERIFY(isAlive(m_started.first()));
}

// A QProcess needs time to read the exit code of its child.
int main(int argc, char *argv[])
{
    if (argc > 1 && std::strcmp(argv[1], "--sleep") == 0) {
        for (;;)
            pause();
    }
    QCoreApplication app(argc, argv);
    TestProcessTree test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_processtree.moc"
