// SPDX-License-Identifier: GPL-3.0-or-later
#include "benchmark.h"

#include "throughputbenchmark.h"

namespace lifeguard::bench {

const QList<Benchmark> &allBenchmarks()
{
    static const QList<Benchmark> all{
        {QStringLiteral("throughput"), QStringLiteral("noop jobs per second of 1 to 400 workers"), false,
         measureThroughput},
    };
    return all;
}

} // namespace lifeguard::bench
