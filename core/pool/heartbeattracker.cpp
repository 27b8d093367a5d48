// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/heartbeattracker.h"

#include <algorithm>

namespace lifeguard {
namespace {

constexpr std::chrono::hours ageWithoutTime{24};

} // namespace

std::optional<milliseconds> HeartbeatTracker::silence(const QString &key, const QDateTime &time,
                                                      const QDateTime &utcNow, milliseconds storeNow)
{
    const auto known = m_entries.find(key);
    if (known == m_entries.end()) {
        milliseconds age = ageWithoutTime;
        if (time.isValid())
            age = milliseconds(std::max<qint64>(0, time.msecsTo(utcNow)));
        m_entries.insert(key, {time, age, storeNow, true});
        return {};
    }
    known->isUsed = true;
    if (known->time != time)
        *known = {time, milliseconds(0), storeNow, true};
    const milliseconds observed = storeNow - known->observedSince;
    if (observed < minObservation)
        return {};
    return known->age + observed;
}

void HeartbeatTracker::handleJumps(int jumpCount, milliseconds storeNow)
{
    if (jumpCount == m_jumpCount)
        return;
    m_jumpCount = jumpCount;
    for (Entry &entry : m_entries) {
        entry.age += storeNow - entry.observedSince;
        entry.observedSince = storeNow;
    }
}

void HeartbeatTracker::forgetUnused()
{
    m_entries.removeIf([](const auto &entry) { return !entry.value().isUsed; });
    for (Entry &entry : m_entries)
        entry.isUsed = false;
}

} // namespace lifeguard
