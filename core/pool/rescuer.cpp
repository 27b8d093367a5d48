// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/rescuer.h"

#include "core/base/timestamp.h"
#include "core/config/poolspec.h"
#include "core/store/eventlog.h"

#include <QCoreApplication>
#include <QFile>

namespace lifeguard {
namespace {

/// A manager or worker that cannot be seen from here counts as living while its heartbeat is younger than this.
constexpr seconds staleHeartbeat{30};
/// Idle workers of CLX beat at every poll (0.1 s); one that has been silent this long is gone.
constexpr seconds foreignIdleSilence{120};
/// Foreign workers do not beat while they work; CLX's own limit of a job, and some slack.
constexpr seconds foreignJobLimit{615};

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Rescuer", text);
}

/// Whether what cannot be seen from here may still live: its heartbeat is young, or was not watched for long enough yet.
bool mayLive(std::optional<milliseconds> silence)
{
    return !silence || *silence < staleHeartbeat;
}

} // namespace

Result<QList<OwnedWorker>> adoptDetached(Database &database, const Clock &clock, const QString &managerId)
{
    QList<OwnedWorker> adopted;
    const Status done = database.transaction([&]() -> Status {
        adopted.clear();
        WorkerRegistry registry(database, clock);
        const Result<QList<ManagerRow>> managers = registry.managers();
        if (!managers)
            return tl::unexpected(managers.error());
        QSet<QString> present; // or such that nothing can be said of them
        for (const ManagerRow &manager : *managers) {
            if (presenceOf(manager.process) != ProcessPresence::Gone)
                present.insert(manager.id);
        }
        const Result<QList<OwnedWorker>> owned = registry.owned();
        if (!owned)
            return tl::unexpected(owned.error());
        for (const OwnedWorker &worker : *owned) {
            // A container may run where its process cannot be seen; whoever adopts it asks the engine.
            const ProcessPresence presence = presenceOf(worker.process);
            const bool mayRun = presence == ProcessPresence::Alive
                || (presence == ProcessPresence::Unknown && worker.mode == toString(ExecutionMode::Docker));
            if (present.contains(worker.managerId) || !mayRun)
                continue;
            const Result<WorkerConfig> config = parsePoolSpec(worker.spec);
            if (!config || !config->detach)
                continue;
            const Result<bool> ours = registry.adopt(worker.executorId, worker.managerId, managerId);
            if (!ours)
                return tl::unexpected(ours.error());
            if (*ours)
                adopted.append(worker);
        }
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    return adopted;
}

Result<RescueReport> rescueStale(Database &database, const Clock &clock, const RescueView &view, Sightings &sightings)
{
    WorkerRegistry registry(database, clock);
    RescueReport report;
    sightings.noticeJumps(view.jumps, view.storeNow);
    const auto silenceOf = [&](const QString &key, const QDateTime &mark) {
        return sightings.silence(key, mark, clock.utcNow(), view.storeNow);
    };

    const Result<QList<ManagerRow>> managers = registry.managers();
    if (!managers)
        return tl::unexpected(managers.error());
    QStringList live{view.managerId};
    QStringList gone;
    for (const ManagerRow &manager : *managers) {
        if (manager.id == view.managerId)
            continue;
        const std::optional<milliseconds> silence = silenceOf(QStringLiteral("manager ") + manager.id, manager.heartbeatAt);
        const ProcessPresence presence = presenceOf(manager.process);
        const bool alive = presence == ProcessPresence::Alive || (presence == ProcessPresence::Unknown && mayLive(silence));
        (alive ? live : gone).append(manager.id);
    }

    const Result<QList<OwnedWorker>> owned = registry.owned();
    if (!owned)
        return tl::unexpected(owned.error());
    QStringList stillWorking; // managers that are gone but whose workers are finishing
    for (const OwnedWorker &worker : *owned) {
        if (live.contains(worker.managerId))
            continue;
        const std::optional<milliseconds> silence = silenceOf(worker.executorId, std::max(worker.lastHeartbeat, worker.startedAt));
        const ProcessPresence presence = presenceOf(worker.process);
        if (presence == ProcessPresence::Alive || (presence == ProcessPresence::Unknown && mayLive(silence))) {
            stillWorking.append(worker.managerId);
            continue;
        }
        const QString reason = tr("its manager ended, and it is gone");
        if (const Status ended = registry.end(worker.executorId, reason, false); !ended)
            return tl::unexpected(ended.error());
        report.endedWorkers.append(worker.executorId);
        if (presence == ProcessPresence::Gone)
            report.goneProcesses.insert(worker.executorId);
        Event event;
        event.kind = QStringLiteral("worker_failed");
        event.executorId = worker.executorId;
        event.workerType = worker.type;
        event.pool = worker.pool;
        event.message = tr("%1-%2 of an earlier run: %3").arg(worker.pool).arg(worker.index).arg(reason);
        if (const Status noted = EventLog(database, clock).add(event); !noted)
            return tl::unexpected(noted.error());
    }

    struct Foreign
    {
        QString executorId;
        QString why;
    };
    QList<Foreign> foreign;
    const Status looked = database.run("workers_of_nobody", {}, [&](const QSqlQuery &row) {
        const QString status = row.value(2).toString();
        const QDateTime heartbeat = fromSqlTime(row.value(3).toString());
        const QDateTime jobStart = fromSqlTime(row.value(5).toString());
        const seconds limit = status == QStringLiteral("busy") || jobStart.isValid() ? foreignJobLimit : foreignIdleSilence;
        const QString executorId = row.value(1).toString();
        const std::optional<milliseconds> silence = silenceOf(executorId, std::max(heartbeat, jobStart));
        if (silence && *silence > limit)
            foreign.append({executorId, tr("silent for %1 s").arg(std::chrono::duration_cast<seconds>(*silence).count())});
    });
    if (!looked)
        return tl::unexpected(looked.error());
    for (const Foreign &worker : foreign) {
        if (const Status ended = registry.end(worker.executorId, worker.why, false); !ended)
            return tl::unexpected(ended.error());
        report.endedWorkers.append(worker.executorId);
    }

    JobQueue queue(database, clock);
    const Result<QList<ReturnedJob>> jobs = queue.rescue(live);
    if (!jobs)
        return tl::unexpected(jobs.error());
    report.jobs = *jobs;
    const Result<QList<ReturnedJob>> forgotten = queue.returnForgotten(foreignJobLimit);
    if (!forgotten)
        return tl::unexpected(forgotten.error());
    report.jobs += *forgotten;
    sightings.endRound();

    QSet<QString> inUse; // by workers that were adopted, or that are finishing
    for (const OwnedWorker &worker : *owned) {
        if (!report.endedWorkers.contains(worker.executorId))
            inUse.insert(worker.beatPath);
    }
    for (const QString &manager : gone) {
        if (stillWorking.contains(manager))
            continue;
        // Its beat file told which jobs had begun; now nothing of it is needed.
        for (const OwnedWorker &worker : *owned) {
            if (worker.managerId == manager && !worker.beatPath.isEmpty() && !inUse.contains(worker.beatPath))
                QFile::remove(worker.beatPath);
        }
        if (const Status removed = registry.removeManager(manager); !removed)
            return tl::unexpected(removed.error());
    }
    return report;
}

} // namespace lifeguard
