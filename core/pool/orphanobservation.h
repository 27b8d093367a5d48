// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/message.h"

#include <optional>

namespace lifeguard {

/// The observations of an orphan: a worker that is alive although its manager is gone. An orphan finishes its job and
/// exits or, if it is detached, works until it is adopted. No other class judges the health of orphans.
struct OrphanObservation
{
    bool beats = true; ///< whether it beats into the database; commands of the user need not
    std::optional<milliseconds> stopped; ///< for how long its process has been seen stopped (T); not set: it is not
                                         ///< stopped
    std::optional<milliseconds> silence; ///< for how long its heartbeat has not changed; not set: not observed for long
                                         ///< enough
    std::optional<milliseconds> jobAge; ///< the age of its begun job; not set: there is none, or the age is not known
    seconds maxJobTime{600}; ///< of its begun job, or else of its pool

    bool operator==(const OrphanObservation &) const = default;
};

/// Returns why the orphan can neither finish nor recover; std::nullopt if it can. Such an orphan is lost and must be
/// killed, or its job would stay in processing forever. A pure function.
[[nodiscard]] std::optional<Message> unrecoverableReason(const OrphanObservation &orphan);

} // namespace lifeguard
