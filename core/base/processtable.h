// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QSet>

#include <optional>

namespace lifeguard {

/// One process in the process table (/proc/PID/stat).
struct ProcessEntry
{
    qint64 pid = 0;
    qint64 parent = 0;
    quint64 startTime = 0; ///< clock ticks after boot
    char state = '?'; ///< R, S, D, T, Z, …
    quint64 cpuTicks = 0; ///< user and system time of the process itself, in clock ticks
    quint64 childTicks = 0; ///< the same for children that were waited for, and their descendants
    qint64 residentBytes = 0;
    QByteArray name; ///< of the program, at most 15 bytes
};

/// A snapshot of the process table. A value type.
class ProcessTable
{
public:
    /// Reads /proc, which takes some milliseconds. Not for the GUI thread. without: pids of processes that are left
    /// out, which saves the time.
    [[nodiscard]] static ProcessTable read(const QSet<qint64> &without = {});
    [[nodiscard]] const QHash<qint64, ProcessEntry> &entries() const { return m_entries; }
    /// Returns the process root and all its descendants; an empty list if root is not in the table.
    [[nodiscard]] QList<ProcessEntry> treeOf(qint64 root) const;
    [[nodiscard]] QList<qint64> childrenOf(qint64 pid) const { return m_children.value(pid); }

private:
    QHash<qint64, ProcessEntry> m_entries;
    QHash<qint64, QList<qint64>> m_children;
};

/// Returns the children of a process. Reads only files of this process, if the kernel lists its children.
[[nodiscard]] QList<qint64> childrenOf(qint64 pid);

/// Reads the current table entry of one process; nothing if there is no such process. Reads one small file.
[[nodiscard]] std::optional<ProcessEntry> processEntry(qint64 pid);

} // namespace lifeguard
