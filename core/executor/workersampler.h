// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/treecpu.h"
#include "core/executor/workerexecutor.h"

#include <QHash>
#include <QSet>

namespace lifeguard {

class ProcessTable;

/// A worker to measure.
struct SampleTarget
{
    qint64 pid = 0;
    QString logPath;
    qint64 memoryMark = 0; ///< bytes of memory at which the worker is killed or recycled; 0: none
    bool isGuarded = false; ///< the pid is that of a guard, whose child is the worker
};

/// Measures the process trees of workers. Reads the process table once for all workers, which takes 30 ms of CPU time
/// for 300 workers with three processes each (lifeguard-bench monitor). Processes that belong to no worker are read
/// only at every tenth sample: a process cannot become a descendant of a worker later. Exact memory usage is expensive,
/// so it is read only where a decision depends on it: for trees that may be near their mark, and if there are many of
/// these, for the nearest ones. Blocks; not for the GUI thread; not reentrant.
class WorkerSampler
{
public:
    /// A tree is near its mark if its memory, with shared memory counted for each process, exceeds this fraction of the
    /// mark.
    static constexpr double nearMark = 0.8;
    /// The maximum number of trees that are measured exactly in one sample. The tree of a browser takes 5 to 10 ms, so
    /// the cost stays below a fifth of a core.
    static constexpr int maxExactTrees = 16;

    /// Returns measurements by executor id. Workers whose process has ended are missing.
    [[nodiscard]] QHash<QString, WorkerStats> sample(const QHash<QString, SampleTarget> &targets);
    /// Returns the processes that the last or an earlier sample found in the tree of each worker and that were alive at
    /// the last one, with their start times, by pid. A daemon that has left the tree is still among them.
    [[nodiscard]] const QHash<QString, QHash<qint64, quint64>> &members() const { return m_members; }

private:
    [[nodiscard]] ProcessTable readTable(const QHash<QString, SampleTarget> &targets);
    void findOutsiders(const ProcessTable &table);

    /// The CPU time of a tree at the last sample.
    struct Account
    {
        qint64 pid = 0;
        TreeCpu cpu;
        quint64 ticks = 0;
        milliseconds at{0};
    };

    QHash<QString, Account> m_accounts;
    QHash<QString, QHash<qint64, quint64>> m_members;
    QSet<qint64> m_outsiders; ///< pids of processes that belong to no worker
    int m_partialSamples = 0; ///< since all processes were read
};

} // namespace lifeguard
