// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/rescuer.h"

#include "core/base/processenvironment.h"
#include "core/base/processtree.h"
#include "core/base/timestamp.h"
#include "core/config/poolspec.h"
#include "core/model/durationtext.h"
#include "core/pool/heartbeattracker.h"
#include "core/pool/rescueview.h"
#include "core/pool/workerprotocol.h"
#include "core/store/eventlog.h"
#include "core/store/interruptedjobs.h"

#include <QFile>
#include <QFileInfo>
#include <QSqlRecord>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard {
namespace {

using State = ManagerStates::State;

/// Returns whether a process that cannot be seen may be alive, according to the silence of its heartbeat.
bool mayBeAlive(std::optional<milliseconds> silence)
{
    return !silence || *silence < staleHeartbeat;
}

/// Returns whether the environment of the worker's process can be read, if it runs on this machine. The worker has the
/// same user as its manager, who owns the folder of the logs.
bool canSeeEnvironment(const OwnedWorker &worker)
{
    if (worker.logPath.isEmpty() || geteuid() == 0)
        return true;
    struct stat folder = {};
    const QByteArray path = QFile::encodeName(QFileInfo(worker.logPath).path());
    return stat(path.constData(), &folder) == 0 && folder.st_uid == geteuid();
}

bool isContainer(const OwnedWorker &worker)
{
    return worker.mode == toString(ExecutionMode::Docker);
}

} // namespace

Rescuer::Rescuer(Database &database, const Clock &clock, const RescueView &view, HeartbeatTracker &heartbeats)
    : m_database(database)
    , m_clock(clock)
    , m_view(view)
    , m_heartbeats(heartbeats)
    , m_registry(database, clock)
{
}

std::optional<milliseconds> Rescuer::silenceOf(const QString &key, const QDateTime &time)
{
    return m_heartbeats.silence(key, time, m_clock.utcNow(), m_view.storeNow);
}

Result<QList<OwnedWorker>> Rescuer::adoptDetached()
{
    QList<OwnedWorker> adopted;
    const Status done = m_database.transaction([&]() -> Status {
        adopted.clear();
        const Result<ManagerStates> managers = ManagerStates::read(m_database, m_clock, m_view, m_heartbeats);
        if (!managers)
            return failure(managers.error());
        const Result<QList<OwnedWorker>> owned = m_registry.owned();
        if (!owned)
            return failure(owned.error());
        for (const OwnedWorker &worker : *owned) {
            // The processes of a container may be invisible from here. The executor queries the engine when it adopts
            // the container.
            const ProcessPresence presence = presenceOf(worker.process);
            const bool mayRun = presence == ProcessPresence::Alive
                             || (presence == ProcessPresence::Unknown && isContainer(worker));
            if (!mayRun || managers->of(worker.managerId) != State::Gone)
                continue;
            const Result<WorkerConfig> config = parseStoredPoolSpec(worker.spec, worker.currentSpec);
            if (!config || !config->detach || !isProtocolSupported(worker))
                continue;
            const Result<bool> isOurs = m_registry.adopt(worker.executorId, worker.managerId, m_view.managerId);
            if (!isOurs)
                return failure(isOurs.error());
            if (*isOurs)
                adopted.append(worker);
        }
        return {};
    });
    if (!done)
        return failure(done.error());
    return adopted;
}

Result<RescueReport> Rescuer::rescueStale()
{
    m_report = {};
    m_activeManagers.clear();
    m_heartbeats.handleJumps(m_view.jumpCount, m_view.storeNow);
    // Workers are read before managers, so that the workers of a manager that registers in between do not look
    // abandoned.
    Result<QList<OwnedWorker>> owned = m_registry.owned();
    if (!owned)
        return failure(owned.error());
    const Result<ManagerStates> managers = ManagerStates::read(m_database, m_clock, m_view, m_heartbeats);
    if (!managers)
        return failure(managers.error());
    m_managers = *managers;
    if (const Status found = findProcesses(*owned); !found)
        return failure(found.error());
    if (const Status ended = endOrphans(*owned); !ended)
        return failure(ended.error());
    if (const Status ended = endForeignWorkers(); !ended)
        return failure(ended.error());
    if (const Status returned = returnJobs(); !returned)
        return failure(returned.error());
    m_heartbeats.forgetUnused();
    if (const Status removed = removeManagers(*owned); !removed)
        return failure(removed.error());
    return m_report;
}

/// Completes the rows of workers whose manager died before it could write their processes. The environment of a process
/// contains the executor id; if several processes do, the oldest one is the worker.
Status Rescuer::findProcesses(QList<OwnedWorker> &owned)
{
    QHash<QString, OwnedWorker *> missing; // by executor id
    for (OwnedWorker &worker : owned) {
        if (worker.process.isNull() && !isContainer(worker) && m_managers.of(worker.managerId) == State::Gone
            && canSeeEnvironment(worker))
            missing.insert(worker.executorId, &worker);
    }
    if (missing.isEmpty())
        return {};
    for (const qint64 pid : processesWithExecutorId({missing.keyBegin(), missing.keyEnd()})) {
        const std::optional<QByteArray> id = processEnvironmentValue(pid, "LIFEGUARD_EXECUTOR_ID");
        const std::optional<ProcessIdentity> process = ProcessIdentity::of(pid);
        OwnedWorker *const worker = id ? missing.value(QString::fromLocal8Bit(*id)) : nullptr;
        if (worker && process && (worker->process.isNull() || process->startTime < worker->process.startTime))
            worker->process = *process;
    }
    for (const OwnedWorker *worker : std::as_const(missing)) {
        if (worker->process.isNull())
            continue;
        if (const Status stored = m_registry.setProcess(worker->executorId, worker->process); !stored)
            return stored;
    }
    return {};
}

Status Rescuer::endOrphans(const QList<OwnedWorker> &owned)
{
    QList<OwnedWorker> ended;
    QSet<QString> gone; // executor ids of workers whose process is known to be gone
    for (const OwnedWorker &worker : owned) {
        ProcessPresence presence = presenceOf(worker.process);
        // findProcesses() has not found a process that was not recorded, which means little if it could not see it.
        if (worker.process.isNull() && !isContainer(worker) && !canSeeEnvironment(worker))
            presence = ProcessPresence::Unknown;
        // Measured before the manager is gone, so that its silence is not waited for twice.
        std::optional<milliseconds> silence;
        if (presence == ProcessPresence::Unknown)
            silence = silenceOf(worker.executorId, std::max(worker.lastHeartbeat, worker.startedAt));
        switch (m_managers.of(worker.managerId)) {
        case State::Live:
            continue;
        case State::Silent: // the manager may still start and end workers when it continues
            if (worker.process.isNull() || presence != ProcessPresence::Gone)
                continue;
            break;
        case State::Gone: {
            if (presence == ProcessPresence::Alive || (presence == ProcessPresence::Unknown && mayBeAlive(silence))) {
                m_activeManagers.insert(worker.managerId);
                continue;
            }
            if (presence == ProcessPresence::Gone)
                gone.insert(worker.executorId);
            break;
        }
        }
        ended.append(worker);
    }
    // Kernels, virtual machines and browsers start sessions of their own. They must be killed before the rows are
    // closed, because no program searches for them afterwards.
    if (!gone.isEmpty())
        killTrees({}, gone);
    for (const OwnedWorker &worker : std::as_const(ended)) {
        if (const Status closed = endOrphan(worker); !closed)
            return closed;
    }
    return {};
}

Status Rescuer::endOrphan(const OwnedWorker &worker)
{
    const Message killReason = m_view.killReason ? m_view.killReason(worker.executorId) : Message();
    Message reason("orphan_gone");
    if (m_managers.of(worker.managerId) == State::Silent)
        reason = Message("orphan_of_silent_manager");
    else if (!killReason.isEmpty())
        reason = Message("orphan_killed", {killReason.asArgument()});
    const Status closed = m_database.transaction([&]() -> Status {
        if (const Status ended = m_registry.end(worker.executorId, reason, false); !ended)
            return ended;
        const QString name = worker.pool + u'-' + QString::number(worker.index);
        Event event;
        event.kind = EventKind::WorkerFailed;
        event.executorId = worker.executorId;
        event.workerType = worker.type;
        event.pool = worker.pool;
        event.message = Message("worker_failed_earlier", {name, reason.asArgument()});
        return EventLog(m_database, m_clock).add(event);
    });
    if (closed)
        m_report.endedWorkers.append(worker.executorId);
    return closed;
}

ForeignWorkerFacts Rescuer::factsOfForeign(const QSqlQuery &row)
{
    const QSqlRecord columns = row.record();
    const auto time = [&columns](const char *column) {
        return fromSqlTime(columns.value(QLatin1String(column)).toString());
    };
    const QString executorId = columns.value(QStringLiteral("container_id")).toString();
    const QDateTime jobStart = time("job_started_at");
    const QDateTime jobBeat = time("job_beat_at"); // invalid if the file has no worker_heartbeats
    ForeignWorkerFacts facts;
    facts.isBusy = columns.value(QStringLiteral("status")).toString() == toString(WorkerStatus::Busy)
                || jobStart.isValid();
    facts.hasJobLimit = !columns.contains(QStringLiteral("parent_pid"));
    const qint64 parent = columns.value(QStringLiteral("parent_pid")).toLongLong();
    // The pid of a worker's parent in a container means nothing here.
    const bool isPidOfThisMachine = executorId.startsWith(QLatin1String("direct-")) && parent > 0 && parent <= INT_MAX;
    if (isPidOfThisMachine && ::kill(pid_t(parent), 0) != 0 && errno == ESRCH)
        facts.parent = ProcessPresence::Gone;
    facts.silence = silenceOf(executorId, std::max(time("last_heartbeat"), jobStart));
    facts.hasJobBeats = jobBeat.isValid();
    if (facts.hasJobBeats)
        facts.jobBeatSilence = silenceOf(QStringLiteral("job beat of ") + executorId, jobBeat);
    facts.longLimit = foreignJobLimit();
    return facts;
}

/// Closes the rows of foreign workers, and of our own workers that went on working after a manager that could not see
/// them had closed their rows.
Status Rescuer::endForeignWorkers()
{
    QList<QPair<QString, Message>> ended; // executor ids and reasons
    QList<QPair<QString, ForeignWorkerFacts>> workers;
    const Status read = m_database.run("workers_foreign", {}, [&](const QSqlQuery &row) {
        workers.append({row.value(QStringLiteral("container_id")).toString(), factsOfForeign(row)});
    });
    if (!read)
        return read;
    // Not while the rows are read: the read transaction would prevent checkpoints during the search for processes.
    for (auto &[executorId, facts] : workers) {
        if (isForeignWorkerDoubtful(facts))
            facts.isProcessAlive = m_heartbeats.foreignProcesses().isAlive(executorId, m_view.steadyNow);
        if (isForeignWorkerGone(facts))
            ended.append({executorId, Message("no_beat", {durationMessage(*facts.silence).asArgument()})});
    }
    const Status readAliveAfterEnd = m_database.run("workers_alive_after_end", {}, [&](const QSqlQuery &row) {
        if (m_managers.of(row.value(1).toString()) != State::Live)
            ended.append({row.value(0).toString(), {}});
    });
    if (!readAliveAfterEnd)
        return readAliveAfterEnd;
    for (const auto &[executorId, reason] : std::as_const(ended)) {
        if (const Status closed = m_registry.end(executorId, reason, false); !closed)
            return closed;
        m_report.endedWorkers.append(executorId);
    }
    return {};
}

Status Rescuer::returnJobs()
{
    InterruptedJobs jobs(m_database, m_clock);
    const Result<QList<ReturnedJob>> orphaned = jobs.returnOrphans(m_managers.live());
    if (!orphaned)
        return failure(orphaned.error());
    m_report.jobs = *orphaned;
    const Result<QList<ReturnedJob>> forgotten = jobs.returnForgotten([this](const IdleWorkersJob &job) {
        const bool isOwn = job.managerId.isEmpty() || job.managerId == m_view.managerId;
        if (!isOwn && m_managers.of(job.managerId) != State::Gone)
            return false; // the worker's own manager takes the job back
        seconds limit = job.maxJobTime ? *job.maxJobTime + jobLimitSlack : clxJobLimit;
        if (job.managerId.isEmpty()) // the worker may not know that the job has a limit of its own
            limit = std::max(limit, clxJobLimit);
        const std::optional<milliseconds> age = silenceOf(QStringLiteral("job %1").arg(job.jobId), job.startedAt);
        return age && *age > limit;
    });
    if (!forgotten)
        return failure(forgotten.error());
    m_report.jobs += *forgotten;
    return {};
}

/// Removes the rows and the beat files of managers that are gone and have no living workers.
Status Rescuer::removeManagers(const QList<OwnedWorker> &owned)
{
    const QSet<QString> ended(m_report.endedWorkers.cbegin(), m_report.endedWorkers.cend());
    QSet<QString> usedFiles; // used by workers that were adopted, or that are still finishing their jobs
    for (const OwnedWorker &worker : owned) {
        if (!ended.contains(worker.executorId))
            usedFiles.insert(worker.beatPath);
    }
    for (const ManagerRow &manager : m_managers.rows()) {
        if (m_managers.of(manager.id) != State::Gone || m_activeManagers.contains(manager.id)) {
            m_report.managers.insert(manager.id);
            continue;
        }
        for (const OwnedWorker &worker : owned) {
            if (worker.managerId == manager.id && !worker.beatPath.isEmpty() && !usedFiles.contains(worker.beatPath))
                QFile::remove(worker.beatPath);
        }
        if (const Status removed = m_registry.removeManager(manager.id); !removed)
            return removed;
    }
    return {};
}

} // namespace lifeguard
