// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/event.h"
#include "core/store/database.h"

namespace lifeguard {

/// Records and reads events in lifeguard_events. Events of kinds that CLM accepts are also recorded in CLM's
/// worker_events. Synchronous; on the thread of its database.
class EventLog
{
public:
    EventLog(Database &database, const Clock &clock) : m_db(database), m_clock(clock) {}

    /// Records the event, with the present time if event.at is invalid.
    [[nodiscard]] Status add(const Event &event);
    /// Returns the newest events, newest first. With an executor id, only the events of this worker; with a text, only
    /// those that contain the text in a field or belong to the job with this number.
    [[nodiscard]] Result<QList<Event>> list(int limit, const QString &executorId = {}, const QString &text = {});
    /// Returns the oldest events with a higher number than this one, oldest first.
    [[nodiscard]] Result<QList<Event>> after(qint64 id, int limit);
    /// Returns the events of a job, oldest first.
    [[nodiscard]] Result<QList<Event>> ofJob(qint64 jobId);

private:
    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
