// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/message.h"

#include <QtGlobal>

namespace lifeguard {

/// The resource use of a worker's process tree, as its executor measures it. A value type.
struct WorkerStats
{
    double cpuPercent = 0; ///< of one core, since the previous sample; 0 in the first sample
    double cpuSeconds = 0; ///< used since the start of the worker, including processes that have ended; never decreases
    qint64 memoryBytes = 0; ///< memory shared between processes is counted once
    bool isMemoryLimited = false; ///< the kernel enforces the memory limit of the worker
    qint64 outputBytes = -1; ///< size of the log; -1: unknown
    char state = '?'; ///< of the worker process: R, S, D, T (stopped), t (stopped by a debugger), Z
    int processes = 0;
    bool beatsInDatabase = false; ///< the worker writes its heartbeat to its row every 5 s, even while it is busy
    bool unhealthy = false; ///< the container's own HEALTHCHECK fails
    Message unknownReason; ///< if it is not empty, why nothing is known at the moment; all other members are then out
                           ///< of date
};

} // namespace lifeguard
