// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QDateTime>

#include <optional>

namespace lifeguard {

/// Whether the manager of a worker in a container, which cannot see it as a process, is still there: by its row in
/// lifeguard_managers. Only time in which we could use the database ourselves counts against it.
class ManagerWatch
{
public:
    /// We have beaten, and this is the manager's heartbeat; nothing: it has no row. now: steady.
    void look(milliseconds now, const std::optional<QDateTime> &heartbeat);
    /// The database could not be used: nothing was learnt, and the manager's own beats may have failed, too.
    void missed() { m_lastLook.reset(); }

    /// It took its row away, or its heartbeat has stood still for a minute. Stays so.
    [[nodiscard]] bool isGone() const { return m_isGone; }

private:
    std::optional<milliseconds> m_lastLook; ///< since which the database could be used
    QDateTime m_heartbeat;
    milliseconds m_still{0};
    bool m_isGone = false;
};

} // namespace lifeguard
