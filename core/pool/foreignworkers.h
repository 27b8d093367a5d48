// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/processidentity.h"

#include <QHash>
#include <QString>

#include <optional>

namespace lifeguard {

/// What is known about a worker that Lifeguard did not start.
struct ForeignWorkerFacts
{
    bool isBusy = false; ///< its row says so, or it has a processing job
    bool hasJobLimit = false; ///< the file belongs to CLX, whose workers have a job limit; those of CLM have none
    bool isProcessAlive = false; ///< a process on this machine has the worker's name in its environment
    ProcessPresence parent = ProcessPresence::Unknown; ///< the program that started it, if the row names one
    bool hasJobBeats = false; ///< it has a row in worker_heartbeats
    std::optional<milliseconds> jobBeatSilence; ///< of that row; std::nullopt until it has been observed for long
                                                ///< enough
    std::optional<milliseconds> silence; ///< of its row in workers and of the start of its job; likewise
    seconds longLimit{0}; ///< for a worker without evidence; foreignJobLimit() by default
};

/// Returns whether the worker counts as gone. A worker that may be alive keeps its job, because its late result would
/// overwrite that of another worker. Without any evidence, the long limit decides.
[[nodiscard]] bool isForeignWorkerGone(const ForeignWorkerFacts &facts);

/// The time after which a worker of CLX has finished or forgotten its job: the job limit of CLX and some slack.
inline constexpr seconds clxJobLimit{615};

/// Returns whether the silence of a worker is long enough to look for its process.
[[nodiscard]] bool isForeignWorkerDoubtful(const ForeignWorkerFacts &facts);

/// Returns the limit of a job whose foreign worker cannot be seen: LIFEGUARD_FOREIGN_JOB_LIMIT in seconds, or six
/// hours.
[[nodiscard]] seconds foreignJobLimit();

/// Finds the processes of foreign workers by the variable WORKER_ID in their environment. One scan of all environments
/// serves all workers, and is repeated at most once a minute.
class ForeignProcesses
{
public:
    /// now: of any clock that is the same for all calls.
    [[nodiscard]] bool isAlive(const QString &executorId, milliseconds now);

private:
    [[nodiscard]] bool isFound(const QString &executorId) const;
    void scan(milliseconds now);

    QMultiHash<QString, ProcessIdentity> m_processes; ///< by WORKER_ID, which the children of a worker inherit
    std::optional<milliseconds> m_scannedAt;
};

} // namespace lifeguard
