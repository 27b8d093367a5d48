// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/output.h"

#include "app/ctl/commands.h"
#include "core/base/timestamp.h"
#include "core/store/joberror.h"

#include <QFileInfo>
#include <QJsonDocument>

#include <cstdio>

namespace lifeguard::ctl {

namespace {

void write(std::FILE *stream, const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), stream);
    std::fflush(stream);
}

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

QJsonValue orNull(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(toSqlTime(time)) : QJsonValue(QJsonValue::Null);
}

QJsonValue orNull(qint64 id)
{
    return id == 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(id);
}

} // namespace

void printText(const QString &text)
{
    write(stdout, text.endsWith(QLatin1Char('\n')) ? text : QString(text + QLatin1Char('\n')));
}

void printError(const QString &text)
{
    write(stderr, QStringLiteral("lifeguardctl: ") + text + QLatin1Char('\n'));
}

void printJson(const QJsonArray &rows)
{
    write(stdout, QString::fromUtf8(QJsonDocument(rows).toJson()));
}

void printJson(const QJsonObject &object)
{
    write(stdout, QString::fromUtf8(QJsonDocument(object).toJson()));
}

int report(const Error &error)
{
    printError(error.message);
    if (!error.detail.isEmpty() && error.detail != error.message) {
        write(stderr, error.detail.endsWith(QLatin1Char('\n')) ? error.detail : QString(error.detail + QLatin1Char('\n')));
    }
    switch (error.code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::ToolMissing:
    case ErrorCode::ToolFailed:
    case ErrorCode::NotFound:
    case ErrorCode::Io:
        return ExitUsage;
    case ErrorCode::TimedOut:
        return ExitTimeout;
    default:
        return ExitDatabase;
    }
}

int reportDatabase(const Error &error)
{
    report(error);
    return ExitDatabase;
}

QString table(const QStringList &headers, const QList<QStringList> &rows)
{
    QList<qsizetype> widths(headers.size(), 0);
    const auto measure = [&widths](const QStringList &row) {
        for (qsizetype column = 0; column < qMin(row.size(), widths.size()); ++column) {
            widths[column] = qMax(widths.at(column), row.at(column).size());
        }
    };
    measure(headers);
    for (const QStringList &row : rows) {
        measure(row);
    }
    QString text;
    const auto add = [&widths, &text](const QStringList &row) {
        QString line;
        for (qsizetype column = 0; column < row.size(); ++column) {
            line += column + 1 < row.size() ? row.at(column).leftJustified(int(widths.at(column)) + 2) : row.at(column);
        }
        while (line.endsWith(QLatin1Char(' '))) {
            line.chop(1);
        }
        text += line + QLatin1Char('\n');
    };
    add(headers);
    for (const QStringList &row : rows) {
        add(row);
    }
    return text;
}

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
        {QStringLiteral("created_at"), orNull(job.createdAt)},
        {QStringLiteral("started_at"), orNull(job.startedAt)},
        {QStringLiteral("completed_at"), orNull(job.completedAt)},
        {QStringLiteral("worker_id"), orNull(job.workerId)},
        {QStringLiteral("attempts"), job.attempts},
        {QStringLiteral("max_attempts"), job.maxAttempts},
        {QStringLiteral("error"), orNull(job.error)},
        {QStringLiteral("traceback"), orNull(job.traceback)},
        {QStringLiteral("correlation_id"), orNull(job.correlationId)},
        {QStringLiteral("cancelled_at"), orNull(job.cancelledAt)},
        {QStringLiteral("cancelled_by"), orNull(job.cancelledBy)},
    };
}

QJsonObject toJson(const WorkerRow &worker)
{
    return {
        {QStringLiteral("id"), orNull(worker.id)},
        {QStringLiteral("worker_type"), worker.type},
        {QStringLiteral("container_id"), worker.executorId},
        {QStringLiteral("status"), orNull(toString(worker.status))},
        {QStringLiteral("state"), shownState(worker)},
        {QStringLiteral("reason"), orNull(worker.reason)},
        {QStringLiteral("started_at"), orNull(worker.startedAt)},
        {QStringLiteral("last_heartbeat"), orNull(worker.lastHeartbeat)},
        {QStringLiteral("cpu_usage"), worker.cpuUsage},
        {QStringLiteral("memory_usage"), worker.memoryUsageMb},
        {QStringLiteral("jobs_processed"), worker.jobsProcessed},
        {QStringLiteral("jobs_failed"), worker.jobsFailed},
        {QStringLiteral("avg_processing_time"), worker.avgProcessingTime},
        {QStringLiteral("execution_mode"), orNull(worker.executionMode)},
        {QStringLiteral("pool"), orNull(worker.pool)},
        {QStringLiteral("pid"), orNull(worker.pid)},
        {QStringLiteral("log_path"), orNull(worker.logPath)},
        {QStringLiteral("ended_at"), orNull(worker.endedAt)},
    };
}

QJsonObject toJson(const Event &event)
{
    return {
        {QStringLiteral("id"), orNull(event.id)},
        {QStringLiteral("created_at"), orNull(event.at)},
        {QStringLiteral("kind"), event.kind},
        {QStringLiteral("pool"), orNull(event.pool)},
        {QStringLiteral("executor_id"), orNull(event.executorId)},
        {QStringLiteral("worker_type"), orNull(event.workerType)},
        {QStringLiteral("worker_id"), orNull(event.workerId)},
        {QStringLiteral("job_id"), orNull(event.jobId)},
        {QStringLiteral("message"), event.message},
    };
}

QString shownState(const WorkerRow &worker)
{
    if (worker.status == WorkerStatus::Dead) {
        return worker.wanted ? QStringLiteral("stopped") : QStringLiteral("dead");
    }
    if (worker.status == WorkerStatus::None || worker.status == WorkerStatus::Created) {
        if (worker.endedAt.isValid()) {
            return worker.wanted ? QStringLiteral("stopped") : QStringLiteral("dead");
        }
        return QStringLiteral("starting");
    }
    return toString(worker.status);
}

QString shownName(const WorkerRow &worker)
{
    return worker.pool.isEmpty() ? worker.executorId : QString(worker.pool + QLatin1Char('-') + QString::number(worker.index));
}

QString shownName(const Job &job)
{
    return job.inputFile.isEmpty() ? Text::tr("job %1").arg(job.id) : QFileInfo(job.inputFile).fileName();
}

QString localTime(const QDateTime &time)
{
    return time.isValid() ? time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) : QStringLiteral("–");
}

QString errorLine(const QString &error)
{
    const JobError read = readError(error);
    QString line = read.message.trimmed().section(QLatin1Char('\n'), 0, 0);
    if (!read.category.isEmpty()) {
        line += QStringLiteral(" [%1]").arg(read.category);
    }
    if (!read.guidance.isEmpty()) {
        line += QLatin1Char(' ') + read.guidance.simplified();
    }
    return line;
}

} // namespace lifeguard::ctl
