// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processtable.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace lifeguard {

/// The resident memory of a process tree.
struct TreeMemory
{
    qint64 bytes = 0; ///< memory shared between processes of the same program is counted once
    qint64 atMost = 0; ///< shared memory is counted for each process that maps it

    bool operator==(const TreeMemory &) const = default;
};

/// The memory of one process as /proc/PID/statm reports it.
struct ProcessMemory
{
    QByteArray name; ///< of the program
    qint64 resident = 0; ///< bytes
    qint64 shared = 0; ///< bytes, part of resident
};

/// Returns the memory of a tree, read from /proc/PID/statm of each process (about 10 µs each).
[[nodiscard]] TreeMemory treeMemory(const QList<ProcessEntry> &tree);

/// Returns the memory of a tree with these processes: the sum of their private memory, plus, for each program name, the
/// largest amount of shared memory (files, shared memory segments). The processes of a browser, for example, share the
/// memory of one program.
[[nodiscard]] TreeMemory treeMemory(const QList<ProcessMemory> &processes);

/// Returns the exact memory of a tree in bytes as the kernel accounts for it (proportional set size: a page mapped by n
/// processes counts 1/n for each); nothing if it cannot be read for one of the processes. Reads /proc/PID/smaps_rollup,
/// for which the kernel walks all pages: 1 ms for 100 MB, or more.
[[nodiscard]] std::optional<qint64> exactTreeMemory(const QList<ProcessEntry> &tree);

} // namespace lifeguard
