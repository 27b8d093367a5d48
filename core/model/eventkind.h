// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The kinds of events. The database stores them by name (toString()).
enum class EventKind {
    Unknown, ///< a kind of another version of the program; Event::unknownKind has its stored name
    PoolStarting,
    PoolStarted,
    PoolStopping,
    PoolStopped,
    PoolCrashLooping,
    PoolMode, ///< the pool's automatic execution mode was decided
    PoolReconfigured, ///< the configuration was changed while the pool existed
    PoolPaused,
    PoolResumed,
    PoolScaled, ///< the count followed the pending jobs
    WorkerStarting,
    WorkerRegistered,
    WorkerReady,
    WorkerStopping,
    WorkerDraining,
    WorkerStopped,
    WorkerFailed,
    WorkerSuspect,
    WorkerHung,
    WorkerRecovered,
    WorkerAdopted,
    WorkerLimit, ///< a resource limit of the worker could not be applied
    MachineSlept,
    ClockSet,
    JobReturned, ///< the job is pending again, and the attempt does not count
    JobInterrupted, ///< the worker ended during the job, and the attempt counts
    JobGivenUp,
    Rescued, ///< jobs of workers without a manager were returned to the queue
    CleanedUp, ///< leftovers of earlier runs were removed
    Command, ///< another program sent a command to the manager
    SubmissionEnded, ///< the last job of a submission has ended
    PruningAnnounced, ///< history will be deleted for the first time
    Pruned, ///< history was deleted
    ConfigApplied, ///< the pools of a configuration file were started, or follow its changed version
    ConfigRefused, ///< a configuration file, or one of its pools, cannot be applied
};

/// Returns the stored name of the kind ("worker_failed"); empty for Unknown.
[[nodiscard]] QString toString(EventKind kind);
/// Returns the kind with this stored name; Unknown for every other text.
[[nodiscard]] EventKind eventKindFromString(const QString &name);

/// Returns whether events of this kind are about a pool.
[[nodiscard]] bool isPoolEvent(EventKind kind);
/// Returns whether events of this kind are about a worker.
[[nodiscard]] bool isWorkerEvent(EventKind kind);

} // namespace lifeguard
