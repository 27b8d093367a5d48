// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/scalingconfig.h"

#include <QList>

namespace lifeguard {

/// One of the pools of a manager that share the target of a job type.
struct ScalingPart
{
    ExecutionMode mode = ExecutionMode::Direct; ///< the settled mode of the pool
    ScalingBounds bounds;
    bool canStart = true; ///< false: the pool is crash-looping, paused, blocked or stopped, or its mode is not settled
                          ///< yet

    bool operator==(const ScalingPart &) const = default;
};

/// Divides numbers of workers among pools. Pure functions.
class ScalingShares
{
public:
    /// Returns the range of all pools together, which Autoscaler uses. Pools that cannot start do not count. cpuCount:
    /// counts once for all pools without a max of their own.
    [[nodiscard]] static ScalingBounds joint(const QList<ScalingPart> &parts, int cpuCount);
    /// Divides the workers of a type among its pools and returns their counts, in the order of the parts: each pool
    /// gets its min first, then the pools of the preferred mode are filled up to their max, then the others. Pools that
    /// cannot start get none. Pools of one mode are filled in the order of the list.
    [[nodiscard]] static QList<int> divide(int workers, ExecutionMode prefer, const QList<ScalingPart> &parts);
    /// Divides max_total_workers among the job types and returns their shares, in the order of wanted: no type gets
    /// more than it wants, and a type that gets less than it wants gets as much as any other one, up to a remainder of
    /// one worker. wanted: ScalingDecision::wanted of each type.
    [[nodiscard]] static QList<int> fair(const QList<int> &wanted, int total);
};

} // namespace lifeguard
