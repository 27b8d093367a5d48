// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerinfobuilder.h"

#include "core/base/durationtext.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::WorkerViews", text);
}

const RunningJob *runningJobOf(const StoreSnapshot &snapshot, qint64 workerId)
{
    for (const RunningJob &job : snapshot.running) {
        if (job.workerId == workerId)
            return &job;
    }
    return nullptr;
}

QString nameOf(const RunningJob &job)
{
    return job.inputFile.isEmpty() ? tr("job %1").arg(job.id) : QFileInfo(job.inputFile).fileName();
}

milliseconds since(const QDateTime &time, const QDateTime &now)
{
    return milliseconds(std::max<qint64>(0, time.msecsTo(now)));
}

} // namespace

QString jobNameOf(const StoreSnapshot &snapshot, qint64 jobId)
{
    for (const RunningJob &job : snapshot.running) {
        if (job.id == jobId)
            return nameOf(job);
    }
    return tr("job %1").arg(jobId);
}

WorkerInfo viewOf(const ManagedWorker &worker, const Beat &beat, const StoreSnapshot &snapshot, milliseconds steadyNow, const QDateTime &utcNow)
{
    WorkerInfo info;
    info.executorId = worker.executorId;
    info.workerId = worker.workerId;
    info.pool = worker.pool;
    info.type = worker.config.type;
    info.index = worker.index;
    info.mode = toString(worker.config.mode);
    if (worker.config.mode == ExecutionMode::Docker)
        info.image = worker.config.image;
    info.storedStatus = worker.row.status;
    info.pid = worker.process.pid;
    info.jobsDone = worker.row.jobsProcessed;
    info.jobsFailed = worker.row.jobsFailed;
    info.startedAt = worker.startedAt;
    info.endedAt = worker.endedAt;
    info.logPath = worker.logPath;
    info.own = true;
    info.staleAfter = worker.config.staleAfter;
    if (worker.ended) {
        info.state = worker.endState;
        info.reason = worker.endReason;
        info.storedStatus = worker.workerId > 0 ? WorkerStatus::Dead : WorkerStatus::None;
        return info;
    }
    info.state = worker.verdict.state;
    info.reason = worker.verdict.reason;
    if (worker.verdict.hungIn)
        info.reason += tr("; hung in %1 if nothing moves").arg(durationText(std::chrono::ceil<seconds>(*worker.verdict.hungIn)));
    if (worker.workerId > 0 && info.state == WorkerState::Starting)
        info.state = worker.row.status == WorkerStatus::Busy ? WorkerState::Busy : WorkerState::Idle;
    // Between two looks of the monitor the row, and sooner the beat, say whether it works.
    if (info.state == WorkerState::Idle || info.state == WorkerState::Busy) {
        const bool busy = worker.beatSlot >= 0 ? beat.jobId > 0 : worker.row.status == WorkerStatus::Busy;
        info.state = busy ? WorkerState::Busy : WorkerState::Idle;
    }
    if (worker.isEnding()) {
        info.state = WorkerState::Stopping;
        const auto left = std::chrono::ceil<seconds>(worker.killAtSteady - steadyNow);
        info.reason = worker.endWhy;
        if (worker.isDraining)
            info.reason += beat.jobId > 0 || worker.row.status == WorkerStatus::Busy ? tr("; ends when its job is done") : QString();
        else if (left > seconds(0))
            info.reason += tr("; KILL in %1 s").arg(left.count());
    }
    if (worker.beatSlot >= 0) {
        if (beat.counter > 0 && worker.lastBeatSteady > milliseconds(0)) // seen by the monitor
            info.beatAge = std::max(milliseconds(0), steadyNow - worker.lastBeatSteady);
        if (beat.jobId > 0) {
            info.jobId = beat.jobId;
            info.jobName = jobNameOf(snapshot, beat.jobId);
            info.jobAge = std::max(milliseconds(0), steadyNow - beat.jobStartedAt);
        }
    } else if (worker.workerId > 0) {
        if (const RunningJob *job = runningJobOf(snapshot, worker.workerId)) {
            info.jobId = job->id;
            info.jobName = nameOf(*job);
            info.jobAge = since(job->startedAt, utcNow);
        }
        if (worker.row.lastHeartbeat.isValid())
            info.beatAge = since(worker.row.lastHeartbeat, utcNow);
    }
    if (worker.hasStats) {
        info.cpuPercent = worker.stats.cpuPercent;
        info.memoryBytes = worker.stats.memoryBytes;
    }
    return info;
}

WorkerInfo viewOf(const WorkerRow &row, const StoreSnapshot &snapshot, const QDateTime &utcNow)
{
    WorkerInfo info;
    info.executorId = row.executorId;
    info.workerId = row.id;
    info.pool = row.pool;
    info.type = row.type;
    info.index = row.index;
    info.mode = row.executionMode.isEmpty() && row.executorId.startsWith(QStringLiteral("direct-")) ? QStringLiteral("direct") : row.executionMode;
    info.storedStatus = row.status;
    info.pid = row.pid;
    info.reason = row.reason;
    info.jobsDone = row.jobsProcessed;
    info.jobsFailed = row.jobsFailed;
    info.startedAt = row.startedAt;
    info.endedAt = row.endedAt;
    info.logPath = row.logPath;
    if (row.status == WorkerStatus::Dead || row.endedAt.isValid()) {
        info.state = row.wanted ? WorkerState::Stopped : WorkerState::Dead;
        if (!info.endedAt.isValid())
            info.endedAt = row.lastHeartbeat;
        return info;
    }
    if (row.status == WorkerStatus::Hung)
        info.state = WorkerState::Hung;
    else if (row.status == WorkerStatus::Busy)
        info.state = WorkerState::Busy;
    else if (row.status == WorkerStatus::Idle)
        info.state = WorkerState::Idle;
    if (row.lastHeartbeat.isValid())
        info.beatAge = since(row.lastHeartbeat, utcNow);
    if (row.cpuUsage > 0)
        info.cpuPercent = row.cpuUsage;
    if (row.memoryUsageMb > 0)
        info.memoryBytes = qint64(row.memoryUsageMb * 1024 * 1024);
    if (const RunningJob *job = runningJobOf(snapshot, row.id)) {
        info.jobId = job->id;
        info.jobName = nameOf(*job);
        info.jobAge = since(job->startedAt, utcNow);
    }
    return info;
}

} // namespace lifeguard
