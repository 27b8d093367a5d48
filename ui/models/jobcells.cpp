// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/jobcells.h"

#include "core/store/joberror.h"
#include "ui/format.h"
#include "ui/theme.h"

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

QString JobCells::workerName(const Job &job) const
{
    if (job.workerId == 0 || job.status == JobStatus::Pending) {
        return {};
    }
    const QString name = nameOfWorker ? nameOfWorker(job.workerId) : QString();
    return name.isEmpty() ? tr("worker %1").arg(job.workerId) : name;
}

QString JobCells::shortPath(const QString &path) const
{
    const bool below = !workspace.isEmpty() && path.startsWith(workspace + QLatin1Char('/'));
    return below ? path.mid(workspace.size() + 1) : path;
}

QVariant JobCells::display(const Job &job, JobCell cell, const QDateTime &now) const
{
    const auto time = [](const std::optional<qint64> &known) { return known ? QVariant(*known) : QVariant(); };
    if (isGone(job) && cell != JobCell::Id) {
        return cell == JobCell::Error ? QVariant(tr("no longer in the database")) : QVariant();
    }
    switch (cell) {
    case JobCell::State: return theme::look(job.status).word;
    case JobCell::Id: return job.id;
    case JobCell::Type: return job.type;
    case JobCell::Priority: return job.priority;
    case JobCell::Input: return shortPath(job.inputFile);
    case JobCell::Output: return shortPath(job.outputFile);
    case JobCell::Tries: return job.attempts;
    case JobCell::Worker: return workerName(job);
    case JobCell::Waiting: return time(waitingTime(job, now));
    case JobCell::Running: return time(runningTime(job, now));
    case JobCell::Added: return job.createdAt;
    case JobCell::Error: return errorText(job.error).simplified();
    case JobCell::Count: break;
    }
    return {};
}

QString JobCells::toolTip(const Job &job, JobCell cell) const
{
    switch (cell) {
    case JobCell::Input: return job.inputFile;
    case JobCell::Output: return job.outputFile;
    case JobCell::Error: {
        const JobError error = readError(job.error);
        QStringList parts{error.message, error.category, error.guidance};
        parts.removeAll(QString());
        return parts.join(QLatin1Char('\n'));
    }
    case JobCell::Waiting:
    case JobCell::Added: return job.createdAt.isValid() ? tr("added %1").arg(format::exactTime(job.createdAt)) : QString();
    case JobCell::Running: return job.startedAt.isValid() ? tr("started %1").arg(format::exactTime(job.startedAt)) : QString();
    case JobCell::Tries: return tr("%1 of at most %2").arg(job.attempts).arg(job.maxAttempts);
    case JobCell::State:
        if (job.status == JobStatus::Cancelled && job.cancelledAt.isValid()) {
            return job.cancelledBy.isEmpty() ? tr("cancelled %1").arg(format::exactTime(job.cancelledAt))
                                             : tr("cancelled %1 by %2").arg(format::exactTime(job.cancelledAt), job.cancelledBy);
        }
        break;
    default: break;
    }
    return {};
}

QString JobCells::text(const Job &job, JobCell cell, const QDateTime &now) const
{
    const auto time = [](const std::optional<qint64> &known) { return known ? format::precise(milliseconds(*known)) : QString(); };
    switch (cell) {
    case JobCell::Waiting: return time(waitingTime(job, now));
    case JobCell::Running: return time(runningTime(job, now));
    case JobCell::Added: return format::ago(job.createdAt, now);
    default: return display(job, cell, now).toString();
    }
}

QString JobCells::title(JobCell cell)
{
    switch (cell) {
    case JobCell::State: return tr("State");
    case JobCell::Id: return tr("Job");
    case JobCell::Type: return tr("Type");
    case JobCell::Priority: return tr("Priority");
    case JobCell::Input: return tr("Input");
    case JobCell::Output: return tr("Output");
    case JobCell::Tries: return tr("Tries");
    case JobCell::Worker: return tr("Worker");
    case JobCell::Waiting: return tr("Waiting");
    case JobCell::Running: return tr("Running");
    case JobCell::Added: return tr("Added");
    case JobCell::Error: return tr("Error");
    case JobCell::Count: break;
    }
    return {};
}

bool JobCells::isNumber(JobCell cell)
{
    switch (cell) {
    case JobCell::Id:
    case JobCell::Priority:
    case JobCell::Tries:
    case JobCell::Waiting:
    case JobCell::Running:
    case JobCell::Added: return true;
    default: return false;
    }
}

JobSort JobCells::firstSort(JobCell cell)
{
    // Words from A on; numbers, times and errors with the largest, the newest, or any at all first.
    switch (cell) {
    case JobCell::State: return {JobColumn::State, false};
    case JobCell::Id: return {JobColumn::Id, true};
    case JobCell::Type: return {JobColumn::Type, false};
    case JobCell::Priority: return {JobColumn::Priority, true};
    case JobCell::Input: return {JobColumn::Input, false};
    case JobCell::Output: return {JobColumn::Output, false};
    case JobCell::Tries: return {JobColumn::Tries, true};
    case JobCell::Worker: return {JobColumn::Worker, true};
    case JobCell::Waiting: return {JobColumn::Waiting, true};
    case JobCell::Running: return {JobColumn::Running, true};
    case JobCell::Added: return {JobColumn::Added, true};
    case JobCell::Error: return {JobColumn::Error, true};
    case JobCell::Count: break;
    }
    return {};
}

} // namespace lifeguard
