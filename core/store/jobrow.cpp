// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/jobrow.h"

#include "core/base/timestamp.h"
#include "core/config/poollimits.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSqlQuery>
#include <QSqlRecord>

namespace lifeguard {
namespace {

/// Parses the column "notes" of a row: a JSON list of strings.
QStringList notesOf(const QString &json)
{
    QStringList notes;
    if (json.size() <= 2) // "[]", in nearly all rows
        return notes;
    for (const QJsonValue &note : QJsonDocument::fromJson(json.toUtf8()).array())
        notes.append(note.toString());
    return notes;
}

} // namespace

Job jobOf(const QSqlQuery &row)
{
    const QSqlRecord record = row.record();
    const auto value = [&](const char *column) -> QVariant {
        const int index = record.indexOf(QLatin1String(column));
        return index < 0 ? QVariant() : row.value(index);
    };
    Job job;
    job.id = value("id").toLongLong();
    job.type = value("job_type").toString();
    job.status = jobStatusFromString(value("status").toString()).value_or(JobStatus::Pending);
    job.priority = value("priority").toInt();
    job.inputFile = value("input_file").toString();
    job.outputFile = value("output_file").toString();
    job.contentHash = value("content_hash").toString();
    job.payload = value("payload").toString().toUtf8();
    job.createdAt = fromSqlTime(value("created_at").toString());
    job.startedAt = fromSqlTime(value("started_at").toString());
    job.completedAt = fromSqlTime(value("completed_at").toString());
    job.workerId = value("worker_id").toLongLong();
    job.attempts = value("attempts").toInt();
    job.maxAttempts = value("max_attempts").toInt();
    job.error = value("error").toString();
    job.traceback = value("traceback").toString();
    job.correlationId = value("correlation_id").toString();
    job.cancelledAt = fromSqlTime(value("cancelled_at").toString());
    job.cancelledBy = value("cancelled_by").toString();
    job.isForced = value("is_forced").toBool();
    job.maxJobTime = jobTimeOf(value("max_job_time"));
    job.notes = notesOf(value("notes").toString());
    return job;
}

std::optional<seconds> jobTimeOf(const QVariant &value)
{
    bool isNumber = false;
    const seconds time(value.toLongLong(&isNumber));
    if (!isNumber || time < poollimits::workTime.min || time > poollimits::workTime.max)
        return {};
    return time;
}

QString notNull(const QString &text)
{
    return text.isNull() ? QStringLiteral("") : text;
}

Values leaseValues(const Lease &lease)
{
    return {{QStringLiteral("id"), lease.jobId},
            {QStringLiteral("worker_id"), lease.workerId},
            {QStringLiteral("attempt"), lease.attempt}};
}

} // namespace lifeguard
