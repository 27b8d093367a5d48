// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QDateTime>
#include <QHash>
#include <QString>

#include <optional>

namespace lifeguard {

/// A heartbeat in the database that has not changed for longer is stale. A process that can be judged only by its
/// heartbeat counts as alive until then.
constexpr seconds staleHeartbeat{30};

/// Measures for how long times that others wrote (a heartbeat, the begin of a job) have not changed. It measures what
/// it has observed itself, because the wall clock may be set, the machine may sleep, and a locked database takes
/// nobody's beat: an old time is no evidence until it was observed for minObservation without an interruption. A living
/// worker beats within that time.
class HeartbeatTracker
{
public:
    static constexpr seconds minObservation{30};

    /// Returns for how long the time of this key has not changed; nothing while it has not been observed for long
    /// enough. An invalid time counts as very old. storeNow: StoreClock::now().
    [[nodiscard]] std::optional<milliseconds> silence(const QString &key, const QDateTime &time,
                                                      const QDateTime &utcNow, milliseconds storeNow);
    /// Begins all observations again if there was a clock jump since the last call. jumpCount: StoreClock::jumpCount().
    void handleJumps(int jumpCount, milliseconds storeNow);
    /// Forgets the keys that were not queried since the last call.
    void forgetUnused();

private:
    struct Entry
    {
        QDateTime time;
        milliseconds age{0}; ///< of time, when the observation began
        milliseconds observedSince{0}; ///< store time
        bool isUsed = true;
    };
    QHash<QString, Entry> m_entries;
    int m_jumpCount = 0;
};

} // namespace lifeguard
