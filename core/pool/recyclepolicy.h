// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"
#include "core/model/message.h"

namespace lifeguard {

/// When a worker is drained and replaced: after a number of jobs, or above an amount of memory. A pure function.
class RecyclePolicy
{
public:
    /// Returns why the worker is due; empty if it is not. finishedJobs: completed or failed. memoryBytes: its whole
    /// process tree.
    [[nodiscard]] static Message reason(const WorkerConfig &config, qint64 finishedJobs, qint64 memoryBytes);
};

} // namespace lifeguard
