// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/managerwatch.h"

#include <algorithm>

namespace lifeguard {
namespace {

constexpr seconds patience{60}; ///< twelve of its beats
constexpr seconds longestGap{10}; ///< between two looks, which come every 5 s: after a longer one, it was we who stood still

} // namespace

void ManagerWatch::look(milliseconds now, const std::optional<QDateTime> &heartbeat)
{
    if (!heartbeat) {
        m_isGone = true;
        return;
    }
    if (*heartbeat != m_heartbeat)
        m_still = milliseconds(0);
    else if (m_lastLook && now - *m_lastLook <= longestGap)
        m_still += std::max(milliseconds(0), now - *m_lastLook);
    m_heartbeat = *heartbeat;
    m_lastLook = now;
    if (m_still >= patience)
        m_isGone = true;
}

} // namespace lifeguard
