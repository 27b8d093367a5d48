// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/treecpu.h"
#include "core/executor/workerexecutor.h"

#include <QHash>

namespace lifeguard {

/// What to measure of one worker.
struct SampleTarget
{
    qint64 pid = 0;
    QString logPath;
    qint64 memoryMark = 0; ///< bytes at which something is done about its memory (a limit, recycling); 0: nothing is
    bool isGuarded = false; ///< the pid is that of a guard, and the worker a child of it
};

/// Measures the trees of workers. Reads the process table once for all, and a few numbers for each process of theirs: 30 ms
/// of CPU for 300 workers of three processes each (tests/benchmarks/bench_sampling). Exact memory is expensive, so it is read only where a decision hangs on it: of trees that may have come
/// near their mark, of the nearest few when there are many. Blocks: not for the GUI thread; one call at a time.
class WorkerSampler
{
public:
    /// Near: what its processes map, counted as often as they map it, has come to this part of the mark.
    static constexpr double nearMark = 0.8;
    /// Trees measured exactly in one sample. A browser's tree takes 5 to 10 ms: so this stays below a fifth of a core.
    static constexpr int mostExact = 16;

    /// By executor id. cpuPercent is since the sample before, 0 in the first.
    [[nodiscard]] QHash<QString, WorkerStats> sample(const QHash<QString, SampleTarget> &targets);

private:
    struct Account
    {
        qint64 pid = 0;
        TreeCpu cpu;
        quint64 ticks = 0;
        milliseconds at{0};
    };

    QHash<QString, Account> m_accounts;
};

} // namespace lifeguard
