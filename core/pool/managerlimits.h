// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// Limits for the growth of pools that scale (docs/architecture/pools.md, "Scaling"). 0: no limit.
struct ManagerLimits
{
    int maxTotalWorkers = 0; ///< of this manager
    int maxMachineWorkers = 0; ///< of all managers on this machine that use the same database

    bool operator==(const ManagerLimits &) const = default;
};

} // namespace lifeguard
