// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerinfobuilder.h"

#include "core/model/durationtext.h"
#include "core/pool/managedworker.h"
#include "core/pool/snapshotindex.h"

#include <algorithm>

namespace lifeguard {
namespace {

/// Returns the reason that is shown while a worker is being ended.
Message endingReason(const ManagedWorker &worker, bool isBusy, milliseconds now)
{
    const QJsonValue reason = worker.endRequest.asArgument();
    if (worker.phase == ManagedWorker::Phase::Draining)
        return isBusy ? Message("draining_busy", {reason}) : worker.endRequest;
    const auto left = std::chrono::ceil<seconds>(worker.killAt - now);
    return left > seconds(0) ? Message("kill_in", {reason, qint64(left.count())}) : worker.endRequest;
}

Message verdictReason(const Verdict &verdict)
{
    if (!verdict.hungIn)
        return verdict.reason;
    const Message left = durationMessage(std::chrono::ceil<seconds>(*verdict.hungIn));
    return Message("hung_in", {verdict.reason.asArgument(), left.asArgument()});
}

WorkerState stateOf(const WorkerRow &row)
{
    switch (row.status) {
    case WorkerStatus::Idle:
        return WorkerState::Idle;
    case WorkerStatus::Busy:
        return WorkerState::Busy;
    case WorkerStatus::Hung:
        return WorkerState::Hung;
    default:
        return WorkerState::Starting;
    }
}

} // namespace

WorkerInfoBuilder::WorkerInfoBuilder(const SnapshotIndex &snapshot, milliseconds steadyNow, QDateTime utcNow)
    : m_snapshot(snapshot)
    , m_steadyNow(steadyNow)
    , m_utcNow(std::move(utcNow))
{
}

milliseconds WorkerInfoBuilder::ageOf(const QDateTime &time) const
{
    return milliseconds(std::max<qint64>(0, time.msecsTo(m_utcNow)));
}

void WorkerInfoBuilder::addRunningJob(WorkerInfo &info) const
{
    const RunningJob *job = m_snapshot.runningJobOf(info.workerId);
    if (!job)
        return;
    info.jobId = job->id;
    info.jobName = m_snapshot.jobName(job->id).translatedText();
    info.jobAge = ageOf(job->startedAt);
}

void WorkerInfoBuilder::addState(WorkerInfo &info, const ManagedWorker &worker, bool isBusy) const
{
    if (worker.isEnding()) {
        info.state = WorkerState::Stopping;
        const bool isAtWork = isBusy || worker.row.status == WorkerStatus::Busy;
        info.reason = endingReason(worker, isAtWork, m_steadyNow).translatedText();
        return;
    }
    info.state = worker.verdict.state;
    info.reason = verdictReason(worker.verdict).translatedText();
    // Beat and row are newer than the verdict.
    const bool isNew = worker.isRegistered() && info.state == WorkerState::Starting;
    if (isNew || info.state == WorkerState::Idle || info.state == WorkerState::Busy)
        info.state = isBusy ? WorkerState::Busy : WorkerState::Idle;
}

WorkerInfo WorkerInfoBuilder::build(const ManagedWorker &worker) const
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
    if (worker.hasEnded()) {
        info.state = worker.endState;
        info.reason = worker.endReason.translatedText();
        info.storedStatus = worker.isRegistered() ? WorkerStatus::Dead : WorkerStatus::None;
        return info;
    }
    const Beat beat = worker.beat();
    const bool isBusy = worker.hasBeatChannel() ? beat.jobId > 0 : worker.row.status == WorkerStatus::Busy;
    addState(info, worker, isBusy);
    if (worker.hasBeatChannel()) {
        if (const std::optional<milliseconds> age = worker.signs.beatAge(m_steadyNow))
            info.beatAge = std::max(milliseconds(0), *age);
        if (beat.jobId > 0) {
            info.jobId = beat.jobId;
            info.jobName = m_snapshot.jobName(beat.jobId).translatedText();
            info.jobAge = std::max(milliseconds(0), m_steadyNow - beat.jobStartedAt);
        }
    } else if (worker.isRegistered()) {
        addRunningJob(info);
        if (worker.row.lastHeartbeat.isValid())
            info.beatAge = ageOf(worker.row.lastHeartbeat);
    }
    if (worker.signs.isMeasured()) {
        info.cpuPercent = worker.signs.stats().cpuPercent;
        info.memoryBytes = worker.signs.stats().memoryBytes;
    }
    return info;
}

WorkerInfo WorkerInfoBuilder::build(const WorkerRow &row) const
{
    WorkerInfo info;
    info.executorId = row.executorId;
    info.workerId = row.id;
    info.pool = row.pool;
    info.type = row.type;
    info.index = row.index;
    info.mode = row.executionMode;
    if (info.mode.isEmpty() && row.executorId.startsWith(QStringLiteral("direct-")))
        info.mode = toString(ExecutionMode::Direct);
    info.storedStatus = row.status;
    info.pid = row.pid;
    info.reason = row.reason.translatedText();
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
    info.state = stateOf(row);
    if (row.lastHeartbeat.isValid())
        info.beatAge = ageOf(row.lastHeartbeat);
    if (row.cpuUsage > 0)
        info.cpuPercent = row.cpuUsage;
    if (row.memoryUsageMb > 0)
        info.memoryBytes = qint64(row.memoryUsageMb * 1024 * 1024);
    addRunningJob(info);
    return info;
}

} // namespace lifeguard
