// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/event.h"
#include "core/store/database.h"

namespace lifeguard {

/// Records and reads events: lifeguard_events, and CLM's worker_events for the kinds that CLM knows. Synchronous; on
/// the thread of its database.
class EventLog
{
public:
    EventLog(Database &database, const Clock &clock) : m_db(database), m_clock(clock) {}

    /// Records the event, with the present time if event.at is invalid.
    [[nodiscard]] Status add(const Event &event);
    /// Returns the newest events, newest first: those of the worker with this executor id, or those that contain the
    /// text in one of their fields or have it as the number of their job. Empty: all.
    [[nodiscard]] Result<QList<Event>> list(int limit, const QString &executorId = {}, const QString &text = {});
    /// Returns the events of a job, oldest first.
    [[nodiscard]] Result<QList<Event>> ofJob(qint64 jobId);

private:
    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
