// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/jobreturner.h"

#include "core/base/timestamp.h"
#include "core/store/eventlog.h"
#include "core/store/jobrow.h"

#include <QFileInfo>
#include <QSqlQuery>

namespace lifeguard {

Job JobReturner::interruptedJobOf(const QSqlQuery &row)
{
    Job job;
    job.id = row.value(QStringLiteral("id")).toLongLong();
    job.workerId = row.value(QStringLiteral("worker_id")).toLongLong();
    job.attempts = row.value(QStringLiteral("attempts")).toInt();
    job.maxAttempts = row.value(QStringLiteral("max_attempts")).toInt();
    job.startedAt = fromSqlTime(row.value(QStringLiteral("started_at")).toString());
    job.inputFile = row.value(QStringLiteral("input_file")).toString();
    job.type = row.value(QStringLiteral("job_type")).toString();
    return job;
}

Result<ReturnedJob> JobReturner::returnJob(const InterruptedJob &interrupted)
{
    const Job &job = interrupted.job;
    EventLog events(m_db, m_clock);
    Values values = leaseValues(job.lease());
    values.insert(QStringLiteral("now"), toSqlTime(m_clock.utcNow()));
    const QJsonValue name = job.inputFile.isEmpty() ? Message("job_number", {job.id}).asArgument()
                                                    : QJsonValue(QFileInfo(job.inputFile).fileName());

    ReturnedJob returned{job.id, JobStatus::Pending, interrupted.counts};
    Event event;
    event.jobId = job.id;
    event.workerId = job.workerId;
    event.workerType = job.type;
    Result<int> changed = 0;
    if (!interrupted.counts) {
        changed = m_db.change("job_return_uncounted", values);
        event.kind = EventKind::JobReturned;
        event.message = Message("job_returned", {name, interrupted.reason.asArgument()});
    } else if (job.attempts >= job.maxAttempts) {
        // Recorded first, so that the error also lists this interruption. So does a later error if the job is retried
        // and given up again.
        Event interruption = event;
        interruption.kind = EventKind::JobInterrupted;
        interruption.message = interrupted.reason;
        if (const Status added = events.add(interruption); !added)
            return failure(added.error());
        const Result<QString> error = givenUpError(job.id);
        if (!error)
            return failure(error.error());
        values.insert(QStringLiteral("error"), *error);
        changed = m_db.change(interrupted.hasLease ? "job_give_up" : "job_give_up_orphan", values);
        returned.status = JobStatus::Failed;
        event.kind = EventKind::JobGivenUp;
        event.message = Message("job_given_up", {name, interrupted.reason.asArgument()});
    } else {
        changed = m_db.change(interrupted.hasLease ? "job_return_counted" : "job_return_orphan", values);
        event.kind = EventKind::JobInterrupted;
        event.message = interrupted.reason;
    }
    if (!changed)
        return failure(changed.error());
    if (*changed == 0)
        return failure(ErrorCode::LeaseLost, tr("Job %1 now belongs to another worker.").arg(job.id));
    if (const Status added = events.add(event); !added)
        return failure(added.error());
    return returned;
}

Result<QString> JobReturner::givenUpError(qint64 jobId)
{
    const Result<QList<Event>> events = EventLog(m_db, m_clock).ofJob(jobId);
    if (!events)
        return failure(events.error());
    QStringList interruptions;
    for (const Event &event : *events) {
        if (event.kind == EventKind::JobInterrupted)
            interruptions.append(event.at.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) + QStringLiteral(" UTC: ")
                                 + event.message.englishText());
    }
    // Not translated, because CLX's programs also read this column.
    return QStringLiteral("Given up because the attempts are used up. These attempts ended with their worker:\n")
         + interruptions.join(u'\n');
}

Result<QList<ReturnedJob>> JobReturner::returnAll(const QList<InterruptedJob> &interrupted)
{
    QList<ReturnedJob> returned;
    for (const InterruptedJob &one : interrupted) {
        const Result<ReturnedJob> job = returnJob(one);
        if (job)
            returned.append(*job);
        else if (job.error().code != ErrorCode::LeaseLost)
            return failure(job.error());
    }
    return returned;
}

} // namespace lifeguard
