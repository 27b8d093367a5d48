// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QSet>
#include <QString>
#include <QStringList>

#include <optional>

namespace lifeguard {

/// One line of the process table.
struct ProcessEntry
{
    qint64 pid = 0;
    qint64 parent = 0;
    quint64 startTime = 0; ///< clock ticks after boot
    char state = '?'; ///< R, S, D, T, Z, …
    quint64 cpuTicks = 0; ///< user and system, its own
    quint64 childTicks = 0; ///< of its children that have ended and that it waited for, and of theirs
    qint64 residentBytes = 0;
    QByteArray name; ///< of its program, at most 15 bytes
};

/// The process table at one moment. Reads /proc: some milliseconds; not for the GUI thread.
class ProcessTable
{
public:
    [[nodiscard]] static ProcessTable read();
    [[nodiscard]] const QHash<qint64, ProcessEntry> &entries() const { return m_entries; }
    /// root, if it is there, and everything below it.
    [[nodiscard]] QList<ProcessEntry> treeOf(qint64 root) const;
    [[nodiscard]] QList<qint64> childrenOf(qint64 pid) const { return m_children.value(pid); }

private:
    QHash<qint64, ProcessEntry> m_entries;
    QHash<qint64, QList<qint64>> m_children;
};

/// What the process table says of one process now; nothing if it is not there. One small file is read.
[[nodiscard]] std::optional<ProcessEntry> processEntry(qint64 pid);

/// Processes of ours whose environment carries one of these LIFEGUARD_EXECUTOR_IDs. Scans /proc/*/environ: only when killing.
[[nodiscard]] QList<qint64> processesTagged(const QSet<QString> &executorIds);

/// Kills (SIGKILL) the trees below these pids and everything tagged with these ids, again and again until nothing is left
/// (a tree that forks meanwhile is caught), never this process. Blocks for some milliseconds: not for the GUI thread.
void killTrees(const QList<qint64> &roots, const QSet<QString> &executorIds);

/// Collects the exit of orphans that came to this process as a subreaper. known: pids somebody else waits for.
void reapOrphans(const QSet<qint64> &known);

/// The same for a program that starts others which nobody lists here: a child that is seen to have ended is collected with the
/// next look only, so that whoever waits for it (a QProcess) has had the time to, and keeps its exit code.
class OrphanReaper
{
public:
    void look(const QSet<qint64> &known);

private:
    QSet<qint64> m_ended; ///< at the last look, and not collected
};

} // namespace lifeguard
