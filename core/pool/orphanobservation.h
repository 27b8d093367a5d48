// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/message.h"

#include <optional>

namespace lifeguard {

/// What is known about an orphan: a worker that lives although its manager is gone. An orphan finishes its job and
/// exits, or works until it is adopted (detached). Nobody else judges its health meanwhile.
struct OrphanObservation
{
    bool beats = true; ///< it beats into the database; commands of the user need not
    std::optional<milliseconds> stopped; ///< for how long its process has been seen stopped (T); nothing: it is not
    std::optional<milliseconds> silence; ///< for how long its heartbeat has not changed; nothing: not observed for long
                                         ///< enough
    std::optional<milliseconds> jobAge; ///< of the job that it has begun; nothing: none, or not known
    seconds maxJobTime{600};

    bool operator==(const OrphanObservation &) const = default;
};

/// Returns why the orphan can neither finish nor recover (it is lost, and must be killed, or its job would be
/// processing forever); nothing if it can. A pure function.
[[nodiscard]] std::optional<Message> unrecoverableReason(const OrphanObservation &orphan);

} // namespace lifeguard
