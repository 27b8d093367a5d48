// SPDX-License-Identifier: GPL-3.0-or-later
// What it costs to measure hundreds of workers once a second: trees of three sleeping processes, this program's own size.
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

pid_t tree(int children)
{
    const pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < children && fork() != 0; ++i) { }
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
        roots.append(tree(2));
        targets.insert(QString::number(i), {roots.last(), QStringLiteral("/proc/self/status"), 0});
    }
    for (const qint64 mark : {qint64(0), qint64(1)}) { // 1 byte: all are near it, so the most are measured exactly
        for (SampleTarget &target : targets)
            target.memoryMark = mark;
        WorkerSampler sampler;
        constexpr int rounds = 20;
        qsizetype processes = 0;
        const double before = cpuMs();
        for (int i = 0; i < rounds; ++i) {
            processes = 0;
            for (const WorkerStats &stats : sampler.sample(targets))
                processes += stats.processes;
        }
        out << workers << " workers, " << processes << " processes, " << (mark ? qMin(workers, WorkerSampler::mostExact) : 0)
            << " exactly: " << QString::number((cpuMs() - before) / rounds, 'f', 1) << " ms of CPU a sample\n";
    }
    out.flush();
    killTrees(roots, {});
    while (wait(nullptr) > 0) { }
    return 0;
}
