// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QDateTime>

#include <optional>

namespace lifeguard {

/// Decides whether the manager of a worker in a container is gone. Such a worker cannot see the manager's process and
/// relies on the manager's row in lifeguard_managers. Time in which the worker itself could not use the database does
/// not count.
class ManagerWatch
{
public:
    /// Records the state of the manager's row. now: Clock::steadyNow(). heartbeat: of the row; std::nullopt if the
    /// manager has no row.
    void recordHeartbeat(milliseconds now, const std::optional<QDateTime> &heartbeat);
    /// Records that the database could not be used. This time does not count, because the manager's heartbeats may have
    /// failed as well.
    void recordDatabaseError() { m_lastRecord.reset(); }

    /// Returns whether the manager has had no row for 10 s, or its heartbeat has not changed for a minute. The result
    /// never changes back to false.
    [[nodiscard]] bool isGone() const { return m_isGone; }

private:
    std::optional<milliseconds> m_lastRecord; ///< not set if the database could not be used since then
    QDateTime m_heartbeat;
    bool m_hasRow = false;
    milliseconds m_unchangedFor{0};
    bool m_isGone = false;
};

} // namespace lifeguard
