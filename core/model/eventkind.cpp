// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/eventkind.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lifeguard {
namespace {

// The names are stored in databases and read by other programs, so the meaning of a name must never change.
constexpr std::array<std::pair<EventKind, const char *>, 35> kindNames{
    {{EventKind::PoolStarting, "pool_starting"},
     {EventKind::PoolStarted, "pool_started"},
     {EventKind::PoolStopping, "pool_stopping"},
     {EventKind::PoolStopped, "pool_stopped"},
     {EventKind::PoolCrashLooping, "pool_crash_looping"},
     {EventKind::PoolMode, "pool_mode"},
     {EventKind::PoolReconfigured, "pool_reconfigured"},
     {EventKind::PoolPaused, "pool_paused"},
     {EventKind::PoolResumed, "pool_resumed"},
     {EventKind::PoolScaled, "pool_scaled"},
     {EventKind::WorkerStarting, "worker_starting"},
     {EventKind::WorkerRegistered, "worker_registered"},
     {EventKind::WorkerReady, "worker_ready"},
     {EventKind::WorkerStopping, "worker_stopping"},
     {EventKind::WorkerDraining, "worker_draining"},
     {EventKind::WorkerStopped, "worker_stopped"},
     {EventKind::WorkerFailed, "worker_failed"},
     {EventKind::WorkerSuspect, "worker_suspect"},
     {EventKind::WorkerHung, "worker_hung"},
     {EventKind::WorkerRecovered, "worker_recovered"},
     {EventKind::WorkerAdopted, "worker_adopted"},
     {EventKind::WorkerLimit, "worker_limit"},
     {EventKind::MachineSlept, "machine_slept"},
     {EventKind::ClockSet, "clock_set"},
     {EventKind::JobReturned, "job_returned"},
     {EventKind::JobInterrupted, "job_interrupted"},
     {EventKind::JobGivenUp, "job_given_up"},
     {EventKind::Rescued, "rescued"},
     {EventKind::CleanedUp, "cleaned_up"},
     {EventKind::Command, "command"},
     {EventKind::SubmissionEnded, "submission_ended"},
     {EventKind::PruningAnnounced, "pruning_announced"},
     {EventKind::Pruned, "pruned"},
     {EventKind::ConfigApplied, "config_applied"},
     {EventKind::ConfigRefused, "config_refused"}}};

} // namespace

QString toString(EventKind kind)
{
    const auto *found = std::find_if(kindNames.cbegin(), kindNames.cend(),
                                     [kind](const auto &entry) { return entry.first == kind; });
    return found == kindNames.cend() ? QString() : QString::fromLatin1(found->second);
}

EventKind eventKindFromString(const QString &name)
{
    const auto *found = std::find_if(kindNames.cbegin(), kindNames.cend(),
                                     [&name](const auto &entry) { return name == QLatin1String(entry.second); });
    return found == kindNames.cend() ? EventKind::Unknown : found->first;
}

bool isPoolEvent(EventKind kind)
{
    return kind >= EventKind::PoolStarting && kind <= EventKind::PoolScaled;
}

bool isWorkerEvent(EventKind kind)
{
    return kind >= EventKind::WorkerStarting && kind <= EventKind::WorkerLimit;
}

} // namespace lifeguard
