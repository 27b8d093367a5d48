// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/message.h"

#include <QString>

namespace lifeguard {

/// The resources that the process tree of a worker uses, and what its executor knows about it.
struct WorkerStats
{
    double cpuPercent = 0; ///< of one core, since the previous sample; 0 in the first sample
    double cpuSeconds = 0; ///< CPU time since its start, including processes that have ended; never decreases
    qint64 memoryBytes = 0; ///< of the whole tree; memory that its processes share counts once
    qint64 outputBytes = -1; ///< size of its log; -1 if unknown
    char state = '?'; ///< of the worker itself: R, S, D, T (stopped), t (held by a debugger), Z
    int processes = 0;
    bool beatsInDatabase = false; ///< lifeguard-worker in a container: it updates last_heartbeat in its row every 5 s, also while it works
    bool unhealthy = false; ///< its own check (HEALTHCHECK of its container) fails
    Message unknownReason; ///< if not empty: why the worker cannot be observed at the moment; the other values are then out of date
};

} // namespace lifeguard
