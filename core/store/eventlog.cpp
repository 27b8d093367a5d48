// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/eventlog.h"

#include "core/base/timestamp.h"
#include "core/store/messagecolumns.h"

namespace lifeguard {
namespace {

Event eventOf(const QSqlQuery &row)
{
    Event event;
    event.id = row.value(0).toLongLong();
    event.at = fromSqlTime(row.value(1).toString());
    const QString kind = row.value(2).toString();
    event.kind = eventKindFromString(kind);
    if (event.kind == EventKind::Unknown)
        event.unknownKind = kind;
    event.pool = row.value(3).toString();
    event.executorId = row.value(4).toString();
    event.workerType = row.value(5).toString();
    event.workerId = row.value(6).toLongLong();
    event.jobId = row.value(7).toLongLong();
    event.message = Message::fromStored(row.value(9).toString(), row.value(10).toString(), row.value(8).toString());
    event.manager = row.value(11).toString();
    return event;
}

/// Returns whether the CHECK of CLM's worker_events accepts the kind (version 3 of its schema).
bool isKnownToClm(EventKind kind)
{
    switch (kind) {
    case EventKind::WorkerStarting:
    case EventKind::WorkerRegistered:
    case EventKind::WorkerReady:
    case EventKind::WorkerStopping:
    case EventKind::WorkerStopped:
    case EventKind::WorkerFailed:
    case EventKind::PoolStarting:
    case EventKind::PoolStarted:
    case EventKind::PoolStopping:
    case EventKind::PoolStopped:
        return true;
    default:
        return false;
    }
}

QVariant idOrNull(qint64 id)
{
    return id > 0 ? QVariant(id) : QVariant();
}

} // namespace

Status EventLog::add(const Event &event)
{
    Values values{{QStringLiteral("at"), toSqlTime(event.at.isValid() ? event.at : m_clock.utcNow())},
                  {QStringLiteral("kind"), event.kindName()},
                  {QStringLiteral("pool"), event.pool},
                  {QStringLiteral("executor_id"), event.executorId},
                  {QStringLiteral("worker_type"), event.workerType.isNull() ? QStringLiteral("") : event.workerType},
                  {QStringLiteral("worker_id"), idOrNull(event.workerId)},
                  {QStringLiteral("job_id"), idOrNull(event.jobId)},
                  {QStringLiteral("mode"), event.executorId.startsWith(QStringLiteral("direct-"))
                                               ? QVariant(QStringLiteral("direct"))
                                               : QVariant()}};
    values.insert(eventMessageValues(event.message));
    values.insert(QStringLiteral("manager"), event.manager.isEmpty() ? QVariant() : QVariant(event.manager));
    return m_db.transaction([&]() -> Status {
        values.insert(QStringLiteral("worker_event_id"), QVariant());
        if (isKnownToClm(event.kind) && m_db.hasTable(QStringLiteral("worker_events"))) {
            const Result<int> repeated = m_db.change("worker_event_add", values);
            if (!repeated)
                return failure(repeated.error());
            values.insert(QStringLiteral("worker_event_id"), m_db.lastInsertId());
        }
        return m_db.run("event_add", values);
    });
}

Result<QList<Event>> EventLog::list(int limit, const QString &executorId, const QString &text)
{
    QList<Event> events;
    if (!m_db.hasTable(QStringLiteral("lifeguard_events")))
        return events;
    const char *all = text.isEmpty() ? "events_list" : "events_matching";
    const Status done = m_db.run(executorId.isEmpty() ? all : "events_of_worker",
                                 {{QStringLiteral("limit"), limit},
                                  {QStringLiteral("executor_id"), executorId},
                                  {QStringLiteral("text"), text.toLower()}},
                                 [&events](const QSqlQuery &row) { events.append(eventOf(row)); });
    if (!done)
        return failure(done.error());
    return events;
}

Result<QList<Event>> EventLog::after(qint64 id, int limit)
{
    QList<Event> events;
    if (!m_db.hasTable(QStringLiteral("lifeguard_events")))
        return events;
    const Status done = m_db.run("events_after", {{QStringLiteral("id"), id}, {QStringLiteral("limit"), limit}},
                                 [&events](const QSqlQuery &row) { events.append(eventOf(row)); });
    if (!done)
        return failure(done.error());
    return events;
}

Result<QList<Event>> EventLog::ofJob(qint64 jobId)
{
    QList<Event> events;
    if (!m_db.hasTable(QStringLiteral("lifeguard_events")))
        return events;
    const Status done = m_db.run("events_of_job", {{QStringLiteral("job_id"), jobId}},
                                 [&events](const QSqlQuery &row) { events.append(eventOf(row)); });
    if (!done)
        return failure(done.error());
    return events;
}

} // namespace lifeguard
