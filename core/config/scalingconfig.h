// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/config/executionmode.h"
#include "core/config/poollimits.h"
#include "core/config/scalingperiod.h"

#include <QList>

#include <optional>

namespace lifeguard {

struct ConfigError;

/// The range of a pool's number of workers at one moment.
struct ScalingBounds
{
    int min = 0;
    int max = 1; ///< not below min
    bool isMaxCpuCount = false; ///< max is the number of CPUs, because the configuration contains none

    bool operator==(const ScalingBounds &) const = default;
};

/// The key scaling of a pool: how its number of workers follows the jobs of its type. Autoscaler decides. A value type;
/// validate it before use.
struct ScalingConfig
{
    static constexpr int maxWorkers = poollimits::scalingMax.max; ///< the maximum of min and max
    static constexpr int maxTargetPerWorker = poollimits::targetPerWorker.max;

    int min = 0; ///< 0 to maxWorkers; as with a fixed count, free memory does not limit it
    std::optional<int> max; ///< 1 to maxWorkers; std::nullopt: the number of CPUs
    int targetPerWorker = 4; ///< jobs per worker, pending and running ones together; at least 1
    seconds scaleUpAfter{0}; ///< more workers must have been needed for this long before some are started
    seconds scaleDownAfter{300}; ///< fewer workers must have been needed for this long before some leave
    ExecutionMode prefer = ExecutionMode::Direct; ///< Direct or Docker: the pool that is filled first, if two pools of
                                                  ///< the type scale
    QList<ScalingPeriod> schedule; ///< the first period that includes the present time applies

    bool operator==(const ScalingConfig &) const = default;

    /// Returns all errors; an empty list if the configuration is valid. The fields are "scaling.min",
    /// "scaling.schedule[0].from", ….
    [[nodiscard]] QList<ConfigError> validate() const;
    /// Returns the range that applies at this local time.
    [[nodiscard]] ScalingBounds boundsAt(const QDateTime &localTime, int cpuCount) const;
    /// Returns whether two pools of one type can share a target: all values are equal except the limits and the
    /// schedule.
    [[nodiscard]] bool canShareTargetWith(const ScalingConfig &other) const;
};

} // namespace lifeguard
