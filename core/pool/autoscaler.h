// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/scalingconfig.h"
#include "core/model/message.h"
#include "core/pool/scalinghistory.h"

#include <QList>
#include <QStringList>

#include <optional>

namespace lifeguard {

/// The jobs and the workers of one job type.
struct ScalingLoad
{
    qint64 pending = 0; ///< pending jobs in the whole queue
    qint64 running = 0; ///< jobs being processed in the whole queue, by workers of all managers and programs
    int otherWorkers = 0; ///< living workers of other managers, and of own pools with a fixed count, that take jobs:
                          ///< neither paused nor being ended
    int present = 0; ///< the count of the own pools of the type; includes workers that are starting or are about to be
                     ///< replaced, but not those that are being ended

    bool operator==(const ScalingLoad &) const = default;
};

/// What the machine and the manager have room for.
struct ScalingLimits
{
    qint64 machineMemory = 0; ///< bytes; 0: unknown
    qint64 availableMemory = 0; ///< bytes that can be used without swapping; ignored if machineMemory is unknown
    qint64 workerMemory = 0; ///< bytes that a worker of the type needs, measured while workers processed jobs; 0:
                             ///< unknown
    qint64 usedMemory = 0; ///< bytes that the present workers of the type use now
    std::optional<int> totalRoom; ///< workers that may be started before the manager has max_total_workers, including
                                  ///< those that are being ended; std::nullopt: no limit
    std::optional<int> machineRoom; ///< likewise, before this machine has max_machine_workers
    std::optional<int> totalShare; ///< the part of max_total_workers for this type (ScalingShares::fair()), if all
                                   ///< types together want more; std::nullopt: no limit

    bool operator==(const ScalingLimits &) const = default;
};

/// Everything that a decision depends on, except the time and the history.
struct ScalingRequest
{
    ScalingConfig config; ///< its limits and its schedule are ignored; bounds applies
    ScalingBounds bounds; ///< ScalingConfig::boundsAt(), or ScalingShares::joint() for several pools of the type
    ScalingLoad load;
    ScalingLimits limits;
    int rank = 0; ///< the number of other living managers that scale this type and whose id sorts before the own one

    bool operator==(const ScalingRequest &) const = default;
};

/// What kept a decision from the number of workers that are needed.
enum class ScalingLimit {
    None,
    Minimum, ///< more than needed, because of min
    Maximum, ///< max
    CpuCount, ///< the number of CPUs, because there is no max
    Memory,
    TotalWorkers, ///< max_total_workers
    MachineWorkers, ///< max_machine_workers
};

/// A decision about the number of workers of a type.
struct ScalingDecision
{
    int from = 0; ///< ScalingLoad::present
    int to = 0; ///< the new count of the own pools of the type
    int needed = 0; ///< needed at the moment, before all limits
    int steady = 0; ///< needed in consideration of the recent past, before all limits except min
    int wanted = 0; ///< steady within the bounds, before the limits of the machine and the manager
    ScalingLimit limit = ScalingLimit::None; ///< the one that determined to
    ScalingHistory history; ///< for the next decision

    bool operator==(const ScalingDecision &) const = default;
    [[nodiscard]] bool isChange() const { return from != to; }
};

/// A worker that may leave when its pool becomes smaller.
struct ScalingWorker
{
    QString executorId;
    int index = 0;
    bool isBusy = false; ///< it processes a job, according to its beat or its row
    bool isEnding = false; ///< its end was requested already
};

/// Decides how many workers of a type run. Pure functions.
///
/// A worker is needed for each targetPerWorker jobs, pending or running, unless another manager has one. More workers
/// start at once, or when more have been needed for scaleUpAfter. Workers leave when fewer have been needed for
/// scaleDownAfter: the number follows the maximum of this window, in all steps, including those to and from 0. A
/// greater min, a lower max and a lower share apply at once; a lower min applies one window later. Limits of memory and
/// room only restrict growth, so that workers that use memory do not cause their own end.
class Autoscaler
{
public:
    /// The part of the machine's memory that is kept free: one tenth.
    static constexpr qint64 memoryReserveDivisor = 10;
    /// The additional time, per rank, before workers start or leave, in which a manager sees what the managers before
    /// it do. All managers of a type see the same shortage and the same surplus, and would otherwise all make up for
    /// it.
    static constexpr milliseconds rankDelay{3000};

    /// Decides about the number of workers. history: of the previous decision; empty for the first one, which counts
    /// the present workers as needed until now. Call it at least once a second, or at every change of the load; but not
    /// while the pools cannot start workers. now: Clock::steadyNow().
    [[nodiscard]] static ScalingDecision decide(const ScalingRequest &request, const ScalingHistory &history,
                                                milliseconds now);
    /// Returns the decision with its numbers: "4 → 6: 41 pending, 8 per worker".
    [[nodiscard]] static Message describe(const ScalingRequest &request, const ScalingDecision &decision);
    /// Returns the executor ids of the workers that leave, in this order: idle workers (starting ones count as idle),
    /// then busy ones; those with the highest index first. All of them must be drained, without a time limit: an idle
    /// worker may claim a job before it receives the signal. Leaves out workers that are being ended already, which do
    /// not count towards surplus.
    [[nodiscard]] static QStringList leaving(const QList<ScalingWorker> &workers, int surplus);
};

} // namespace lifeguard
