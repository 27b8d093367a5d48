// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QHash>

#include <optional>

namespace lifeguard {

/// A heartbeat in the database that has stood still for longer is stale: what cannot be seen otherwise counts as living until then.
constexpr seconds staleHeartbeat{30};

/// For how long the marks of others (a heartbeat, the begin of a job) have not changed, as seen with one's own eyes: the clock of
/// the wall may be set, the machine may sleep, and a database that is locked takes nobody's beat. So an old mark says nothing until
/// it was watched for watchedAtLeast without disturbance; a living worker of ours or CLX's beats within that time.
class HeartbeatTracker
{
public:
    static constexpr seconds watchedAtLeast{30};

    /// How long the mark stands; nothing while it has not been watched for long enough. storeNow: time that stands still
    /// while the database cannot be used (WorkerPoolManager::storeNow()).
    [[nodiscard]] std::optional<milliseconds> silence(const QString &key, const QDateTime &mark, const QDateTime &utcNow, milliseconds storeNow);
    /// The machine slept or the like, if jumps is another number than the last time: all are watched anew.
    void noticeJumps(int jumps, milliseconds storeNow);
    /// Ends a round: what was not asked for in it is forgotten.
    void endRound();

private:
    struct Sighting
    {
        QDateTime mark;
        milliseconds age{0}; ///< of the mark at seenAt
        milliseconds seenAt{0}; ///< watched since
        bool asked = true;
    };
    QHash<QString, Sighting> m_seen;
    int m_jumps = 0;
};

} // namespace lifeguard
