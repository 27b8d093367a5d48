// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/managerwatch.h"

#include <algorithm>

namespace lifeguard {
namespace {

constexpr seconds gonePeriod{60}; // twelve heartbeats of a manager
/// A manager whose row was deleted by another program registers again at its next heartbeat, unless it is gone.
constexpr seconds missingPeriod{10};
/// The longest counted time between two records. Records are made every 5 s; a longer gap means that the worker itself
/// was suspended.
constexpr seconds longestGap{10};

} // namespace

void ManagerWatch::recordHeartbeat(milliseconds now, const std::optional<QDateTime> &heartbeat)
{
    const bool hasRow = heartbeat.has_value();
    if (hasRow != m_hasRow || heartbeat.value_or(QDateTime()) != m_heartbeat)
        m_unchangedFor = milliseconds(0);
    else if (m_lastRecord && now - *m_lastRecord <= longestGap)
        m_unchangedFor += std::max(milliseconds(0), now - *m_lastRecord);
    m_heartbeat = heartbeat.value_or(QDateTime());
    m_hasRow = hasRow;
    m_lastRecord = now;
    if (m_unchangedFor >= (hasRow ? gonePeriod : missingPeriod))
        m_isGone = true;
}

} // namespace lifeguard
