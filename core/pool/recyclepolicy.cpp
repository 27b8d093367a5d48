// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/recyclepolicy.h"

namespace lifeguard {

Message RecyclePolicy::reason(const WorkerConfig &config, qint64 finishedJobs, qint64 memoryBytes)
{
    if (config.recycleAfterJobs > 0 && finishedJobs >= config.recycleAfterJobs)
        return Message("recycle_after_jobs", finishedJobs, {});
    const qint64 memoryMb = memoryBytes / (1024 * 1024);
    if (config.recycleAboveMb > 0 && memoryMb > config.recycleAboveMb)
        return Message("recycle_above_memory", {memoryMb, config.recycleAboveMb});
    return {};
}

} // namespace lifeguard
