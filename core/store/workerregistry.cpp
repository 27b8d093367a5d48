// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/workerregistry.h"

#include "core/base/timestamp.h"
#include "core/store/messagecolumns.h"
#include "core/store/transactionsize.h"

#include <QSqlRecord>

namespace lifeguard {
namespace {

constexpr int clmVersionWithRebuiltWorkers = 7;
constexpr int jobsPerChunk = 2000; ///< read at once; a transaction may change fewer (transactionBytes)

WorkerRow rowOf(const QSqlQuery &row)
{
    const QSqlRecord record = row.record();
    const auto value = [&](const char *column) -> QVariant {
        const int index = record.indexOf(QLatin1String(column));
        return index < 0 ? QVariant() : row.value(index);
    };
    WorkerRow worker;
    worker.id = value("id").toLongLong();
    worker.type = value("worker_type").toString();
    worker.executorId = value("container_id").toString();
    worker.status = workerStatusFromString(value("status").toString());
    worker.startedAt = fromSqlTime(value("started_at").toString());
    worker.lastHeartbeat = fromSqlTime(value("last_heartbeat").toString());
    worker.cpuUsage = value("cpu_usage").toDouble();
    worker.memoryUsageMb = value("memory_usage").toDouble();
    worker.jobsProcessed = value("jobs_processed").toLongLong();
    worker.jobsFailed = value("jobs_failed").toLongLong();
    worker.avgProcessingTime = value("avg_processing_time").toDouble();
    worker.executionMode = value("execution_mode").toString();
    if (worker.executionMode.isEmpty())
        worker.executionMode = value("mode").toString();
    worker.pool = value("pool").toString();
    worker.managerId = value("manager_id").toString();
    worker.index = value("idx").toInt();
    if (const auto process = ProcessIdentity::fromString(value("process").toString()))
        worker.pid = process->pid;
    worker.reason = storedReason(value("reason").toString(), value("reason_code").toString(),
                                 value("reason_parameters").toString());
    worker.wanted = value("wanted").toBool();
    worker.logPath = value("log_path").toString();
    worker.endedAt = fromSqlTime(value("ended_at").toString());
    return worker;
}

} // namespace

Result<qint64> WorkerRegistry::registerWorker(const QString &type, const QString &executorId,
                                              const QString &executionMode)
{
    qint64 id = 0;
    const Status done = m_db.transaction([&]() -> Status {
        const Result<int> added = m_db.change("worker_register",
                                              {{QStringLiteral("type"), type},
                                               {QStringLiteral("executor_id"), executorId},
                                               {QStringLiteral("mode"), executionMode},
                                               {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
        if (!added)
            return failure(added.error());
        if (*added == 0)
            return failure(ErrorCode::WorkerDead,
                           tr("This worker was marked as ended before it registered and must not claim jobs."));
        id = m_db.lastInsertId();
        return {};
    });
    if (!done)
        return failure(done.error());
    return id;
}

Result<qint64> WorkerRegistry::activateWorker(qint64 workerId, const QString &type, const QString &executionMode)
{
    std::optional<WorkerStatus> status;
    QString rowType;
    qint64 managerPid = 0;
    const Status read = m_db.run("worker_assigned", {{QStringLiteral("worker_id"), workerId}},
                                 [&](const QSqlQuery &row) {
                                     const QSqlRecord columns = row.record();
                                     rowType = columns.value(QStringLiteral("worker_type")).toString();
                                     status = workerStatusFromString(
                                         columns.value(QStringLiteral("status")).toString());
                                     managerPid = columns.value(QStringLiteral("parent_pid")).toLongLong();
                                 });
    if (!read)
        return failure(read.error());
    if (!status)
        return failure(ErrorCode::NotFound, tr("The row %1, which CLM_WORKER_ID names, does not exist.").arg(workerId));
    if (rowType != type)
        return failure(
            ErrorCode::WorkerDead,
            tr("The row %1, which CLM_WORKER_ID names, is for workers of type %2.").arg(workerId).arg(rowType));
    const Result<int> changed = m_db.change("worker_activate", {{QStringLiteral("worker_id"), workerId},
                                                                {QStringLiteral("mode"), executionMode},
                                                                {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
    if (!changed)
        return failure(changed.error());
    if (*changed == 0)
        return failure(ErrorCode::WorkerDead,
                       tr("The row %1, which CLM_WORKER_ID names, is not in the state 'created': another worker uses "
                          "it, or its manager has given it up.")
                           .arg(workerId));
    return managerPid;
}

Status WorkerRegistry::setIdle(qint64 workerId)
{
    const Result<int> changed = m_db.change("worker_idle", {{QStringLiteral("worker_id"), workerId},
                                                            {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
    if (!changed)
        return failure(changed.error());
    if (*changed == 0)
        return failure(ErrorCode::WorkerDead,
                       tr("This worker is marked dead in the database and must not claim jobs."));
    return {};
}

Status WorkerRegistry::setDead(qint64 workerId)
{
    return m_db.run("worker_dead",
                    {{QStringLiteral("worker_id"), workerId}, {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
}

Status WorkerRegistry::removeWorker(qint64 workerId)
{
    return m_db.run("worker_remove", {{QStringLiteral("worker_id"), workerId}});
}

Status WorkerRegistry::beat(qint64 workerId)
{
    const Result<int> changed = m_db.change("worker_beat", {{QStringLiteral("worker_id"), workerId},
                                                            {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
    if (!changed)
        return failure(changed.error());
    if (*changed == 0)
        return failure(ErrorCode::WorkerDead,
                       tr("This worker is marked dead in the database and must not claim jobs."));
    return {};
}

Result<std::optional<QDateTime>> WorkerRegistry::managerHeartbeat(const QString &managerId)
{
    std::optional<QDateTime> heartbeat;
    const Status done = m_db.run("manager_heartbeat", {{QStringLiteral("id"), managerId}},
                                 [&heartbeat](const QSqlQuery &row) {
                                     heartbeat = fromSqlTime(row.value(0).toString());
                                 });
    if (!done)
        return failure(done.error());
    return heartbeat;
}

QString WorkerRegistry::kindOfManager()
{
    const QString program = QCoreApplication::applicationName();
    if (program == QLatin1String("lifeguardctl"))
        return QStringLiteral("run");
    return program == QLatin1String("lifeguard") ? QStringLiteral("window") : QStringLiteral("manager");
}

QString WorkerRegistry::nameOfManager()
{
    return kindOfManager() + u'-' + QString::number(ProcessIdentity::self().pid);
}

Status WorkerRegistry::registerManager(const QString &managerId, const QString &kind)
{
    return m_db.run("manager_add", {{QStringLiteral("id"), managerId},
                                    {QStringLiteral("kind"), kind},
                                    {QStringLiteral("process"), ProcessIdentity::self().toString()},
                                    {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
}

Result<bool> WorkerRegistry::beatManager(const QString &managerId)
{
    bool isNew = false;
    const Status done = m_db.transaction([&]() -> Status {
        const Result<int> changed = m_db.change("manager_beat", {{QStringLiteral("id"), managerId},
                                                                 {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
        if (!changed)
            return failure(changed.error());
        isNew = *changed == 0;
        if (isNew) {
            if (const Status added = registerManager(managerId, kindOfManager()); !added)
                return added;
        }
        return m_db.run("database_advance");
    });
    if (!done)
        return failure(done.error());
    return isNew;
}

Status WorkerRegistry::removeManager(const QString &managerId)
{
    return m_db.run("manager_remove", {{QStringLiteral("id"), managerId}});
}

Result<QList<ManagerRow>> WorkerRegistry::managers()
{
    QList<ManagerRow> managers;
    const Status done = m_db.run("managers_list", {}, [&managers](const QSqlQuery &row) {
        managers.append({row.value(0).toString(),
                         ProcessIdentity::fromString(row.value(1).toString()).value_or(ProcessIdentity()),
                         fromSqlTime(row.value(2).toString()), row.value(3).toString()});
    });
    if (!done)
        return failure(done.error());
    return managers;
}

Status WorkerRegistry::addOwned(const QList<OwnedWorker> &workers)
{
    return m_db.transaction([&]() -> Status {
        for (const OwnedWorker &worker : workers) {
            const Status added = m_db.run("owned_add",
                                          {{QStringLiteral("executor_id"), worker.executorId},
                                           {QStringLiteral("manager_id"), worker.managerId},
                                           {QStringLiteral("pool"), worker.pool},
                                           {QStringLiteral("type"), worker.type},
                                           {QStringLiteral("mode"), worker.mode},
                                           {QStringLiteral("idx"), worker.index},
                                           {QStringLiteral("log_path"), worker.logPath},
                                           {QStringLiteral("beat_path"), worker.beatPath},
                                           {QStringLiteral("beat_slot"), worker.beatSlot},
                                           {QStringLiteral("process"),
                                            worker.process.isNull() ? QVariant() : QVariant(worker.process.toString())},
                                           {QStringLiteral("max_job_time"), qint64(worker.maxJobTime.count())},
                                           {QStringLiteral("spec"), worker.spec},
                                           {QStringLiteral("current_spec"), worker.currentSpec},
                                           {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
            if (!added)
                return added;
        }
        return {};
    });
}

Status WorkerRegistry::setSpec(const QString &managerId, const QString &pool, const QString &spec,
                               const QString &currentSpec)
{
    return m_db.run("owned_set_spec", {{QStringLiteral("manager_id"), managerId},
                                       {QStringLiteral("pool"), pool},
                                       {QStringLiteral("spec"), spec},
                                       {QStringLiteral("current_spec"), currentSpec}});
}

Result<bool> WorkerRegistry::adopt(const QString &executorId, const QString &from, const QString &to)
{
    const Result<int> changed = m_db.change("owned_adopt", {{QStringLiteral("executor_id"), executorId},
                                                            {QStringLiteral("former"), from},
                                                            {QStringLiteral("manager_id"), to}});
    if (!changed)
        return failure(changed.error());
    return *changed > 0;
}

Status WorkerRegistry::setProcess(const QString &executorId, const ProcessIdentity &process)
{
    return m_db.run("owned_set_process",
                    {{QStringLiteral("executor_id"), executorId}, {QStringLiteral("process"), process.toString()}});
}

Status WorkerRegistry::end(const QString &executorId, const Message &reason, bool wanted)
{
    return m_db.transaction([&]() -> Status {
        Values values{{QStringLiteral("executor_id"), executorId},
                      {QStringLiteral("wanted"), wanted ? 1 : 0},
                      {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}};
        values.insert(reasonValues(reason));
        if (const Status ended = m_db.run("owned_end", values); !ended)
            return ended;
        return m_db.run("worker_end", values);
    });
}

Status WorkerRegistry::setReason(const QString &executorId, const Message &reason)
{
    Values values = reasonValues(reason);
    values.insert(QStringLiteral("executor_id"), executorId);
    return m_db.run("owned_reason", values);
}

Status WorkerRegistry::clearReason(const QString &executorId, const Message &reason)
{
    return m_db.run("owned_clear_reason",
                    {{QStringLiteral("executor_id"), executorId}, {QStringLiteral("reason"), reason.englishText()}});
}

Status WorkerRegistry::setHung(const QString &executorId, const Message &reason)
{
    return m_db.transaction([&]() -> Status {
        Values values = reasonValues(reason);
        values.insert(QStringLiteral("executor_id"), executorId);
        if (const Status written = m_db.run("owned_reason", values); !written)
            return written;
        return m_db.run("worker_hung", values);
    });
}

Status WorkerRegistry::setRecovered(const QString &executorId, bool busy)
{
    return m_db.transaction([&]() -> Status {
        Values values = reasonValues({});
        values.insert(QStringLiteral("executor_id"), executorId);
        if (const Status written = m_db.run("owned_reason", values); !written)
            return written;
        return m_db.run("worker_recovered",
                        {{QStringLiteral("executor_id"), executorId},
                         {QStringLiteral("status"), busy ? QStringLiteral("busy") : QStringLiteral("idle")}});
    });
}

Status WorkerRegistry::mirror(const QList<BeatRow> &beats)
{
    return m_db.transaction([&]() -> Status {
        const QString now = toSqlTime(m_clock.utcNow());
        for (const BeatRow &beat : beats) {
            const Status written = m_db.run(beat.beats ? "worker_mirror" : "worker_load",
                                            {{QStringLiteral("executor_id"), beat.executorId},
                                             {QStringLiteral("cpu"), beat.cpuPercent},
                                             {QStringLiteral("memory"), beat.memoryMb},
                                             {QStringLiteral("now"), now}});
            if (!written)
                return written;
        }
        return {};
    });
}

Status WorkerRegistry::forgetEnded()
{
    if (m_db.info().clxVersion >= clmVersionWithRebuiltWorkers)
        return {};
    if (const Status indexed = m_db.run("jobs_index_workers"); !indexed)
        return indexed;
    qint64 bytes = 0;
    do {
        if (const Status done = m_db.transaction([&] { return forgetWorkersOfSomeJobs(bytes); }); !done)
            return done;
    } while (bytes > 0);
    return m_db.transaction([&]() -> Status {
        if (m_db.hasTable(QStringLiteral("worker_events"))) {
            if (const Status cleared = m_db.run("worker_events_forget_workers"); !cleared)
                return cleared;
        }
        return m_db.run("workers_delete_ended");
    });
}

/// Clears the worker of some jobs, as many as one transaction may change. bytes: how much was written.
Status WorkerRegistry::forgetWorkersOfSomeJobs(qint64 &bytes)
{
    QList<qint64> ids;
    const Status read = m_db.run("jobs_of_ended_workers", {{QStringLiteral("limit"), jobsPerChunk}},
                                 [&ids](const QSqlQuery &row) { ids.append(row.value(0).toLongLong()); });
    if (!read)
        return read;
    bytes = 0;
    for (qsizetype i = 0; i < ids.size() && bytes < transactionBytes; ++i) {
        const Result<qint64> size = rowSize(m_db, ids.at(i));
        if (!size)
            return failure(size.error());
        bytes += *size;
        if (const Status cleared = m_db.run("job_forget_worker", {{QStringLiteral("id"), ids.at(i)}}); !cleared)
            return cleared;
    }
    return {};
}

Result<QList<OwnedWorker>> WorkerRegistry::owned()
{
    QList<OwnedWorker> workers;
    const Status done = m_db.run("owned_list", {}, [&workers](const QSqlQuery &row) {
        OwnedWorker worker;
        worker.executorId = row.value(0).toString();
        worker.managerId = row.value(1).toString();
        worker.pool = row.value(2).toString();
        worker.type = row.value(3).toString();
        worker.mode = row.value(4).toString();
        worker.index = row.value(5).toInt();
        worker.logPath = row.value(6).toString();
        worker.beatPath = row.value(7).toString();
        worker.beatSlot = row.value(8).toInt();
        worker.process = ProcessIdentity::fromString(row.value(9).toString()).value_or(ProcessIdentity());
        worker.maxJobTime = seconds(row.value(10).toLongLong());
        worker.startedAt = fromSqlTime(row.value(11).toString());
        worker.lastHeartbeat = fromSqlTime(row.value(12).toString());
        worker.spec = row.value(13).toString();
        if (row.record().contains(QStringLiteral("current_spec")))
            worker.currentSpec = row.value(QStringLiteral("current_spec")).toString();
        workers.append(worker);
    });
    if (!done)
        return failure(done.error());
    return workers;
}

Result<QList<WorkerRow>> WorkerRegistry::list(const QDateTime &endedAfter)
{
    QList<WorkerRow> workers;
    const Values since{{QStringLiteral("since"), toSqlTime(endedAfter)}};
    const auto append = [&workers](const QSqlQuery &row) { workers.append(rowOf(row)); };
    if (const Status read = m_db.run("workers_list", since, append); !read)
        return failure(read.error());
    if (m_db.hasTable(QStringLiteral("lifeguard_workers"))) {
        if (const Status read = m_db.run("workers_starting", since, append); !read)
            return failure(read.error());
    }
    return workers;
}

Result<std::optional<qint64>> WorkerRegistry::idOf(const QString &executorId)
{
    std::optional<qint64> id;
    const Status done = m_db.run("worker_id_of", {{QStringLiteral("executor_id"), executorId}},
                                 [&id](const QSqlQuery &row) { id = row.value(0).toLongLong(); });
    if (!done)
        return failure(done.error());
    return id;
}

} // namespace lifeguard
