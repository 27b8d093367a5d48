// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/message.h"
#include "core/pool/heartbeattracker.h"
#include "core/pool/orphanobservation.h"
#include "core/store/database.h"

#include <QHash>
#include <QString>

#include <mutex>

namespace lifeguard {

struct OwnedWorker;
struct RescueView;

/// Observes the orphans of a database and kills those that are lost (unrecoverableReason()). It only reads the
/// database: an orphan that was stopped in the middle of a transaction holds the write lock, and nobody could write
/// before it is gone.
class OrphanWatch
{
public:
    /// Examines all orphans and kills the lost ones. Returns how many were killed. Blocks for some milliseconds if it
    /// kills. Call it always on the same thread.
    [[nodiscard]] Result<int> poll(Database &database, const Clock &clock, const RescueView &view);
    /// Returns why a worker was killed, until its rows are closed; empty if it was not. Any thread.
    [[nodiscard]] Message killReason(const QString &executorId) const;

private:
    [[nodiscard]] OrphanObservation observe(const OwnedWorker &worker, const Clock &clock, const RescueView &view);

    HeartbeatTracker m_heartbeats;
    QHash<QString, milliseconds> m_stoppedSince; ///< steady time by executor id
    int m_jumpCount = 0;
    mutable std::mutex m_mutex;
    QHash<QString, Message> m_killed; ///< by executor id; guarded by m_mutex
};

} // namespace lifeguard
