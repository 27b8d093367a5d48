// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/diagnosisjson.h"

#include "core/base/timestamp.h"

#include <QJsonArray>

namespace lifeguard::ctl {

namespace {

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

QJsonValue orNull(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(toSqlTime(time)) : QJsonValue(QJsonValue::Null);
}

QJsonValue orNull(qint64 number)
{
    return number == 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(number);
}

QJsonValue orNull(const std::optional<milliseconds> &time)
{
    return time ? QJsonValue(double(time->count()) / 1000) : QJsonValue(QJsonValue::Null);
}

QString sightOf(ProcessSight sight)
{
    switch (sight) {
    case ProcessSight::Unread:
        return QStringLiteral("unread");
    case ProcessSight::Seen:
        return QStringLiteral("seen");
    case ProcessSight::Unnamed:
        return QStringLiteral("unknown");
    case ProcessSight::Gone:
        return QStringLiteral("gone");
    case ProcessSight::Elsewhere:
        return QStringLiteral("elsewhere");
    case ProcessSight::Unanswered:
        return QStringLiteral("unanswered");
    }
    return {};
}

QJsonObject toJson(const WorkerInfo &worker)
{
    return {
        {QStringLiteral("name"), worker.name()},
        {QStringLiteral("id"), orNull(worker.workerId)},
        {QStringLiteral("container_id"), worker.executorId},
        {QStringLiteral("worker_type"), worker.type},
        {QStringLiteral("pool"), orNull(worker.pool)},
        {QStringLiteral("execution_mode"), orNull(worker.mode)},
        {QStringLiteral("status"), orNull(toString(worker.storedStatus))},
        {QStringLiteral("state"), toString(worker.state)},
        {QStringLiteral("reason"), orNull(worker.reason)},
        {QStringLiteral("pid"), orNull(worker.pid)},
        {QStringLiteral("job_id"), orNull(worker.jobId)},
        {QStringLiteral("job_name"), orNull(worker.jobName)},
        {QStringLiteral("job_age"), orNull(worker.jobAge)},
        {QStringLiteral("beat_age"), orNull(worker.beatAge)},
        {QStringLiteral("jobs_processed"), worker.jobsDone},
        {QStringLiteral("jobs_failed"), worker.jobsFailed},
        {QStringLiteral("started_at"), orNull(worker.startedAt)},
        {QStringLiteral("ended_at"), orNull(worker.endedAt)},
        {QStringLiteral("log_path"), orNull(worker.logPath)},
    };
}

QJsonObject toJson(const ProcessFacts &process)
{
    QJsonArray threads;
    for (const ThreadFacts &thread : process.threads) {
        threads.append(QJsonObject{{QStringLiteral("tid"), thread.tid},
                                   {QStringLiteral("name"), thread.name},
                                   {QStringLiteral("state"), QString(QLatin1Char(thread.state))},
                                   {QStringLiteral("wait_channel"), orNull(thread.waitChannel)}});
    }
    QJsonArray files;
    for (const OpenFile &file : process.files)
        files.append(QJsonObject{{QStringLiteral("fd"), file.descriptor}, {QStringLiteral("target"), file.target}});
    QJsonValue lock(QJsonValue::Null);
    if (process.lockWait) {
        lock = QJsonObject{{QStringLiteral("file"), orNull(process.lockWait->file)}, {QStringLiteral("held_by"), orNull(process.lockWait->holder)}};
    }
    return {
        {QStringLiteral("pid"), process.pid},
        {QStringLiteral("parent"), process.parent},
        {QStringLiteral("depth"), process.depth},
        {QStringLiteral("name"), process.shownName()},
        {QStringLiteral("command_line"), orNull(process.commandLine)},
        {QStringLiteral("state"), QString(QLatin1Char(process.state))},
        {QStringLiteral("stop_signal"), orNull(qint64(process.stopSignal))},
        {QStringLiteral("wait_channel"), orNull(process.waitChannel)},
        {QStringLiteral("waits_for_lock"), lock},
        {QStringLiteral("debugger"), orNull(process.tracer)},
        {QStringLiteral("user"), orNull(process.user)},
        {QStringLiteral("thread_count"), process.threadCount},
        {QStringLiteral("threads"), threads},
        {QStringLiteral("resident_bytes"), process.residentBytes},
        {QStringLiteral("cpu_seconds"), double(process.cpuTime.count()) / 1000},
        {QStringLiteral("cpu_percent"), process.cpuPercent ? QJsonValue(*process.cpuPercent) : QJsonValue(QJsonValue::Null)},
        {QStringLiteral("file_count"), process.fileCount < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(process.fileCount)},
        {QStringLiteral("files"), files},
        {QStringLiteral("control_group"), orNull(process.controlGroup)},
        {QStringLiteral("oom_score"), process.oomScore < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(process.oomScore)},
    };
}

} // namespace

QJsonObject toJson(const Diagnosis &diagnosis)
{
    QJsonArray processes;
    for (const ProcessFacts &process : diagnosis.processes)
        processes.append(toJson(process));
    QJsonArray looks;
    for (const UsageSample &look : diagnosis.looks)
        looks.append(QJsonObject{{QStringLiteral("cpu_percent"), look.cpuPercent}, {QStringLiteral("memory_bytes"), look.memoryBytes}});
    QJsonArray stacks;
    for (const StackTrace &stack : diagnosis.stacks) {
        stacks.append(QJsonObject{{QStringLiteral("pid"), stack.pid},
                                  {QStringLiteral("name"), stack.name},
                                  {QStringLiteral("tool"), orNull(stack.tool)},
                                  {QStringLiteral("text"), orNull(stack.text)},
                                  {QStringLiteral("problem"), orNull(stack.problem)}});
    }
    return {
        {QStringLiteral("conclusion"), conclusionOf(diagnosis)},
        {QStringLiteral("at"), orNull(diagnosis.at)},
        {QStringLiteral("worker"), toJson(diagnosis.asked.worker)},
        {QStringLiteral("process"), diagnosis.vanished ? QStringLiteral("vanished") : sightOf(diagnosis.sight)},
        {QStringLiteral("processes"), processes},
        {QStringLiteral("usage"), looks},
        {QStringLiteral("last_lines"), QJsonArray::fromStringList(diagnosis.lastLines)},
        {QStringLiteral("last_lines_problem"), orNull(diagnosis.logProblem)},
        {QStringLiteral("last_jobs"), QJsonArray::fromStringList(diagnosis.asked.jobs)},
        {QStringLiteral("events"), QJsonArray::fromStringList(diagnosis.asked.events)},
        {QStringLiteral("stacks"), stacks},
    };
}

} // namespace lifeguard::ctl
