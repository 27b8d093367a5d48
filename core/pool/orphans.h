// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/pool/heartbeattracker.h"
#include "core/store/database.h"

#include <QHash>
#include <QString>

#include <mutex>
#include <optional>

namespace lifeguard {

struct OwnedWorker;
struct RescueView;

/// What can be seen of a worker that still lives although its manager is gone.
struct OrphanObservation
{
    bool beats = true; ///< into the database, as ours do once nobody mirrors their beats; commands of the user's own need not
    std::optional<milliseconds> stopped; ///< its process has been seen stopped (T) for so long
    std::optional<milliseconds> silence; ///< its heartbeat has stood still for so long; nothing: not watched for long enough yet
    std::optional<milliseconds> jobAge; ///< of the job it has begun; nothing: none, or not known
    seconds maxJobTime{600};
};

/// An orphan finishes its job and leaves, or goes on until it is adopted (detach); nobody judges its health meanwhile. Why it will
/// do neither, in words; nothing while it may. Whoever is so is killed, or its job would be processing for ever.
[[nodiscard]] std::optional<QString> unrecoverableReason(const OrphanObservation &orphan);

/// Looks at the orphans of a database again and again, and kills those that are lost. Only reads: one that was stopped in the
/// middle of a transaction keeps the lock of the writers, and nobody could write anything before it is gone.
class OrphanWatch
{
public:
    /// Answers how many were killed now. Blocks for some milliseconds where somebody is. On one thread.
    [[nodiscard]] Result<int> look(Database &database, const Clock &clock, const RescueView &view);
    /// Why a worker was killed, until its rows are closed; empty: it was not. Any thread.
    [[nodiscard]] QString whyKilled(const QString &executorId) const;

private:
    [[nodiscard]] OrphanObservation observe(const OwnedWorker &worker, const Clock &clock, const RescueView &view);

    HeartbeatTracker m_heartbeats;
    QHash<QString, milliseconds> m_stoppedSince; ///< by executor id; steady time
    int m_jumps = 0;
    mutable std::mutex m_mutex;
    QHash<QString, QString> m_killed; ///< by executor id; guarded by m_mutex
};

} // namespace lifeguard
