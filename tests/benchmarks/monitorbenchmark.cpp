// SPDX-License-Identifier: GPL-3.0-or-later
#include "monitorbenchmark.h"

#include "measuring.h"
#include "openfiles.h"
#include "requirement.h"

#include "core/base/processtree.h"
#include "core/base/procfile.h"
#include "core/executor/workersampler.h"
#include "core/model/workerstats.h"
#include "tests/support/pooltest.h"

#include <QElapsedTimer>

#include <cstdio>
#include <ctime>
#include <functional>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lifeguard::bench {
namespace {

using test::PoolTest;
using test::waitUntil;

constexpr int patienceMs = 300000; ///< 1,000 workers need minutes on a busy machine
constexpr double targetMs = 20;
constexpr int rounds = 20; ///< of a sample
constexpr int helpers = 2; ///< child processes of a worker with a tool

double cpuMs()
{
    timespec used = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return double(used.tv_sec) * 1000 + double(used.tv_nsec) / 1e6;
}

/// Returns the CPU time in ms of one call.
double cpuOf(const std::function<void()> &function)
{
    const double before = cpuMs();
    for (int i = 0; i < rounds; ++i)
        function();
    return (cpuMs() - before) / rounds;
}

/// Sleeping processes with children, in place of workers with their tools. The destructor ends them.
class SleepingTrees
{
public:
    SleepingTrees(int count, int children)
    {
        for (int i = 0; i < count; ++i)
            m_roots.append(start(children));
        m_processes = qint64(count) * (children + 1);
    }
    ~SleepingTrees()
    {
        killTrees(m_roots, {});
        while (wait(nullptr) > 0) {}
    }
    Q_DISABLE_COPY_MOVE(SleepingTrees)

    /// memoryMark: of all trees. With a mark of 1 byte, all of them are near their limit.
    [[nodiscard]] QHash<QString, SampleTarget> targets(qint64 memoryMark) const
    {
        QHash<QString, SampleTarget> targets;
        for (const qint64 root : m_roots)
            targets.insert(QString::number(root), {root, QStringLiteral("/proc/self/status"), memoryMark});
        return targets;
    }
    [[nodiscard]] QList<qint64> roots() const { return m_roots; }
    [[nodiscard]] qint64 processes() const { return m_processes; }

private:
    static pid_t start(int children)
    {
        const pid_t pid = fork();
        if (pid == 0) {
            for (int i = 0; i < children && fork() != 0; ++i) {}
            for (;;)
                pause();
        }
        return pid;
    }

    QList<qint64> m_roots;
    qint64 m_processes = 0;
};

/// Reads the two files of each process that tell its CPU time and its memory, without looking at their content.
void readBare(const QList<qint64> &pids)
{
    for (const qint64 pid : pids) {
        for (const char *name : {"stat", "statm"}) {
            char path[64];
            std::snprintf(path, sizeof path, "/proc/%lld/%s", static_cast<long long>(pid), name);
            (void)readProcFile(path);
        }
    }
}

qint64 processesIn(const QHash<QString, WorkerStats> &samples)
{
    qint64 processes = 0;
    for (const WorkerStats &stats : samples)
        processes += stats.processes;
    return processes;
}

void measureSampling(Report &report, int workers, int children, qint64 memoryMark)
{
    const SleepingTrees trees(workers, children);
    const QHash<QString, SampleTarget> targets = trees.targets(memoryMark);
    WorkerSampler sampler;
    require(waitUntil([&] { return processesIn(sampler.sample(targets)) == trees.processes(); }, patienceMs),
            QStringLiteral("Some of the sleeping processes did not start."));
    const QList<qint64> all = allPids();
    const double bare = cpuOf([&all] { readBare(all); });
    const double sample = cpuOf([&] { (void)sampler.sample(targets); });
    report.add({QStringLiteral("sample of %1 trees of %2 processes%3")
                    .arg(workers)
                    .arg(children + 1)
                    .arg(memoryMark > 0 ? QStringLiteral(", near their limit") : QString()),
                sample,
                QStringLiteral("ms CPU"),
                Limit{QStringLiteral("reading /proc"), bare},
                children == 0 && memoryMark == 0 ? std::optional(Target::valueAtMost(targetMs)) : std::nullopt,
                {}});
}

/// Measures everything that a manager does in a second.
void measureManager(Report &report, int workers, int ticks)
{
    PoolTest pool;
    require(pool.begin(), QStringLiteral("The manager did not start."));
    (void)valueOf(pool.manager->startPool(PoolTest::noop(workers)));
    require(waitUntil([&] { return pool.manager->pools().constFirst().alive == workers; }, patienceMs),
            QStringLiteral("The workers did not register."));
    const auto wait = [](int seconds) {
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < seconds * 1000)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    };
    wait(2); // the consequences of the start
    const QList<qint64> all = allPids();
    const double bare = cpuOf([&all] { readBare(all); });
    const double before = cpuMs();
    const Stopwatch watch;
    wait(ticks);
    const double perSecond = (cpuMs() - before) / watch.seconds();
    report.add({QStringLiteral("manager of %1 workers, per tick").arg(workers),
                perSecond,
                QStringLiteral("ms CPU"),
                Limit{QStringLiteral("reading /proc"), bare},
                Target::valueAtMost(targetMs),
                {}});
    bool isStopped = false;
    QObject::connect(pool.manager.get(), &WorkerPoolManager::allStopped, pool.manager.get(), [&] { isStopped = true; });
    pool.manager->stopAll();
    require(waitUntil([&] { return isStopped; }, patienceMs), QStringLiteral("The workers did not stop."));
}

} // namespace

void measureMonitor(Report &report, const Sizes &sizes)
{
    const int workers = sizes.choose(1000, 50);
    raiseOpenFiles();
    report.setting(QStringLiteral("tick"), QStringLiteral("all that the manager does in a second, in all threads"));
    measureManager(report, workers, sizes.choose(10, 2));
    measureSampling(report, workers, 0, 0);
    measureSampling(report, workers, helpers, 0);
    measureSampling(report, workers, helpers, 1);
}

} // namespace lifeguard::bench
