// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// What a worker's tree uses.
struct WorkerStats
{
    double cpuPercent = 0; ///< of one core, since the sample before; 0 for the first
    double cpuSeconds = 0; ///< used since its start, by processes that have ended meanwhile too; never falls
    qint64 memoryBytes = 0; ///< of the tree, what its processes share counted once
    qint64 outputBytes = -1; ///< size of its log; -1: unknown
    char state = '?'; ///< of the worker itself: R, S, D, T (stopped), t (held by a debugger), Z
    int processes = 0;
    bool beatsInDatabase = false; ///< a worker of ours in a container: its heartbeat is in its row, every 5 s, while it works too
    bool unhealthy = false; ///< a check of its own (a container's HEALTHCHECK) fails
    QString unknownWhy; ///< not empty: nothing can be learnt of it just now, and why; all else is of old
};

} // namespace lifeguard
