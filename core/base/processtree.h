// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QSet>
#include <QString>

namespace lifeguard {

/// Returns the pids of the processes whose environment contains LIFEGUARD_EXECUTOR_ID with one of these values. Scans
/// /proc/*/environ, which is expensive: call it only to kill processes, never periodically.
[[nodiscard]] QList<qint64> processesWithExecutorId(const QSet<QString> &executorIds);

/// Sends SIGKILL to the process trees below these pids and to all processes with these executor ids, repeatedly until
/// none is left, so that processes forked in the meantime are killed too. Never kills this process or pid 1. Blocks for
/// some milliseconds. Not for the GUI thread.
void killTrees(const QList<qint64> &roots, const QSet<QString> &executorIds);

} // namespace lifeguard
