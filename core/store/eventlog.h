// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/event.h"
#include "core/store/database.h"

namespace lifeguard {

/// What happened and why: lifeguard_events, and worker_events for the kinds CLM knows (worker_starting, worker_registered,
/// worker_ready, worker_stopping, worker_stopped, worker_failed, pool_starting, pool_started, pool_stopping, pool_stopped).
class EventLog
{
public:
    EventLog(Database &database, const Clock &clock) : m_db(database), m_clock(clock) { }

    Status add(const Event &event); ///< event.at is filled where invalid
    /// Newest first. executorId: of that worker only; text: a part of what is shown of it, or its job's number; empty: all.
    Result<QList<Event>> list(int limit, const QString &executorId = {}, const QString &text = {});
    Result<QList<Event>> ofJob(qint64 jobId); ///< oldest first

private:
    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
