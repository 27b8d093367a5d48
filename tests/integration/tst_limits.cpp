// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the limits of direct workers, which the kernel enforces on real processes, and measurements of workers.
#include "core/base/futurecallbacks.h"
#include "core/base/processtree.h"
#include "core/executor/directworkerexecutor.h"
#include "core/model/workerexit.h"
#include "core/model/workerstats.h"
#include "places.h"
#include "tests/support/fakecgroups.h"
#include "tests/support/limitprograms.h"
#include "tests/support/processes.h"
#include "tests/support/testhelpers.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {
constexpr qint64 mib = 1024 * 1024;
}

class TestLimits : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    int m_count = 0;
    bool m_canLimitMemory = false; ///< this user can create cgroups that limit memory
    bool m_canLimitCpu = false;

    std::unique_ptr<DirectWorkerExecutor> m_executor;
    std::unique_ptr<QSignalSpy> m_exited;
    QHash<QString, WorkerStats> m_stats;

    /// Returns a request to start this program as a worker, with these options of runLimitProgram().
    StartRequest request(const QStringList &options)
    {
        StartRequest r;
        r.executorId = s("direct-test-%1-%2").arg(m_count++).arg(QCoreApplication::applicationPid());
        r.config.type = s("test");
        r.config.mode = ExecutionMode::Direct;
        r.config.command = QStringList{QCoreApplication::applicationFilePath()} + options;
        r.databasePath = m_folder.filePath(s("q.db"));
        r.workspace = m_folder.path();
        r.logPath = m_folder.filePath(r.executorId + s(".log"));
        return r;
    }
    static bool hasPrinted(const StartRequest &r, const char *text)
    {
        return FakeCgroups::textOf(r.logPath).contains(s(text));
    }
    WorkerExit exitOf() const { return m_exited->first().first().value<WorkerExit>(); }
    /// Returns the cgroup folders of the workers of this process.
    static QStringList ownFolders()
    {
        const CgroupFiles files;
        const CgroupLayout layout = CgroupLayout::parse(files.selfCgroup(), files.mountinfo());
        QStringList found;
        for (const QString &parent : {layout.v1.value(s("memory")), layout.v1.value(s("cpu")), layout.unified,
                                      QFileInfo(layout.unified).path()}) {
            for (const QString &name : parent.isEmpty() ? QStringList() : CgroupFiles::folders(parent)) {
                if (name.startsWith(s("lifeguard-%1.").arg(getpid())) && !name.endsWith(s("-manager")))
                    found.append(parent + u'/' + name);
            }
        }
        return found;
    }
    bool sample() { return sample(*m_executor); }
    bool sample(DirectWorkerExecutor &executor)
    {
        bool answered = false;
        whenFinished(executor.workerStats(), this, [&](const QHash<QString, WorkerStats> &measured) {
            m_stats = measured;
            answered = true;
        });
        return QTest::qWaitFor([&] { return answered; }, patience);
    }

private Q_SLOTS:
    void initTestCase()
    {
        prctl(PR_SET_CHILD_SUBREAPER, 1); // like the real programs
        QVERIFY(m_folder.isValid());
        Cgroups cgroups;
        const auto probe = cgroups.create(s("probe"), {64, 1});
        m_canLimitMemory = probe && probe->limitsMemory();
        m_canLimitCpu = probe && probe->limitsCpu();
        cgroups.dispose(probe);
    }
    void init()
    {
        m_executor = std::make_unique<DirectWorkerExecutor>(s(LIFEGUARD_BIN_DIR "/lifeguard-worker"));
        m_exited = std::make_unique<QSignalSpy>(m_executor.get(), &WorkerExecutor::workerExited);
    }
    void cleanup()
    {
        m_exited.reset();
        m_executor.reset();
        QTRY_COMPARE_WITH_TIMEOUT(ownFolders(), QStringList(), patience);
    }

    void workerOverItsMemoryLimitIsKilled();
    void workerSurvivesAKilledTool();
    void failureAfterAKilledToolNamesTheMemoryLimit();
    void reportsThatTheMachineRanOutOfMemory();
    void otherKillsAreNotAttributedToMemory_data();
    void otherKillsAreNotAttributedToMemory();
    void statsTellWhoEnforcesTheLimit();
    void killReachesUntaggedProcesses();
    void cpuIsLimited();
    void ignoredCpuLimitIsReportedOnce();
    void cgroupThatCannotBeEnteredIsReported();
    void openFilesAreLimited_data();
    void openFilesAreLimited();
    void countsCpuOfEndedTools();
    void memoryIsMeasuredExactlyNearTheLimit();
    void measuresOutput();
};

void TestLimits::workerOverItsMemoryLimitIsKilled()
{
    if (!m_canLimitMemory)
        QSKIP("this user cannot create cgroups with a memory limit");
    StartRequest r = request({s("--eat"), s("200")});
    r.config.memoryLimitMb = 64;
    m_executor->startWorker(r);
    QCOMPARE(ownFolders().size(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(m_exited->size(), 1, patience);
    QVERIFY(exitOf().kind == WorkerExit::Kind::Signalled);
    QCOMPARE(exitOf().code, SIGKILL);
    QCOMPARE(exitOf().message.englishText(), s("killed by the kernel (SIGKILL): over its memory limit of 64 MB"));
    QVERIFY(exitOf().outOfMemory);
    QVERIFY(!hasPrinted(r, "waiting"));
    QTRY_COMPARE_WITH_TIMEOUT(ownFolders(), QStringList(), patience);
}

// The worker itself, which is this program, must stay below the limit.
constexpr int toolLimitMb = isSanitized ? 512 : 64;
constexpr const char *eatenMb = isSanitized ? "1500" : "200";

void TestLimits::workerSurvivesAKilledTool()
{
    if (!m_canLimitMemory)
        QSKIP("this user cannot create cgroups with a memory limit");
    StartRequest r = request({s("--child-eats"), s(eatenMb), s("0")});
    r.config.memoryLimitMb = toolLimitMb;
    m_executor->startWorker(r);
    QTRY_COMPARE_WITH_TIMEOUT(m_exited->size(), 1, patience);
    QVERIFY(hasPrinted(r, "child: signal 9"));
    QVERIFY(exitOf().isClean());
    QVERIFY(!exitOf().outOfMemory);
    QCOMPARE(exitOf().message.englishText(), s("exit code 0"));
}

/// The health monitor kills workers over a limit that the kernel does not enforce, and no others. That includes workers
/// that a later manager adopts.
void TestLimits::statsTellWhoEnforcesTheLimit()
{
    if (!m_canLimitMemory)
        QSKIP("this user cannot create cgroups with a memory limit");
    StartRequest limited = request({s("--wait")});
    limited.config.memoryLimitMb = toolLimitMb;
    StartRequest unlimited = request({s("--wait")});
    QSignalSpy started(m_executor.get(), &WorkerExecutor::workerStarted);
    for (const StartRequest &r : {limited, unlimited}) {
        m_executor->startWorker(r);
        EVENTUALLY(hasPrinted(r, "waiting"));
    }
    EVENTUALLY(sample() && m_stats.value(limited.executorId).isMemoryLimited);
    QVERIFY(!m_stats.value(unlimited.executorId).isMemoryLimited);

    DirectWorkerExecutor later(s(LIFEGUARD_BIN_DIR "/lifeguard-worker"));
    for (const QList<QVariant> &start : std::as_const(started)) {
        const bool isLimited = start.at(0).toString() == limited.executorId;
        later.adoptWorker(isLimited ? limited : unlimited, start.at(1).value<ProcessIdentity>());
    }
    EVENTUALLY(sample(later) && m_stats.size() == 2);
    QVERIFY(m_stats.value(limited.executorId).isMemoryLimited);
    QVERIFY(!m_stats.value(unlimited.executorId).isMemoryLimited);
}

void TestLimits::failureAfterAKilledToolNamesTheMemoryLimit()
{
    if (!m_canLimitMemory)
        QSKIP("this user cannot create cgroups with a memory limit");
    StartRequest r = request({s("--child-eats"), s(eatenMb), s("3")});
    r.config.memoryLimitMb = toolLimitMb;
    m_executor->startWorker(r);
    QTRY_COMPARE_WITH_TIMEOUT(m_exited->size(), 1, patience);
    QVERIFY(exitOf().outOfMemory);
    QCOMPARE(
        exitOf().message.englishText(),
        s("exit code 3; the kernel had killed one of its processes: over its memory limit of %1 MB").arg(toolLimitMb));
}

void TestLimits::reportsThatTheMachineRanOutOfMemory()
{
    if (!m_canLimitMemory)
        QSKIP("this user cannot create cgroups with a memory limit");
    // A cgroup that is unknown to the executor represents the machine.
    Cgroups cgroups;
    const auto machine = cgroups.create(s("machine"), {64, 0});
    QVERIFY(machine);
    m_executor->startWorker(request({s("--eat-in"), machine->folders().first(), s("200")}));
    QTRY_COMPARE_WITH_TIMEOUT(m_exited->size(), 1, patience);
    cgroups.dispose(machine);
    QCOMPARE(exitOf().message.englishText(), s("killed by the kernel (SIGKILL): the machine had run out of memory"));
    QVERIFY(exitOf().outOfMemory);
    // One kill explains one death only.
    const StartRequest r = request({s("--wait")});
    m_executor->startWorker(r);
    EVENTUALLY(hasPrinted(r, "waiting"));
    for (const qint64 pid : processesWithExecutorId({r.executorId}))
        kill(static_cast<pid_t>(pid), SIGKILL);
    QTRY_COMPARE_WITH_TIMEOUT(m_exited->size(), 2, patience);
    QCOMPARE(m_exited->last().first().value<WorkerExit>().message.englishText(), s("SIGKILL"));
}

void TestLimits::otherKillsAreNotAttributedToMemory_data()
{
    QTest::addColumn<int>("limit");
    QTest::addColumn<bool>("byExecutor");
    QTest::newRow("no limit, by another program") << 0 << false;
    QTest::newRow("limit, by another program") << 64 << false;
    QTest::newRow("limit, by the executor") << 64 << true;
}

void TestLimits::otherKillsAreNotAttributedToMemory()
{
    QFETCH(int, limit);
    QFETCH(bool, byExecutor);
    StartRequest r = request({s("--wait")});
    r.config.memoryLimitMb = limit;
    m_executor->startWorker(r);
    EVENTUALLY(hasPrinted(r, "waiting"));
    if (byExecutor)
        m_executor->killWorker(r.executorId);
    for (const qint64 pid : byExecutor ? QList<qint64>() : processesWithExecutorId({r.executorId}))
        kill(static_cast<pid_t>(pid), SIGKILL);
    QTRY_COMPARE_WITH_TIMEOUT(m_exited->size(), 1, patience);
    QCOMPARE(exitOf().message.englishText(), s("SIGKILL"));
    QVERIFY(!exitOf().outOfMemory);
}

void TestLimits::killReachesUntaggedProcesses()
{
    if (!m_canLimitMemory)
        QSKIP("this user cannot create cgroups with a memory limit");
    const QString pidFile = m_folder.filePath(s("escaped"));
    StartRequest r = request({s("--escape"), pidFile});
    r.config.memoryLimitMb = 256;
    m_executor->startWorker(r);
    const qint64 pid = pidIn(pidFile, patience);
    QVERIFY(pid > 0);
    QVERIFY(!processesWithExecutorId({r.executorId}).contains(pid));
    // All its ancestors end at once, so it cannot be found as a descendant.
    for (const qint64 tagged : processesWithExecutorId({r.executorId}))
        kill(static_cast<pid_t>(tagged), SIGKILL);
    QTRY_COMPARE_WITH_TIMEOUT(m_exited->size(), 1, patience);
    EVENTUALLY(!isAlive(pid));
}

void TestLimits::cpuIsLimited()
{
    if (!m_canLimitCpu)
        QSKIP("this user cannot create cgroups with a CPU limit");
    StartRequest r = request({s("--burn")});
    r.config.cpuLimit = 0.3;
    QSignalSpy ignored(m_executor.get(), &WorkerExecutor::limitIgnored);
    m_executor->startWorker(r);
    EVENTUALLY(processesWithExecutorId({r.executorId}).size() >= 3);
    QVERIFY(sample());
    const double before = m_stats.value(r.executorId).cpuSeconds;
    QElapsedTimer elapsed;
    elapsed.start();
    double used = 0;
    EVENTUALLY(sample() && (used = m_stats.value(r.executorId).cpuSeconds - before) > 0.6);
    // Two processes use up to two cores. The measurement may be off by one period at both ends.
    const double ratio = used / (double(elapsed.elapsed()) / 1000.0);
    QVERIFY2(ratio < 0.45, qPrintable(QString::number(ratio)));
    // While other programs leave less than the limit to the two processes, the limit does not act.
    EVENTUALLY(std::ranges::any_of(ownFolders(), [](const QString &folder) {
        return valueOf(CgroupFiles::read(folder + s("/cpu.stat")), "nr_throttled") > 0;
    }));
    QCOMPARE(ignored.size(), 0);
}

void TestLimits::ignoredCpuLimitIsReportedOnce()
{
    m_executor->setCgroups(std::make_shared<Cgroups>(std::make_shared<FakeCgroups>(m_folder.path())));
    QSignalSpy ignored(m_executor.get(), &WorkerExecutor::limitIgnored);
    QList<StartRequest> requests;
    for (int i = 0; i < 3; ++i) {
        requests.append(request({s("--eat"), s("100")}));
        requests.last().config.memoryLimitMb = 64; // enforced by the health monitor
        requests.last().config.cpuLimit = i == 0 ? 0 : 1;
        if (i == 0)
            QTest::failOnWarning(QRegularExpression(s(".*")));
        else if (i == 1)
            QTest::ignoreMessage(QtWarningMsg, "test workers: the CPU limit is not enforced, because this user cannot "
                                               "write to the required cgroups");
        m_executor->startWorker(requests.last());
    }
    for (const StartRequest &r : std::as_const(requests))
        EVENTUALLY(hasPrinted(r, "waiting"));
    QCOMPARE(ignored.size(), 1); // once for all workers
    QCOMPARE(ignored.first().at(0).toString(), requests.at(1).executorId);
    QCOMPARE(ignored.first().at(1).value<Message>(), Message("cpu_limit_ignored"));
    EVENTUALLY(sample() && m_stats.value(requests.first().executorId).memoryBytes > 100 * mib);
    QCOMPARE(m_exited->size(), 0);
}

void TestLimits::cgroupThatCannotBeEnteredIsReported()
{
    QTemporaryDir tree;
    // These are not the files of the kernel, so writing to cgroup.procs has no effect for a child process.
    const auto files = std::make_shared<FakeCgroups>(tree.path());
    files->mountV1();
    m_executor->setCgroups(std::make_shared<Cgroups>(files));
    QSignalSpy ignored(m_executor.get(), &WorkerExecutor::limitIgnored);
    QSignalSpy started(m_executor.get(), &WorkerExecutor::workerStarted);
    StartRequest r = request({s("--wait")});
    r.config.cpuLimit = 1;
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(s("could not enter its cgroup and runs without limits")));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(s("is not enforced")));
    m_executor->startWorker(r);
    QTRY_COMPARE_WITH_TIMEOUT(started.size(), 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(ignored.size(), 1, patience);
    EVENTUALLY(hasPrinted(r, "waiting"));
}

void TestLimits::openFilesAreLimited_data()
{
    rlimit present = {};
    getrlimit(RLIMIT_NOFILE, &present);
    QTest::addColumn<int>("limit");
    QTest::addColumn<QString>("expected");
    QTest::newRow("limit") << 100 << s("files 100 100");
    QTest::newRow("no limit") << 0 << s("files %1 %2").arg(present.rlim_cur).arg(present.rlim_max);
    if (present.rlim_max < 1'000'000) // root could raise it, but must not
        QTest::newRow("above the hard limit") << int(present.rlim_max) + 1 << s("files %1 %1").arg(present.rlim_max);
}

void TestLimits::openFilesAreLimited()
{
    QFETCH(int, limit);
    QFETCH(QString, expected);
    StartRequest r = request({s("--limits")});
    r.config.openFilesLimit = limit;
    m_executor->startWorker(r);
    QTRY_COMPARE_WITH_TIMEOUT(m_exited->size(), 1, patience);
    QCOMPARE(exitOf().lastLines, QStringList{expected});
}

void TestLimits::countsCpuOfEndedTools()
{
    const QString go = m_folder.filePath(s("go"));
    const StartRequest r = request({s("--burn-children"), go});
    m_executor->startWorker(r);
    EVENTUALLY(hasPrinted(r, "up"));
    QVERIFY(sample());
    const WorkerStats before = m_stats.value(r.executorId);
    QCOMPARE(before.cpuPercent, 0.0);
    FakeCgroups::put(go, {});
    EVENTUALLY(hasPrinted(r, "waiting"));
    QVERIFY(sample());
    const WorkerStats after = m_stats.value(r.executorId);
    QCOMPARE(after.processes, before.processes); // the tool started and ended between the samples
    QVERIFY2(after.cpuSeconds - before.cpuSeconds >= 0.35, qPrintable(QString::number(after.cpuSeconds)));
    QVERIFY2(after.cpuSeconds - before.cpuSeconds < 1, qPrintable(QString::number(after.cpuSeconds)));
    QVERIFY(after.cpuPercent > 0);
    QVERIFY(sample());
    QVERIFY(m_stats.value(r.executorId).cpuSeconds >= after.cpuSeconds);
}

void TestLimits::memoryIsMeasuredExactlyNearTheLimit()
{
    // Four processes share 64 MB, which the inexact measurement counts as 256 MB.
    StartRequest r = request({s("--share"), s("64")});
    m_executor->startWorker(r);
    QTRY_COMPARE_WITH_TIMEOUT(FakeCgroups::textOf(r.logPath).count(s("waiting")), 4, patience);
    QVERIFY(sample());
    QVERIFY(m_stats.value(r.executorId).memoryBytes > 200 * mib);
    StartRequest limited = request({s("--share"), s("64")});
    limited.config.memoryLimitMb = 160;
    m_executor->startWorker(limited);
    QTRY_COMPARE_WITH_TIMEOUT(FakeCgroups::textOf(limited.logPath).count(s("waiting")), 4, patience);
    QVERIFY(sample());
    const qint64 bytes = m_stats.value(limited.executorId).memoryBytes;
    constexpr qint64 most = isSanitized ? 200 : 130; // a sanitizer adds about 20 MB in each process
    QVERIFY2(bytes > 64 * mib && bytes < most * mib, qPrintable(QString::number(bytes / mib)));
    QCOMPARE(m_exited->size(), 0);
}

void TestLimits::measuresOutput()
{
    const StartRequest r = request({s("--wait")});
    m_executor->startWorker(r);
    EVENTUALLY(hasPrinted(r, "waiting"));
    QVERIFY(sample());
    QCOMPARE(m_stats.value(r.executorId).outputBytes, QFileInfo(r.logPath).size());
    QVERIFY(QFile::remove(r.logPath));
    QVERIFY(sample());
    QCOMPARE(m_stats.value(r.executorId).outputBytes, -1);
}

int main(int argc, char *argv[])
{
    runLimitProgram(argc, argv);
    QCoreApplication app(argc, argv);
    TestLimits test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_limits.moc"
