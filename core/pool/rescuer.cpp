// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/rescuer.h"

#include "core/base/processtree.h"
#include "core/base/timestamp.h"
#include "core/config/poolspec.h"
#include "core/health/healthpolicy.h"
#include "core/store/eventlog.h"

#include <QCoreApplication>
#include <QFile>
#include <QSet>

namespace lifeguard {
namespace {

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

/// How a manager looks from another one.
enum class ManagerState {
    Live,
    Silent, ///< it is there, but does not beat: it is stopped, or cannot write
    Gone,
};

/// A worker that was started a moment before its manager died: nobody wrote down which process it is. Its environment tells; the
/// oldest of them is its first.
ProcessIdentity processOf(const OwnedWorker &worker)
{
    if (!worker.process.isNull() || worker.mode == toString(ExecutionMode::Docker))
        return worker.process;
    ProcessIdentity first;
    for (const qint64 pid : processesTagged({worker.executorId})) {
        const std::optional<ProcessIdentity> process = ProcessIdentity::of(pid);
        if (process && (first.isNull() || process->startTime < first.startTime))
            first = *process;
    }
    return first;
}

/// Closes the rows of a worker whose manager does not see to it, and notes why.
Status endOrphan(Database &database, const Clock &clock, const OwnedWorker &worker, const QString &reason)
{
    return database.transaction([&]() -> Status {
        if (const Status ended = WorkerRegistry(database, clock).end(worker.executorId, reason, false); !ended)
            return ended;
        Event event;
        event.kind = QStringLiteral("worker_failed");
        event.executorId = worker.executorId;
        event.workerType = worker.type;
        event.pool = worker.pool;
        event.message = tr("%1-%2 of an earlier run: %3").arg(worker.pool).arg(worker.index).arg(reason);
        return EventLog(database, clock).add(event);
    });
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

Result<RescueReport> rescueStale(Database &database, const Clock &clock, const RescueView &view, HeartbeatTracker &heartbeats)
{
    WorkerRegistry registry(database, clock);
    RescueReport report;
    heartbeats.noticeJumps(view.jumps, view.storeNow);
    const auto silenceOf = [&](const QString &key, const QDateTime &mark) {
        return heartbeats.silence(key, mark, clock.utcNow(), view.storeNow);
    };

    // The workers first: those of a manager that registers in between must not be taken for nobody's.
    const Result<QList<OwnedWorker>> owned = registry.owned();
    if (!owned)
        return tl::unexpected(owned.error());
    const Result<QList<ManagerRow>> managers = registry.managers();
    if (!managers)
        return tl::unexpected(managers.error());
    QHash<QString, ManagerState> states{{view.managerId, ManagerState::Live}};
    for (const ManagerRow &manager : *managers) {
        if (manager.id == view.managerId)
            continue;
        const std::optional<milliseconds> silence = silenceOf(QStringLiteral("manager ") + manager.id, manager.heartbeatAt);
        const ProcessPresence presence = presenceOf(manager.process);
        if (presence == ProcessPresence::Gone || (presence == ProcessPresence::Unknown && !mayLive(silence)))
            states.insert(manager.id, ManagerState::Gone);
        else
            states.insert(manager.id, mayLive(silence) ? ManagerState::Live : ManagerState::Silent);
    }
    const auto stateOf = [&states](const QString &manager) { return states.value(manager, ManagerState::Gone); };

    QList<OwnedWorker> ended;
    QSet<QString> leftBehind; // executor ids of those whose process is seen to be gone
    QSet<QString> stillWorking; // managers that are gone but whose workers are finishing
    for (OwnedWorker worker : *owned) {
        const ManagerState manager = stateOf(worker.managerId);
        if (manager == ManagerState::Live)
            continue;
        if (manager == ManagerState::Gone && worker.process.isNull()) {
            worker.process = processOf(worker);
            if (!worker.process.isNull()) {
                if (const Status set = registry.setProcess(worker.executorId, worker.process); !set)
                    return tl::unexpected(set.error());
            }
        }
        const ProcessPresence presence = presenceOf(worker.process);
        if (manager == ManagerState::Silent) { // it starts workers, and ends them, once it goes on
            if (worker.process.isNull() || presence != ProcessPresence::Gone)
                continue;
        } else {
            const std::optional<milliseconds> silence = silenceOf(worker.executorId, std::max(worker.lastHeartbeat, worker.startedAt));
            if (presence == ProcessPresence::Alive || (presence == ProcessPresence::Unknown && mayLive(silence))) {
                stillWorking.insert(worker.managerId);
                continue;
            }
            if (presence == ProcessPresence::Gone)
                leftBehind.insert(worker.executorId);
        }
        ended.append(worker);
    }
    // Before their rows are closed: nobody looks for them afterwards. Kernels, virtual machines and browsers start sessions of their own.
    if (!leftBehind.isEmpty())
        killTrees({}, leftBehind);
    for (const OwnedWorker &worker : std::as_const(ended)) {
        const QString why = view.whyKilled ? view.whyKilled(worker.executorId) : QString();
        const QString reason = stateOf(worker.managerId) == ManagerState::Silent ? tr("it is gone, and its manager does not see to it (it does not beat)")
            : why.isEmpty()                                                      ? tr("its manager ended, and it is gone")
                                                                                 : tr("its manager ended, and it was killed: %1").arg(why);
        if (const Status closed = endOrphan(database, clock, worker, reason); !closed)
            return tl::unexpected(closed.error());
        report.endedWorkers.append(worker.executorId);
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
    const Status outlived = database.run("workers_outlived", {}, [&](const QSqlQuery &row) {
        if (stateOf(row.value(1).toString()) != ManagerState::Live)
            foreign.append({row.value(0).toString(), {}});
    });
    if (!outlived)
        return tl::unexpected(outlived.error());
    for (const Foreign &worker : foreign) {
        if (const Status closed = registry.end(worker.executorId, worker.why, false); !closed)
            return tl::unexpected(closed.error());
        report.endedWorkers.append(worker.executorId);
    }

    QStringList live;
    for (auto manager = states.cbegin(); manager != states.cend(); ++manager) {
        if (manager.value() == ManagerState::Live)
            live.append(manager.key());
    }
    JobQueue queue(database, clock);
    const Result<QList<ReturnedJob>> jobs = queue.rescue(live);
    if (!jobs)
        return tl::unexpected(jobs.error());
    report.jobs = *jobs;
    const Result<QList<ReturnedJob>> forgotten = queue.returnForgotten([&](const IdleWorkersJob &job) {
        if (!job.managerId.isEmpty() && job.managerId != view.managerId && stateOf(job.managerId) != ManagerState::Gone)
            return false; // its own manager sees to it
        const seconds limit = job.maxJobTime ? *job.maxJobTime + jobLimitSlack : foreignJobLimit;
        const std::optional<milliseconds> age = silenceOf(QStringLiteral("job %1").arg(job.jobId), job.startedAt);
        return age && *age > limit;
    });
    if (!forgotten)
        return tl::unexpected(forgotten.error());
    report.jobs += *forgotten;
    heartbeats.endRound();

    QSet<QString> inUse; // by workers that were adopted, or that are finishing
    for (const OwnedWorker &worker : *owned) {
        if (!report.endedWorkers.contains(worker.executorId))
            inUse.insert(worker.beatPath);
    }
    for (const ManagerRow &manager : *managers) {
        if (stateOf(manager.id) != ManagerState::Gone || stillWorking.contains(manager.id)) {
            report.managers.insert(manager.id);
            continue;
        }
        // Its beat file told which jobs had begun; now nothing of it is needed.
        for (const OwnedWorker &worker : *owned) {
            if (worker.managerId == manager.id && !worker.beatPath.isEmpty() && !inUse.contains(worker.beatPath))
                QFile::remove(worker.beatPath);
        }
        if (const Status removed = registry.removeManager(manager.id); !removed)
            return tl::unexpected(removed.error());
    }
    return report;
}

} // namespace lifeguard
