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
/// database: an orphan that was stopped in the middle of a transaction holds the write lock, so that no program can
/// write until the orphan is killed.
class OrphanWatch
{
public:
    /// Examines all orphans, kills the lost ones, and returns their number. Blocks for some milliseconds if it kills
    /// any. Always call it on the same thread.
    [[nodiscard]] Result<int> poll(Database &database, const Clock &clock, const RescueView &view);
    /// Returns why this class killed a worker whose rows are still open; empty for all other workers. Any thread.
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
