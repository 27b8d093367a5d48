// SPDX-License-Identifier: GPL-3.0-or-later
// Measures the CPU time of one sample of the CPU and memory usage of all workers. The workers are trees of three
// sleeping processes.
//   bench_sampling [WORKERS]
#include "core/base/processtree.h"
#include "core/executor/workersampler.h"
#include "core/model/workerstats.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTextStream>

#include <ctime>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lifeguard;

namespace {

double cpuMs()
{
    timespec used = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return double(used.tv_sec) * 1000 + double(used.tv_nsec) / 1e6;
}

/// Starts a process with this number of child processes; all of them sleep.
pid_t startTree(int children)
{
    const pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < children && fork() != 0; ++i) {}
        for (;;)
            pause();
    }
    return pid;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);
    const int workers = argc > 1 ? QString::fromLocal8Bit(argv[1]).toInt() : 300;
    QList<qint64> roots;
    QHash<QString, SampleTarget> targets;
    for (int i = 0; i < workers; ++i) {
        roots.append(startTree(2));
        targets.insert(QString::number(i), {roots.last(), QStringLiteral("/proc/self/status"), 0});
    }
    // With a mark of 1 byte, every worker is near its limit, so that as many as possible are measured exactly.
    for (const qint64 mark : {qint64(0), qint64(1)}) {
        for (SampleTarget &target : targets)
            target.memoryMark = mark;
        WorkerSampler sampler;
        constexpr int rounds = 20;
        qsizetype processes = 0;
        const double before = cpuMs();
        for (int i = 0; i < rounds; ++i) {
            processes = 0;
            const auto samples = sampler.sample(targets);
            for (const WorkerStats &stats : samples)
                processes += stats.processes;
        }
        out << workers << " workers, " << processes << " processes, "
            << (mark ? qMin(workers, WorkerSampler::maxExactTrees) : 0)
            << " of them exactly: " << QString::number((cpuMs() - before) / rounds, 'f', 1)
            << " ms of CPU time per sample\n";
    }
    out.flush();
    killTrees(roots, {});
    while (wait(nullptr) > 0) {}
    return 0;
}
