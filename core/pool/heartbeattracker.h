// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/pool/foreignworkers.h"

#include <QDateTime>
#include <QHash>
#include <QString>

#include <optional>

namespace lifeguard {

/// A heartbeat in the database that has not changed for longer than this is stale. Until then, a process that can be
/// judged only by its heartbeat counts as alive.
constexpr seconds staleHeartbeat{30};

/// Measures for how long times that other programs wrote (a heartbeat, the start of a job) have not changed. Only its
/// own observations count, because the wall clock may be set, the machine may sleep, and no program can write its beat
/// while the database is locked: an old time is no evidence until the tracker has observed it for minObservation
/// without an interruption. A living worker beats within that time.
class HeartbeatTracker
{
public:
    static constexpr seconds minObservation{30};

    /// Returns for how long the time of this key has not changed; std::nullopt until it has been observed for long
    /// enough. An invalid time counts as very old. storeNow: StoreClock::now().
    [[nodiscard]] std::optional<milliseconds> silence(const QString &key, const QDateTime &time,
                                                      const QDateTime &utcNow, milliseconds storeNow);
    /// Restarts all observations if there was a clock jump since the last call. jumpCount: StoreClock::jumpCount().
    void handleJumps(int jumpCount, milliseconds storeNow);
    /// Forgets the keys that were not queried since the last call.
    void forgetUnused();
    /// Further evidence about workers that do not beat.
    [[nodiscard]] ForeignProcesses &foreignProcesses() { return m_foreignProcesses; }

private:
    struct Entry
    {
        QDateTime time;
        milliseconds age{0}; ///< the age of time when the observation began
        milliseconds observedSince{0}; ///< store time
        bool isUsed = true;
    };
    QHash<QString, Entry> m_entries;
    int m_jumpCount = 0;
    ForeignProcesses m_foreignProcesses;
};

} // namespace lifeguard
