// SPDX-License-Identifier: GPL-3.0-or-later
#include "benchmark.h"

#include "backlogbenchmark.h"
#include "commandsbenchmark.h"
#include "converterbenchmark.h"
#include "dockerbenchmark.h"
#include "enqueuebenchmark.h"
#include "idlebenchmark.h"
#include "latencybenchmark.h"
#include "memorybenchmark.h"
#include "monitorbenchmark.h"
#include "recoverybenchmark.h"
#include "retentionbenchmark.h"
#include "startbenchmark.h"
#include "tablebenchmark.h"
#include "throughputbenchmark.h"
#include "turnsbenchmark.h"

namespace lifeguard::bench {

const QList<Benchmark> &allBenchmarks()
{
    static const QList<Benchmark> all{
        {QStringLiteral("start"), QStringLiteral("starting and stopping 1 to 1,000 workers"), false, measureStart},
        {QStringLiteral("recovery"), QStringLiteral("from the end of a killed worker to the restart of its job"), false,
         measureRecovery},
        {QStringLiteral("throughput"), QStringLiteral("noop jobs per second of 1 to 400 workers"), false,
         measureThroughput},
        {QStringLiteral("turns"),
         QStringLiteral("waits of 8 and 64 workers for the write lock, and their shares of the jobs"), false,
         measureTurns},
        {QStringLiteral("backlog"), QStringLiteral("noop jobs per second next to up to 1,000,000 pending jobs"), false,
         measureBacklog},
        {QStringLiteral("enqueue"), QStringLiteral("adding jobs: one by one, in bulk, lifeguardctl submit"), false,
         measureEnqueue},
        {QStringLiteral("commands"), QStringLiteral("answers of a manager to commands of other programs"), false,
         measureCommands},
        {QStringLiteral("memory"), QStringLiteral("memory of an idle worker, and of the dashboard"), false,
         measureMemory},
        {QStringLiteral("monitor"), QStringLiteral("CPU time of a manager of 1,000 idle workers"), false,
         measureMonitor},
        {QStringLiteral("retention"), QStringLiteral("deletion of old jobs next to working workers"), false,
         measureRetention},
        {QStringLiteral("tables"), QStringLiteral("the dashboard with a million jobs and a thousand workers"), true,
         measureTables},
        {QStringLiteral("converters"), QStringLiteral("diagrams, notebooks and drawings, next to their tools"), false,
         measureConverters},
        {QStringLiteral("docker"), QStringLiteral("starting 1 to 64 containers, next to docker run"), false,
         measureDocker},
        {QStringLiteral("latency"), QStringLiteral("from adding a job to its claim by one of 1 to 64 idle workers"),
         false, measureLatency},
        {QStringLiteral("idle"), QStringLiteral("CPU time, writes and reads of 16 idle workers and their manager"),
         false, measureIdle},
    };
    return all;
}

} // namespace lifeguard::bench
