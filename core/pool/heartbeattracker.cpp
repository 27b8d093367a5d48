// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/heartbeattracker.h"

#include <algorithm>

namespace lifeguard {

std::optional<milliseconds> HeartbeatTracker::silence(const QString &key, const QDateTime &mark, const QDateTime &utcNow, milliseconds storeNow)
{
    const auto known = m_seen.find(key);
    if (known == m_seen.end()) {
        // What is without a time has been silent since nobody knows when.
        const milliseconds age = mark.isValid() ? milliseconds(std::max<qint64>(0, mark.msecsTo(utcNow))) : std::chrono::hours(24);
        m_seen.insert(key, {mark, age, storeNow, true});
        return {};
    }
    known->asked = true;
    if (known->mark != mark)
        *known = {mark, milliseconds(0), storeNow, true};
    const milliseconds watched = storeNow - known->seenAt;
    if (watched < watchedAtLeast)
        return {};
    return known->age + watched;
}

void HeartbeatTracker::noticeJumps(int jumps, milliseconds storeNow)
{
    if (jumps == m_jumps)
        return;
    m_jumps = jumps;
    for (Sighting &sighting : m_seen) {
        sighting.age += storeNow - sighting.seenAt;
        sighting.seenAt = storeNow;
    }
}

void HeartbeatTracker::endRound()
{
    m_seen.removeIf([](const auto &entry) { return !entry.value().asked; });
    for (Sighting &sighting : m_seen)
        sighting.asked = false;
}

} // namespace lifeguard
