// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/managerwatch.h"

#include <algorithm>

namespace lifeguard {
namespace {

constexpr seconds gonePeriod{60}; // twelve heartbeats of a manager
/// The longest counted time between two records. Records are made every 5 s; a longer gap means that the worker itself
/// was suspended.
constexpr seconds longestGap{10};

} // namespace

void ManagerWatch::recordHeartbeat(milliseconds now, const std::optional<QDateTime> &heartbeat)
{
    if (!heartbeat) {
        m_isGone = true;
        return;
    }
    if (*heartbeat != m_heartbeat)
        m_unchangedFor = milliseconds(0);
    else if (m_lastRecord && now - *m_lastRecord <= longestGap)
        m_unchangedFor += std::max(milliseconds(0), now - *m_lastRecord);
    m_heartbeat = *heartbeat;
    m_lastRecord = now;
    if (m_unchangedFor >= gonePeriod)
        m_isGone = true;
}

} // namespace lifeguard
