// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/message.h"
#include "core/pool/managerlimits.h"

#include <limits>
#include <optional>

namespace lifeguard {

/// How many more workers may be started now.
struct StartRoom
{
    int workers = std::numeric_limits<int>::max(); ///< never negative
    Message limit; ///< the limit that allows no more: "limited by max_total_workers"

    /// own: the living workers of this manager, also those that are being ended. others: those of the other managers
    /// of this machine; std::nullopt: not known yet, so that max_machine_workers allows none.
    [[nodiscard]] static StartRoom within(const ManagerLimits &limits, int own, std::optional<int> others);
};

} // namespace lifeguard
