// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/jobrow.h"

#include "core/base/timestamp.h"
#include "core/config/poollimits.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSqlQuery>
#include <QSqlRecord>

#include <array>

namespace lifeguard {
namespace {

/// Parses the column "notes" of a row: a JSON list of strings.
QStringList notesOf(const QString &json)
{
    QStringList notes;
    if (json.size() <= 2) // "[]", in nearly all rows
        return notes;
    const QJsonArray list = QJsonDocument::fromJson(json.toUtf8()).array();
    for (const QJsonValue &note : list)
        notes.append(note.toString());
    return notes;
}

/// The columns of a job, in this order.
enum class Column {
    Id,
    JobType,
    Status,
    Priority,
    InputFile,
    OutputFile,
    ContentHash,
    Payload,
    CreatedAt,
    StartedAt,
    CompletedAt,
    WorkerId,
    Attempts,
    MaxAttempts,
    Error,
    Traceback,
    CorrelationId,
    CancelledAt,
    CancelledBy,
    IsForced,
    MaxJobTime,
    Notes,
    Count
};
constexpr std::array<const char *, size_t(Column::Count)> columnNames{
    "id",           "job_type",     "status",       "priority",   "input_file",     "output_file",
    "content_hash", "payload",      "created_at",   "started_at", "completed_at",   "worker_id",
    "attempts",     "max_attempts", "error",        "traceback",  "correlation_id", "cancelled_at",
    "cancelled_by", "is_forced",    "max_job_time", "notes"};

} // namespace

Job JobRows::jobOf(const QSqlQuery &row)
{
    if (m_indices.isEmpty()) {
        const QSqlRecord record = row.record(); // expensive: it describes each column
        for (const char *name : columnNames)
            m_indices.append(record.indexOf(QLatin1String(name)));
    }
    const auto value = [&](Column column) -> QVariant {
        const int index = m_indices.at(int(column));
        return index < 0 ? QVariant() : row.value(index);
    };
    Job job;
    job.id = value(Column::Id).toLongLong();
    job.type = value(Column::JobType).toString();
    job.status = jobStatusFromString(value(Column::Status).toString()).value_or(JobStatus::Pending);
    job.priority = value(Column::Priority).toInt();
    job.inputFile = value(Column::InputFile).toString();
    job.outputFile = value(Column::OutputFile).toString();
    job.contentHash = value(Column::ContentHash).toString();
    job.payload = value(Column::Payload).toString().toUtf8();
    job.createdAt = fromSqlTime(value(Column::CreatedAt).toString());
    job.startedAt = fromSqlTime(value(Column::StartedAt).toString());
    job.completedAt = fromSqlTime(value(Column::CompletedAt).toString());
    job.workerId = value(Column::WorkerId).toLongLong();
    job.attempts = value(Column::Attempts).toInt();
    job.maxAttempts = value(Column::MaxAttempts).toInt();
    job.error = value(Column::Error).toString();
    job.traceback = value(Column::Traceback).toString();
    job.correlationId = value(Column::CorrelationId).toString();
    job.cancelledAt = fromSqlTime(value(Column::CancelledAt).toString());
    job.cancelledBy = value(Column::CancelledBy).toString();
    job.isForced = value(Column::IsForced).toBool();
    job.maxJobTime = jobTimeOf(value(Column::MaxJobTime));
    job.notes = notesOf(value(Column::Notes).toString());
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
