// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QList>
#include <QSet>
#include <QString>

namespace lifeguard {

/// Returns the pids of the processes whose environment contains LIFEGUARD_EXECUTOR_ID with one of these values. Scans
/// /proc/*/environ, which is expensive: call it only to kill processes, never periodically.
[[nodiscard]] QList<qint64> processesWithExecutorId(const QSet<QString> &executorIds);

/// Sends SIGKILL to the process trees below these pids and to all processes with these executor ids, repeatedly until
/// none is left, so that processes forked in the meantime are killed too. Never kills this process or pid 1. members:
/// more roots, by pid, which are killed only if they have this start time. Blocks for some milliseconds. Without
/// executor ids, reads only files of the trees; otherwise scans /proc once per round. Not for the GUI thread.
void killTrees(const QList<qint64> &roots, const QSet<QString> &executorIds,
               const QHash<qint64, quint64> &members = {});

/// Kills and reaps all descendants of this process, which must be a child subreaper, so that no descendant can leave
/// its tree. Reads only the files of descendants, whatever number of other processes there are. For programs that are
/// about to end: it also reaps the children of other code.
void killDescendants();

} // namespace lifeguard
