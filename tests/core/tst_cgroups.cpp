// SPDX-License-Identifier: GPL-3.0-or-later
// Cgroups in a temporary folder that behaves like the cgroup file system. The kernel's cgroups are tested in
// tests/integration/tst_limits.cpp.
#include "core/base/processidentity.h"
#include "core/executor/cgroups.h"
#include "tests/support/fakecgroups.h"
#include "tests/support/testhelpers.h"

#include <QTemporaryDir>
#include <QTest>

#include <cerrno>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestCgroups : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<FakeCgroups> m_files;

    static QString textOf(const QString &folder, const char *file)
    {
        return FakeCgroups::textOf(folder + u'/' + s(file));
    }
    /// Returns the path of the only folder of worker w1 below this one; empty if there is none, or more than one.
    static QString onlyWorker(const QString &parent)
    {
        const QStringList found = CgroupFiles::folders(parent).filter(s("-w1"));
        return found.size() == 1 ? parent + u'/' + found.first() : QString();
    }
    static pid_t sleeper()
    {
        const pid_t pid = fork();
        while (pid == 0) // NOLINT(bugprone-infinite-loop): the child waits for its signal
            pause();
        return pid;
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        m_files = std::make_shared<FakeCgroups>(m_folder->path());
    }

    void layout_data();
    void layout();
    void parsesKills();
    void readsNothingWithoutLimits();
    void v2AppliesLimits();
    void v2WithTwoManagersInOneProcess();
    void v2MovesChildProcesses();
    void v2DoesNotMoveOtherProcesses();
    void v2OfAnotherUser();
    void v2WithoutCpuController();
    void rejectedLimits_data();
    void rejectedLimits();
    void v1AppliesLimits();
    void v1WithoutSwapAccounting();
    void v1RejectedLimits();
    void v1BesideV2();
    void noHierarchyMounted();
    void removesLeftovers();
    void killsListedProcesses();
    void sweepRemovesBusyCgroupsLater();
};

void TestCgroups::layout_data()
{
    QTest::addColumn<QByteArray>("self");
    QTest::addColumn<QByteArray>("mounts");
    QTest::addColumn<QString>("memory");
    QTest::addColumn<QString>("cpu");
    QTest::addColumn<QString>("unified");
    const QByteArray v2 = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
    QTest::newRow("v2, systemd") << QByteArray("0::/user.slice/user@1000.service/app.slice/x.scope\n") << v2 << s("")
                                 << s("") << s("/sys/fs/cgroup/user.slice/user@1000.service/app.slice/x.scope");
    QTest::newRow("v2, in a container") << QByteArray("0::/\n") << v2 << s("") << s("") << s("/sys/fs/cgroup");
    QTest::newRow("v2, outside the namespace") << QByteArray("0::/../../other\n") << v2 << s("") << s("") << s("");
    QTest::newRow("v1, cpu and cpuacct together")
        << QByteArray("4:memory:/a:b\n3:cpu,cpuacct:/\n1:name=systemd:/x\n")
        << QByteArray("32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                      "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                      "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n")
        << s("/sys/fs/cgroup/memory/a:b") << s("/sys/fs/cgroup/cpu,cpuacct") << s("");
    QTest::newRow("v1, in a container that sees only its own cgroup")
        << QByteArray("4:memory:/docker/0f1e\n")
        << QByteArray("35 31 0:32 /docker/0f1e /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n")
        << s("/sys/fs/cgroup/memory") << s("") << s("");
    QTest::newRow("v1, mounted part does not contain this process")
        << QByteArray("4:memory:/docker/0f1e99\n")
        << QByteArray("35 31 0:32 /docker/0f1e /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n") << s("") << s("")
        << s("");
    QTest::newRow("both") << QByteArray("4:memory:/m\n0::/u\n")
                          << QByteArray("35 31 0:32 / /cg\\040roup/memory rw - cgroup cgroup rw,memory\n41 31 0:38 / "
                                        "/cg\\040roup/unified rw - cgroup2 none rw\n")
                          << s("/cg roup/memory/m") << s("") << s("/cg roup/unified/u");
    QTest::newRow("nothing") << QByteArray() << QByteArray() << s("") << s("") << s("");
    QTest::newRow("invalid") << QByteArray("::\nx\n4:memory\n")
                             << QByteArray(" - \n1 2 3 - cgroup2\na b c d e f - cgroup\n") << s("") << s("") << s("");
}

void TestCgroups::layout()
{
    QFETCH(QByteArray, self);
    QFETCH(QByteArray, mounts);
    const CgroupLayout layout = CgroupLayout::parse(self, mounts);
    QTEST(layout.v1.value(s("memory")), "memory");
    QTEST(layout.v1.value(s("cpu")), "cpu");
    QTEST(layout.unified, "unified");
}

void TestCgroups::parsesKills()
{
    QVERIFY(killsFromEvents("low 0\nhigh 0\nmax 12\noom 2\noom_kill 3\noom_group_kill 0\n") == (CgroupKills{3, true}));
    // The machine was out of memory.
    QVERIFY(killsFromEvents("low 0\nmax 0\noom 0\noom_kill 1\n") == (CgroupKills{1, false}));
    QVERIFY(killsFromEvents("") == CgroupKills());
    QVERIFY(killsFromOomControl("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n", 67000000, 67108864)
            == (CgroupKills{1, true}));
    QVERIFY(killsFromOomControl("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n", 40000000, 67108864)
            == (CgroupKills{1, false}));
    QVERIFY(killsFromOomControl("oom_kill_disable 0\nunder_oom 0\n", 67108864, 67108864)
            == (CgroupKills{0, true})); // before 4.13
}

void TestCgroups::readsNothingWithoutLimits()
{
    m_files->mountUnified("cpu memory pids", {getpid()});
    Cgroups cgroups(m_files);
    QVERIFY(!cgroups.create(s("w1"), {}));
    QCOMPARE(m_files->mountReads, 0);
}

void TestCgroups::v2AppliesLimits()
{
    m_files->mountUnified("cpuset cpu io memory pids", {getpid()});
    Cgroups cgroups(m_files);
    const auto group = cgroups.create(s("w1"), {512, 1.5});
    QVERIFY(group);
    QVERIFY(group->limitsMemory());
    QVERIFY(group->limitsCpu());
    const QString folder = onlyWorker(m_files->own());
    QCOMPARE(group->folders(), QStringList{folder});
    QCOMPARE(group->entries().size(), 1);
    QCOMPARE(textOf(folder, "memory.max"), s("536870912"));
    QCOMPARE(textOf(folder, "memory.swap.max"), s("0"));
    QCOMPARE(textOf(folder, "cpu.max"), s("150000 100000"));
    // This process was in the cgroup, and has moved to a child.
    QCOMPARE(textOf(m_files->own(), "cgroup.subtree_control"), s("cpu memory"));
    QCOMPARE(textOf(m_files->own(), "cgroup.procs"), QString());
    QVERIFY(m_files->selfCgroup().contains("-manager"));

    FakeCgroups::put(folder + s("/memory.events"), "oom 1\noom_kill 2\n");
    QVERIFY(group->kills() == (CgroupKills{2, true}));
    cgroups.dispose(group);
    QVERIFY(onlyWorker(m_files->own()).isEmpty());
}

void TestCgroups::v2WithTwoManagersInOneProcess()
{
    m_files->mountUnified("cpu memory", {getpid()});
    Cgroups first(m_files);
    Cgroups second(m_files);
    QVERIFY(first.create(s("a"), {64, 0}));
    const auto group = second.create(s("b"), {64, 0});
    QVERIFY(group);
    QVERIFY(group->folders().first().startsWith(m_files->own() + s("/lifeguard-"))); // not below the leaf
    QCOMPARE(CgroupFiles::folders(m_files->own()).size(), 3);
}

void TestCgroups::v2MovesChildProcesses()
{
    const pid_t child = sleeper();
    m_files->mountUnified("cpu memory", {getpid(), child});
    Cgroups cgroups(m_files);
    QVERIFY(cgroups.create(s("w1"), {64, 0}));
    QCOMPARE(textOf(m_files->own(), "cgroup.procs"), QString());
    kill(child, SIGKILL);
    QCOMPARE(waitpid(child, nullptr, 0), child);
}

void TestCgroups::v2DoesNotMoveOtherProcesses()
{
    m_files->mountUnified("cpu memory", {getpid(), 1});
    Cgroups cgroups(m_files);
    QVERIFY(!cgroups.create(s("w1"), {64, 1}));
    QCOMPARE(CgroupFiles::folders(m_files->own()), QStringList());
    QCOMPARE(textOf(m_files->own(), "cgroup.subtree_control"), QString());
    const QStringList pids = textOf(m_files->own(), "cgroup.procs").split(u'\n');
    QCOMPARE(pids.size(), 2);
    QVERIFY(pids.contains(s("1")));
}

void TestCgroups::v2OfAnotherUser()
{
    m_files->mountUnified("cpu memory", {getpid()});
    if (geteuid() == 0)
        QCOMPARE(chown(m_files->own().toUtf8().constData(), 65534, 65534), 0);
    else
        m_files->refuse(s("cgroup.subtree_control"), EACCES);
    Cgroups cgroups(m_files);
    QVERIFY(!cgroups.create(s("w1"), {64, 1}));
    QCOMPARE(CgroupFiles::folders(m_files->own()), QStringList());
    QCOMPARE(textOf(m_files->own(), "cgroup.procs"), QString::number(getpid()));
}

void TestCgroups::v2WithoutCpuController()
{
    m_files->mountUnified("memory pids", {getpid()}); // what systemd delegates to the services of a user
    Cgroups cgroups(m_files);
    const auto group = cgroups.create(s("w1"), {64, 1});
    QVERIFY(group);
    QVERIFY(group->limitsMemory());
    QVERIFY(!group->limitsCpu());
    QVERIFY(!cgroups.create(s("w2"), {0, 1}));
}

void TestCgroups::rejectedLimits_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<bool>("memory");
    QTest::addColumn<bool>("cpu");
    QTest::newRow("memory.max") << s("memory.max") << false << true;
    QTest::newRow("memory.swap.max") << s("memory.swap.max") << false << true;
    QTest::newRow("cpu.max") << s("cpu.max") << true << false;
}

void TestCgroups::rejectedLimits()
{
    QFETCH(QString, file);
    QFETCH(bool, memory);
    QFETCH(bool, cpu);
    m_files->mountUnified("cpu memory", {getpid()});
    m_files->refuse(file, EINVAL);
    Cgroups cgroups(m_files);
    const auto group = cgroups.create(s("w1"), {64, 1});
    QVERIFY(group);
    QCOMPARE(group->limitsMemory(), memory);
    QCOMPARE(group->limitsCpu(), cpu);
    if (!memory) {
        QVERIFY(textOf(group->folders().first(), "memory.swap.max") != s("0"));
        QVERIFY(!cgroups.create(s("w2"), {64, 0})); // no other limit needs the folder
    } else {
        QVERIFY(!cgroups.create(s("w2"), {0, 1}));
    }
    QVERIFY(CgroupFiles::folders(m_files->own()).filter(s("-w2")).isEmpty());
}

void TestCgroups::v1AppliesLimits()
{
    m_files->mountV1();
    Cgroups cgroups(m_files);
    const auto group = cgroups.create(s("w1"), {512, 0.25});
    QVERIFY(group);
    const QString memory = onlyWorker(m_files->ownV1(s("memory")));
    const QString cpu = onlyWorker(m_files->ownV1(s("cpu")));
    QCOMPARE(textOf(memory, "memory.limit_in_bytes"), s("536870912"));
    QCOMPARE(textOf(memory, "memory.memsw.limit_in_bytes"), s("536870912"));
    QCOMPARE(textOf(cpu, "cpu.cfs_period_us"), s("100000"));
    QCOMPARE(textOf(cpu, "cpu.cfs_quota_us"), s("25000"));
    QCOMPARE(group->entries().size(), 2);
    FakeCgroups::put(memory + s("/memory.oom_control"), "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n");
    FakeCgroups::put(memory + s("/memory.max_usage_in_bytes"), "536870000\n");
    QVERIFY(group->kills() == (CgroupKills{4, true}));
    cgroups.dispose(group);
    QVERIFY(onlyWorker(m_files->ownV1(s("memory"))).isEmpty());
    QVERIFY(onlyWorker(m_files->ownV1(s("cpu"))).isEmpty());
    // No folder is created for a limit that is not set.
    const auto memoryOnly = cgroups.create(s("w1"), {64, 0});
    QVERIFY(memoryOnly && !memoryOnly->limitsCpu());
    QVERIFY(onlyWorker(m_files->ownV1(s("cpu"))).isEmpty());
}

void TestCgroups::v1WithoutSwapAccounting()
{
    m_files->mountV1();
    m_files->refuse(s("memory.memsw.limit_in_bytes"), ENOENT);
    Cgroups cgroups(m_files);
    const auto group = cgroups.create(s("w1"), {64, 0});
    QVERIFY(group && group->limitsMemory());
}

void TestCgroups::v1RejectedLimits()
{
    m_files->mountV1();
    m_files->refuse(s("memory.limit_in_bytes"), EINVAL);
    m_files->refuse(s("cpu.cfs_quota_us"), EINVAL); // more than the parent cgroup permits
    Cgroups cgroups(m_files);
    QVERIFY(!cgroups.create(s("w1"), {64, 4}));
    QVERIFY(CgroupFiles::folders(m_files->ownV1(s("memory"))).isEmpty());
    QVERIFY(CgroupFiles::folders(m_files->ownV1(s("cpu"))).isEmpty());
}

void TestCgroups::v1BesideV2()
{
    m_files->mountV1();
    m_files->mountUnified("pids", {getpid()}); // the controllers are in use by v1
    Cgroups cgroups(m_files);
    const auto group = cgroups.create(s("w1"), {64, 1});
    QVERIFY(group && group->limitsMemory() && group->limitsCpu());
    QCOMPARE(textOf(m_files->own(), "cgroup.procs"), QString::number(getpid())); // this process did not have to move
}

void TestCgroups::noHierarchyMounted()
{
    Cgroups cgroups(m_files);
    QVERIFY(!cgroups.create(s("w1"), {64, 1}));
    QVERIFY(!cgroups.create(s("w2"), {64, 1}));
    QCOMPARE(m_files->mountReads, 1);
}

void TestCgroups::removesLeftovers()
{
    m_files->mountV1();
    const ProcessIdentity self = ProcessIdentity::self();
    const QString pidNamespace = self.pidNamespace.section(u'[', 1).chopped(1);
    const auto living = ProcessIdentity::of(getppid());
    QVERIFY(living);
    const QString parent = m_files->ownV1(s("memory")) + u'/';
    const auto name = [](qint64 pid, quint64 start, const QString &ns, const char *what) {
        return s("lifeguard-%1.%2.%3-%4").arg(pid).arg(start).arg(ns, s(what));
    };
    // The pid was reused.
    const QString dead = name(getppid(), living->startTime + 1, pidNamespace, "direct-noop-0-aa");
    const QString manager = name(1 << 30, 1, pidNamespace, "manager");
    const QString alive = name(living->pid, living->startTime, pidNamespace, "direct-noop-0-bb");
    const QString full = name(1 << 30, 1, pidNamespace, "direct-noop-0-cc");
    const QString elsewhere = name(1 << 30, 1, s("1"), "direct-noop-0-dd");
    const QStringList kept = {alive,
                              full,
                              elsewhere,
                              s("lifeguard-"),
                              s("lifeguard-x.y.z-w"),
                              s("docker-%1.1.%2-w").arg(1 << 30).arg(pidNamespace)};
    for (const QString &folder : kept + QStringList{dead, manager})
        m_files->addFolder(parent + folder, folder == full ? "1\n" : "");
    Cgroups cgroups(m_files);
    QVERIFY(cgroups.create(s("w1"), {64, 0}));
    QStringList found = CgroupFiles::folders(parent);
    found.removeAll(onlyWorker(m_files->ownV1(s("memory"))).section(u'/', -1));
    QStringList expected = kept;
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    QCOMPARE(found, expected);
}

void TestCgroups::killsListedProcesses()
{
    m_files->mountUnified("memory", {getpid()});
    Cgroups cgroups(m_files);
    const auto group = cgroups.create(s("w1"), {64, 0});
    QVERIFY(group);
    const pid_t child = sleeper();
    const QString folder = group->folders().first();
    FakeCgroups::put(folder + s("/cgroup.procs"),
                     "0\n1\n" + QByteArray::number(getpid()) + '\n' + QByteArray::number(child) + '\n');
    QVERIFY(group->contains(child));
    group->kill(); // must kill neither this process, nor init, nor the process group of this process (0)
    QCOMPARE(textOf(folder, "cgroup.kill"), s("1"));
    int status = 0;
    QCOMPARE(waitpid(child, &status, 0), child);
    QVERIFY(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

void TestCgroups::sweepRemovesBusyCgroupsLater()
{
    m_files->mountUnified("memory", {getpid()});
    Cgroups cgroups(m_files);
    const auto group = cgroups.create(s("w1"), {64, 0});
    const QString folder = group->folders().first();
    FakeCgroups::put(folder + s("/cgroup.procs"), "1\n"); // like a process that hangs in the kernel
    cgroups.dispose(group);
    QVERIFY(QFileInfo::exists(folder));
    FakeCgroups::put(folder + s("/cgroup.procs"), "");
    cgroups.sweep();
    QVERIFY(!QFileInfo::exists(folder));
}

QTEST_GUILESS_MAIN(TestCgroups)
#include "tst_cgroups.moc"
