// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"
#include "core/model/countsource.h"
#include "core/model/poolstate.h"

#include <QList>
#include <QMetaType>
#include <QString>

#include <optional>

namespace lifeguard {

/// A pool as the views show it.
struct PoolInfo
{
    QString name; ///< the name in a configuration file, or the job type, or "type-2" for the second such pool; unique
                  ///< within its manager
    QString managerId; ///< empty: this manager
    QString manager; ///< the short name of another manager, "run-4711"; empty: this manager
    WorkerConfig config; ///< config.count is the target number of workers
    PoolState state = PoolState::Stopped;
    int alive = 0; ///< registered workers
    QString reason; ///< why the pool is crash-looping or cannot start, or what it is waiting for
    QString mode; ///< "direct" or "docker"; empty: not decided yet
    QString modeReason; ///< "direct: Docker is not installed"; empty: the user has chosen the mode
    qint64 pendingJobs = 0; ///< pending jobs of its type
    int busy = 0; ///< the living workers that work on a job
    CountSource countSource = CountSource::Launch; ///< with config.scaling: Scaling, or Hand while it is suspended
    std::optional<ScalingBounds> scalingBounds; ///< the range that applies now; std::nullopt: the pool does not scale
    QString scalingDecision; ///< "4 → 6: 41 pending, 8 per worker"; empty before the first decision

    bool operator==(const PoolInfo &) const = default;
    /// Returns whether the pool belongs to this manager.
    [[nodiscard]] bool isOwn() const { return managerId.isEmpty(); }
    /// Returns the name that is unique in this database: "plantuml" for a pool of this manager, "plantuml@run-4711" for
    /// one of another manager.
    [[nodiscard]] QString key() const { return isOwn() ? name : QString(name + u'@' + manager); }
};

} // namespace lifeguard

Q_DECLARE_METATYPE(QList<lifeguard::PoolInfo>)
