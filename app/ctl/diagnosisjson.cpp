// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/diagnosisjson.h"

#include "app/ctl/jsonvalue.h"
#include "core/health/diagnosisconclusion.h"

#include <QJsonArray>

namespace lifeguard::ctl {

namespace {

QString toString(ProcessVisibility visibility)
{
    switch (visibility) {
    case ProcessVisibility::NotRead:
        return QStringLiteral("unread");
    case ProcessVisibility::Visible:
        return QStringLiteral("seen");
    case ProcessVisibility::PidUnknown:
        return QStringLiteral("unknown");
    case ProcessVisibility::Gone:
        return QStringLiteral("gone");
    case ProcessVisibility::Elsewhere:
        return QStringLiteral("elsewhere");
    case ProcessVisibility::Unresponsive:
        return QStringLiteral("unanswered");
    }
    return {};
}

QJsonObject toJson(const WorkerInfo &worker)
{
    return {
        {QStringLiteral("name"), worker.name()},
        {QStringLiteral("id"), valueOrNull(worker.workerId)},
        {QStringLiteral("container_id"), worker.executorId},
        {QStringLiteral("worker_type"), worker.type},
        {QStringLiteral("pool"), valueOrNull(worker.pool)},
        {QStringLiteral("execution_mode"), valueOrNull(worker.mode)},
        {QStringLiteral("status"), valueOrNull(toString(worker.storedStatus))},
        {QStringLiteral("state"), toString(worker.state)},
        {QStringLiteral("reason"), valueOrNull(worker.reason)},
        {QStringLiteral("pid"), valueOrNull(worker.pid)},
        {QStringLiteral("job_id"), valueOrNull(worker.jobId)},
        {QStringLiteral("job_name"), valueOrNull(worker.jobName)},
        {QStringLiteral("job_age"), valueOrNull(worker.jobAge)},
        {QStringLiteral("beat_age"), valueOrNull(worker.beatAge)},
        {QStringLiteral("jobs_processed"), worker.jobsDone},
        {QStringLiteral("jobs_failed"), worker.jobsFailed},
        {QStringLiteral("started_at"), valueOrNull(worker.startedAt)},
        {QStringLiteral("ended_at"), valueOrNull(worker.endedAt)},
        {QStringLiteral("log_path"), valueOrNull(worker.logPath)},
    };
}

QJsonObject toJson(const ProcessFacts &process)
{
    QJsonArray threads;
    for (const ThreadFacts &thread : process.threads) {
        threads.append(QJsonObject{{QStringLiteral("tid"), thread.tid},
                                   {QStringLiteral("name"), thread.name},
                                   {QStringLiteral("state"), QString(QLatin1Char(thread.state))},
                                   {QStringLiteral("wait_channel"), valueOrNull(thread.waitChannel)}});
    }
    QJsonArray files;
    for (const OpenFile &file : process.files)
        files.append(QJsonObject{{QStringLiteral("fd"), file.descriptor}, {QStringLiteral("target"), file.target}});
    QJsonValue lock(QJsonValue::Null);
    if (process.lockWait) {
        lock = QJsonObject{{QStringLiteral("file"), valueOrNull(process.lockWait->file)}, {QStringLiteral("held_by"), valueOrNull(process.lockWait->holder)}};
    }
    return {
        {QStringLiteral("pid"), process.pid},
        {QStringLiteral("parent"), process.parent},
        {QStringLiteral("depth"), process.depth},
        {QStringLiteral("name"), process.displayName()},
        {QStringLiteral("command_line"), valueOrNull(process.commandLine)},
        {QStringLiteral("state"), QString(QLatin1Char(process.state))},
        {QStringLiteral("stop_signal"), valueOrNull(qint64(process.stopSignal))},
        {QStringLiteral("wait_channel"), valueOrNull(process.waitChannel)},
        {QStringLiteral("waits_for_lock"), lock},
        {QStringLiteral("debugger"), valueOrNull(process.tracer)},
        {QStringLiteral("user"), valueOrNull(process.user)},
        {QStringLiteral("thread_count"), process.threadCount},
        {QStringLiteral("threads"), threads},
        {QStringLiteral("resident_bytes"), process.residentBytes},
        {QStringLiteral("cpu_seconds"), double(process.cpuTime.count()) / 1000},
        {QStringLiteral("cpu_percent"), process.cpuPercent ? QJsonValue(*process.cpuPercent) : QJsonValue(QJsonValue::Null)},
        {QStringLiteral("file_count"), process.fileCount < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(process.fileCount)},
        {QStringLiteral("files"), files},
        {QStringLiteral("control_group"), valueOrNull(process.controlGroup)},
        {QStringLiteral("oom_score"), process.oomScore < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(process.oomScore)},
    };
}

} // namespace

QJsonObject toJson(const Diagnosis &diagnosis)
{
    QJsonArray processes;
    for (const ProcessFacts &process : diagnosis.processes)
        processes.append(toJson(process));
    QJsonArray samples;
    for (const UsageSample &sample : diagnosis.samples)
        samples.append(QJsonObject{{QStringLiteral("cpu_percent"), sample.cpuPercent}, {QStringLiteral("memory_bytes"), sample.memoryBytes}});
    QJsonArray stacks;
    for (const StackTrace &stack : diagnosis.stacks) {
        stacks.append(QJsonObject{{QStringLiteral("pid"), stack.pid},
                                  {QStringLiteral("name"), stack.name},
                                  {QStringLiteral("tool"), valueOrNull(stack.tool)},
                                  {QStringLiteral("text"), valueOrNull(stack.text)},
                                  {QStringLiteral("problem"), valueOrNull(stack.problem)}});
    }
    return {
        {QStringLiteral("conclusion"), diagnosisConclusion(diagnosis)},
        {QStringLiteral("at"), valueOrNull(diagnosis.at)},
        {QStringLiteral("worker"), toJson(diagnosis.request.worker)},
        {QStringLiteral("process"), diagnosis.vanished ? QStringLiteral("vanished") : toString(diagnosis.visibility)},
        {QStringLiteral("processes"), processes},
        {QStringLiteral("usage"), samples},
        {QStringLiteral("last_lines"), QJsonArray::fromStringList(diagnosis.lastLines)},
        {QStringLiteral("last_lines_problem"), valueOrNull(diagnosis.logProblem)},
        {QStringLiteral("last_jobs"), QJsonArray::fromStringList(diagnosis.request.jobs)},
        {QStringLiteral("events"), QJsonArray::fromStringList(diagnosis.request.events)},
        {QStringLiteral("stacks"), stacks},
    };
}

} // namespace lifeguard::ctl
