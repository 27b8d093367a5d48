// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QDateTime>

#include <optional>

namespace lifeguard {

/// Decides whether the manager of a worker in a container is gone. Such a worker cannot see the manager's process and
/// relies on the manager's row in lifeguard_managers. Only time in which the worker itself could use the database counts.
class ManagerWatch
{
public:
    /// Records what the database contains about the manager. now: Clock::steadyNow(). heartbeat: that of the manager's row, or
    /// nothing if there is no such row.
    void recordHeartbeat(milliseconds now, const std::optional<QDateTime> &heartbeat);
    /// Records that the database could not be used: nothing is known about this time, because the manager's heartbeats may
    /// have failed as well.
    void recordDatabaseError() { m_lastRecord.reset(); }

    /// Returns whether the manager has removed its row, or its heartbeat has not changed for a minute. Once true, it stays
    /// true.
    [[nodiscard]] bool isGone() const { return m_isGone; }

private:
    std::optional<milliseconds> m_lastRecord; ///< nothing if the database could not be used since
    QDateTime m_heartbeat;
    milliseconds m_unchangedFor{0};
    bool m_isGone = false;
};

} // namespace lifeguard
