// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processtree.h"

#include <optional>

namespace lifeguard {

/// The CPU that one tree has used, from one look at the process table after another, those of its processes included that
/// came and went between two looks. Values; one thread.
///
/// A process that ends and is waited for adds its ticks to its parent's childTicks: what was counted while it lived must not
/// count again. Where nobody waits, or an orphan leaves the tree, the ticks are simply gone: the sum must not fall. So each
/// process is counted by how much it grew, and what has vanished below an ancestor is taken off what comes to it.
class TreeCpu
{
public:
    /// tree: everything that lives of it now. Answers the sum since the tree's start, in clock ticks; never less than before.
    quint64 add(const QList<ProcessEntry> &tree);

private:
    struct Seen
    {
        quint64 startTime = 0;
        qint64 parent = 0;
        quint64 own = 0;
        quint64 children = 0;
    };

    QHash<qint64, Seen> m_seen;
    /// By ancestor: ticks counted already, of vanished processes whose end it had not been told at the last look. The table is
    /// not read in one moment, so they may come one look late; after that they are taken for lost.
    QHash<qint64, quint64> m_owed;
    quint64 m_total = 0;
};

/// What a tree has resident.
struct TreeMemory
{
    qint64 bytes = 0; ///< what processes of the same program share with each other counted once
    qint64 atMost = 0; ///< everything counted as often as it is mapped

    bool operator==(const TreeMemory &) const = default;
};

/// Reads /proc/PID/statm of each: some 10 µs a process. What is private of each process is added up; of what it shares (files,
/// shared memory) the largest amount for each program name counts, as a browser's processes share one program.
[[nodiscard]] TreeMemory treeMemory(const QList<ProcessEntry> &tree);

/// The same from resident, shared and name; for what statm of each process says.
struct ProcessMemory
{
    QByteArray name;
    qint64 resident = 0; ///< bytes
    qint64 shared = 0; ///< bytes, part of resident
};
[[nodiscard]] TreeMemory sumOf(const QList<ProcessMemory> &processes);

/// The kernel's exact count (proportional set size: a page that n processes map counts 1/n for each): /proc/PID/smaps_rollup
/// walks all pages, 1 ms for 100 MB and more. Nothing where one of them cannot be read.
[[nodiscard]] std::optional<qint64> exactTreeMemory(const QList<ProcessEntry> &tree);

} // namespace lifeguard
