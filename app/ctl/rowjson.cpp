// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/rowjson.h"

#include "app/ctl/displaytext.h"
#include "app/ctl/jsonvalue.h"

namespace lifeguard::ctl {

QJsonObject toJson(const Job &job)
{
    return {
        {QStringLiteral("id"), job.id},
        {QStringLiteral("job_type"), job.type},
        {QStringLiteral("status"), toString(job.status)},
        {QStringLiteral("priority"), job.priority},
        {QStringLiteral("input_file"), job.inputFile},
        {QStringLiteral("output_file"), job.outputFile},
        {QStringLiteral("content_hash"), job.contentHash},
        {QStringLiteral("created_at"), valueOrNull(job.createdAt)},
        {QStringLiteral("started_at"), valueOrNull(job.startedAt)},
        {QStringLiteral("completed_at"), valueOrNull(job.completedAt)},
        {QStringLiteral("worker_id"), valueOrNull(job.workerId)},
        {QStringLiteral("attempts"), job.attempts},
        {QStringLiteral("max_attempts"), job.maxAttempts},
        {QStringLiteral("error"), valueOrNull(job.error)},
        {QStringLiteral("notes"), QJsonArray::fromStringList(job.notes)},
        {QStringLiteral("traceback"), valueOrNull(job.traceback)},
        {QStringLiteral("correlation_id"), valueOrNull(job.correlationId)},
        {QStringLiteral("cancelled_at"), valueOrNull(job.cancelledAt)},
        {QStringLiteral("cancelled_by"), valueOrNull(job.cancelledBy)},
    };
}

QJsonObject toJson(const WorkerRow &worker)
{
    return {
        {QStringLiteral("id"), valueOrNull(worker.id)},
        {QStringLiteral("worker_type"), worker.type},
        {QStringLiteral("container_id"), worker.executorId},
        {QStringLiteral("status"), valueOrNull(toString(worker.status))},
        {QStringLiteral("state"), workerState(worker)},
        {QStringLiteral("reason"), valueOrNull(worker.reason.englishText())},
        {QStringLiteral("started_at"), valueOrNull(worker.startedAt)},
        {QStringLiteral("last_heartbeat"), valueOrNull(worker.lastHeartbeat)},
        {QStringLiteral("cpu_usage"), worker.cpuUsage},
        {QStringLiteral("memory_usage"), worker.memoryUsageMb},
        {QStringLiteral("jobs_processed"), worker.jobsProcessed},
        {QStringLiteral("jobs_failed"), worker.jobsFailed},
        {QStringLiteral("avg_processing_time"), worker.avgProcessingTime},
        {QStringLiteral("execution_mode"), valueOrNull(worker.executionMode)},
        {QStringLiteral("pool"), valueOrNull(worker.pool)},
        {QStringLiteral("pid"), valueOrNull(worker.pid)},
        {QStringLiteral("log_path"), valueOrNull(worker.logPath)},
        {QStringLiteral("ended_at"), valueOrNull(worker.endedAt)},
    };
}

QJsonObject toJson(const Submission &submission)
{
    return {
        {QStringLiteral("id"), valueOrNull(submission.id)},
        {QStringLiteral("title"), submission.title},
        {QStringLiteral("submitter"), submission.submitter},
        {QStringLiteral("submitted_at"), valueOrNull(submission.submittedAt)},
        {QStringLiteral("ended_at"), valueOrNull(submission.endedAt)},
        {QStringLiteral("total"), submission.total},
        {QStringLiteral("completed"), submission.completed},
        {QStringLiteral("failed"), submission.failed},
        {QStringLiteral("cancelled"), submission.cancelled},
    };
}

QJsonObject toJson(const Event &event)
{
    return {
        {QStringLiteral("id"), valueOrNull(event.id)},
        {QStringLiteral("created_at"), valueOrNull(event.at)},
        {QStringLiteral("kind"), event.kindName()},
        {QStringLiteral("pool"), valueOrNull(event.pool)},
        {QStringLiteral("executor_id"), valueOrNull(event.executorId)},
        {QStringLiteral("worker_type"), valueOrNull(event.workerType)},
        {QStringLiteral("worker_id"), valueOrNull(event.workerId)},
        {QStringLiteral("job_id"), valueOrNull(event.jobId)},
        {QStringLiteral("message"), event.message.englishText()},
        {QStringLiteral("code"), messageCode(event.message)},
        {QStringLiteral("parameters"), messageParameters(event.message)},
    };
}

QJsonObject toJson(const PublishedPool &pool)
{
    return {
        {QStringLiteral("manager_id"), pool.managerId},
        {QStringLiteral("name"), pool.name},
        {QStringLiteral("worker_type"), pool.type},
        {QStringLiteral("state"), pool.state},
        {QStringLiteral("count"), pool.count},
        {QStringLiteral("count_source"), toString(pool.countSource)},
        {QStringLiteral("mode"), valueOrNull(pool.mode)},
        {QStringLiteral("mode_reason"), valueOrNull(pool.modeReason)},
        {QStringLiteral("reason"), valueOrNull(pool.reason.englishText())},
        {QStringLiteral("spec"), pool.spec},
    };
}

QJsonObject toJson(const CommandRecord &command)
{
    return {
        {QStringLiteral("id"), command.id},
        {QStringLiteral("manager_id"), command.managerId},
        {QStringLiteral("verb"), command.verb},
        {QStringLiteral("pool"), valueOrNull(command.pool)},
        {QStringLiteral("executor_id"), valueOrNull(command.executorId)},
        {QStringLiteral("number"), command.number ? QJsonValue(*command.number) : QJsonValue(QJsonValue::Null)},
        {QStringLiteral("issuer_process"), command.issuerProcess},
        {QStringLiteral("issuer"), valueOrNull(command.issuer)},
        {QStringLiteral("issued_at"), valueOrNull(command.issuedAt)},
        {QStringLiteral("taken_at"), valueOrNull(command.takenAt)},
        {QStringLiteral("finished_at"), valueOrNull(command.finishedAt)},
        {QStringLiteral("outcome"), valueOrNull(toString(command.answer.outcome))},
        {QStringLiteral("message"), valueOrNull(command.answer.message.englishText())},
        {QStringLiteral("code"), messageCode(command.answer.message)},
        {QStringLiteral("parameters"), messageParameters(command.answer.message)},
    };
}

QJsonObject toJson(const ManagerCommand &command)
{
    return {
        {QStringLiteral("manager_id"), command.managerId},
        {QStringLiteral("verb"), toString(command.verb)},
        {QStringLiteral("pool"), valueOrNull(command.pool)},
        {QStringLiteral("executor_id"), valueOrNull(command.executorId)},
        {QStringLiteral("number"), command.number ? QJsonValue(*command.number) : QJsonValue(QJsonValue::Null)},
    };
}

} // namespace lifeguard::ctl
