// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// Limits for the number of workers (docs/architecture/pools.md, "Scaling"). No worker is ended because of them. 0: no
/// limit.
struct ManagerLimits
{
    int maxTotalWorkers = 0; ///< of this manager
    int maxMachineWorkers = 0; ///< of all managers on this machine that use the same database

    bool operator==(const ManagerLimits &) const = default;
};

} // namespace lifeguard
