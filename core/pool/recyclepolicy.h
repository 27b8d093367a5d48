// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"
#include "core/model/message.h"

namespace lifeguard {

/// Decides when a worker is drained and replaced: after a number of jobs, or above an amount of memory. A pure
/// function.
class RecyclePolicy
{
public:
    /// Returns why the worker is due for replacement; empty if it is not. finishedJobs: completed or failed jobs.
    /// memoryBytes: of its whole process tree.
    [[nodiscard]] static Message reason(const WorkerConfig &config, qint64 finishedJobs, qint64 memoryBytes);
};

} // namespace lifeguard
