// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/jobcellformatter.h"

#include "core/store/joberror.h"
#include "ui/format.h"
#include "ui/theme/stateappearance.h"

namespace lifeguard {

std::optional<qint64> runningTime(const Job &job, const QDateTime &now)
{
    if (!job.startedAt.isValid() || job.status == JobStatus::Pending) {
        return std::nullopt;
    }
    if (job.status == JobStatus::Processing) {
        return std::max<qint64>(0, job.startedAt.msecsTo(now));
    }
    if (job.completedAt.isValid() && job.completedAt >= job.startedAt) {
        return job.startedAt.msecsTo(job.completedAt);
    }
    return std::nullopt;
}

QString errorOrNotes(const Job &job)
{
    const QString error = jobErrorMessage(job.error);
    return error.isEmpty() ? job.notes.join(u' ') : error;
}

std::optional<qint64> waitingTime(const Job &job, const QDateTime &now)
{
    QDateTime until = now;
    if (job.status != JobStatus::Pending) {
        until = job.startedAt.isValid() ? job.startedAt : job.cancelledAt.isValid() ? job.cancelledAt : job.completedAt;
    }
    if (!until.isValid() || !job.createdAt.isValid()) {
        return std::nullopt;
    }
    return std::max<qint64>(0, job.createdAt.msecsTo(until));
}

QString JobCellFormatter::workerText(const Job &job) const
{
    if (job.workerId == 0 || job.status == JobStatus::Pending) {
        return {};
    }
    const QString name = workerName ? workerName(job.workerId) : QString();
    return name.isEmpty() ? tr("worker %1").arg(job.workerId) : name;
}

QString JobCellFormatter::shortPath(const QString &path) const
{
    const bool isInWorkspace = !workspace.isEmpty() && path.startsWith(workspace + QLatin1Char('/'));
    return isInWorkspace ? path.mid(workspace.size() + 1) : path;
}

QVariant JobCellFormatter::value(const Job &job, JobTableColumn column, const QDateTime &now) const
{
    const auto time = [](const std::optional<qint64> &known) { return known ? QVariant(*known) : QVariant(); };
    if (isDeleted(job) && column != JobTableColumn::Id) {
        return column == JobTableColumn::Error ? QVariant(tr("This job was deleted.")) : QVariant();
    }
    switch (column) {
    case JobTableColumn::State:
        return theme::appearance(job.status).text;
    case JobTableColumn::Id:
        return job.id;
    case JobTableColumn::Type:
        return job.type;
    case JobTableColumn::Priority:
        return job.priority;
    case JobTableColumn::Input:
        return shortPath(job.inputFile);
    case JobTableColumn::Output:
        return shortPath(job.outputFile);
    case JobTableColumn::Attempts:
        return job.attempts;
    case JobTableColumn::Worker:
        return workerText(job);
    case JobTableColumn::Waiting:
        return time(waitingTime(job, now));
    case JobTableColumn::Running:
        return time(runningTime(job, now));
    case JobTableColumn::Added:
        return job.createdAt;
    case JobTableColumn::Error:
        return errorOrNotes(job).simplified();
    case JobTableColumn::Count:
        break;
    }
    return {};
}

QString JobCellFormatter::toolTip(const Job &job, JobTableColumn column) const
{
    switch (column) {
    case JobTableColumn::Input:
        return job.inputFile;
    case JobTableColumn::Output:
        return job.outputFile;
    case JobTableColumn::Error: {
        const JobError error = parseJobError(job.error);
        QStringList parts{error.message, error.category, error.guidance};
        parts += job.notes;
        parts.removeAll(QString());
        return parts.join(QLatin1Char('\n'));
    }
    case JobTableColumn::Waiting:
    case JobTableColumn::Added:
        return job.createdAt.isValid() ? tr("Added %1").arg(format::exactTime(job.createdAt)) : QString();
    case JobTableColumn::Running:
        return job.startedAt.isValid() ? tr("Started %1").arg(format::exactTime(job.startedAt)) : QString();
    case JobTableColumn::Attempts:
        return tr("%1 of at most %2 attempts").arg(job.attempts).arg(job.maxAttempts);
    case JobTableColumn::State:
        if (job.status == JobStatus::Cancelled && job.cancelledAt.isValid()) {
            return job.cancelledBy.isEmpty()
                     ? tr("Cancelled %1").arg(format::exactTime(job.cancelledAt))
                     : tr("Cancelled %1 by %2").arg(format::exactTime(job.cancelledAt), job.cancelledBy);
        }
        break;
    default:
        break;
    }
    return {};
}

QString JobCellFormatter::text(const Job &job, JobTableColumn column, const QDateTime &now) const
{
    const auto time = [](const std::optional<qint64> &known) {
        return known ? format::preciseDuration(milliseconds(*known)) : QString();
    };
    switch (column) {
    case JobTableColumn::Waiting:
        return time(waitingTime(job, now));
    case JobTableColumn::Running:
        return time(runningTime(job, now));
    case JobTableColumn::Added:
        return format::timeAgo(job.createdAt, now);
    default:
        return value(job, column, now).toString();
    }
}

QString JobCellFormatter::title(JobTableColumn column)
{
    switch (column) {
    case JobTableColumn::State:
        return tr("State");
    case JobTableColumn::Id:
        return tr("Job");
    case JobTableColumn::Type:
        return tr("Type");
    case JobTableColumn::Priority:
        return tr("Priority");
    case JobTableColumn::Input:
        return tr("Input");
    case JobTableColumn::Output:
        return tr("Output");
    //: how often a worker has begun the job
    case JobTableColumn::Attempts:
        return tr("Attempts");
    case JobTableColumn::Worker:
        return tr("Worker");
    //: how long the job has waited
    case JobTableColumn::Waiting:
        return tr("Waiting");
    //: how long the job has run
    case JobTableColumn::Running:
        return tr("Running");
    //: when the job was added
    case JobTableColumn::Added:
        return tr("Added");
    case JobTableColumn::Error:
        return tr("Error or note");
    case JobTableColumn::Count:
        break;
    }
    return {};
}

bool JobCellFormatter::isNumber(JobTableColumn column)
{
    switch (column) {
    case JobTableColumn::Id:
    case JobTableColumn::Priority:
    case JobTableColumn::Attempts:
    case JobTableColumn::Waiting:
    case JobTableColumn::Running:
    case JobTableColumn::Added:
        return true;
    default:
        return false;
    }
}

JobSort JobCellFormatter::initialSort(JobTableColumn column)
{
    // Words in alphabetical order; the largest numbers, the newest times, and jobs with an error first.
    switch (column) {
    case JobTableColumn::State:
        return {JobColumn::State, false};
    case JobTableColumn::Id:
        return {JobColumn::Id, true};
    case JobTableColumn::Type:
        return {JobColumn::Type, false};
    case JobTableColumn::Priority:
        return {JobColumn::Priority, true};
    case JobTableColumn::Input:
        return {JobColumn::Input, false};
    case JobTableColumn::Output:
        return {JobColumn::Output, false};
    case JobTableColumn::Attempts:
        return {JobColumn::Attempts, true};
    case JobTableColumn::Worker:
        return {JobColumn::Worker, true};
    case JobTableColumn::Waiting:
        return {JobColumn::Waiting, true};
    case JobTableColumn::Running:
        return {JobColumn::Running, true};
    case JobTableColumn::Added:
        return {JobColumn::Added, true};
    case JobTableColumn::Error:
        return {JobColumn::Error, true};
    case JobTableColumn::Count:
        break;
    }
    return {};
}

} // namespace lifeguard
