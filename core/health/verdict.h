// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/message.h"
#include "core/model/workerstate.h"

#include <optional>

namespace lifeguard {

/// What to do about a worker.
enum class Remedy { None, Stop, Kill };

/// The assessed state of a worker, the reason, and what to do.
struct Verdict
{
    WorkerState state = WorkerState::Starting;
    Message reason; ///< empty if the worker is healthy
    Remedy remedy = Remedy::None;
    std::optional<milliseconds> hungIn; ///< of a suspect worker: the time until it counts as hung unless it becomes
                                        ///< active

    bool operator==(const Verdict &) const = default;
};

} // namespace lifeguard
