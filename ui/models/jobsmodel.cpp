// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/jobsmodel.h"

#include "ui/format.h"
#include "ui/theme.h"

#include <QJsonDocument>

namespace lifeguard {

std::optional<qint64> runningTime(const Job &job, const QDateTime &now)
{
    if (!job.startedAt.isValid()) {
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

QString errorText(const QString &error)
{
    if (!error.startsWith(QLatin1Char('{'))) {
        return error;
    }
    const QJsonObject object = QJsonDocument::fromJson(error.toUtf8()).object();
    const QString message = object.value(QLatin1String("error_message")).toString();
    return message.isEmpty() ? error : message;
}

QString shownText(qint64 shown, qint64 total, int limit)
{
    if (total < 0) {
        return shown >= limit ? JobsModel::tr("the first %1 shown: narrow the search").arg(format::count(shown)) : QString();
    }
    return total > shown && shown >= limit ? JobsModel::tr("%1 of %2 shown").arg(format::count(shown), format::count(total)) : QString();
}

void JobsModel::tick()
{
    touchColumn(CreatedColumn);
    touchColumn(TookColumn);
}

int JobsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString JobsModel::workerName(const Job &job) const
{
    if (job.workerId == 0 || job.status == JobStatus::Pending) {
        return {};
    }
    const QString name = m_nameOfWorker ? m_nameOfWorker(job.workerId) : QString();
    return name.isEmpty() ? tr("worker %1").arg(job.workerId) : name;
}

QString JobsModel::shortPath(const QString &path) const
{
    const bool below = !m_workspace.isEmpty() && path.startsWith(m_workspace + QLatin1Char('/'));
    return below ? path.mid(m_workspace.size() + 1) : path;
}

QVariant JobsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const Job &job = at(index.row());
    const QDateTime now = QDateTime::currentDateTimeUtc();
    switch (role) {
    case KeyRole: return job.id;
    case StateRole: return int(job.status);
    case Qt::TextAlignmentRole:
        switch (index.column()) {
        case IdColumn:
        case AttemptsColumn:
        case PriorityColumn:
        case CreatedColumn:
        case TookColumn: return int(Qt::AlignRight | Qt::AlignVCenter);
        default: return int(Qt::AlignLeft | Qt::AlignVCenter);
        }
    case Qt::ToolTipRole:
        switch (index.column()) {
        case InputColumn: return job.inputFile;
        case OutputColumn: return job.outputFile;
        case ErrorColumn: return errorText(job.error);
        case CreatedColumn: return format::exactTime(job.createdAt);
        case TookColumn: return job.startedAt.isValid() ? tr("started %1").arg(format::exactTime(job.startedAt)) : QString();
        case AttemptsColumn: return tr("%1 of at most %2").arg(job.attempts).arg(job.maxAttempts);
        default: return {};
        }
    case Qt::AccessibleTextRole:
        switch (index.column()) {
        case CreatedColumn: return format::ago(job.createdAt, now);
        case TookColumn: {
            const auto took = runningTime(job, now);
            return took ? format::precise(milliseconds(*took)) : QString();
        }
        default: return data(index, Qt::DisplayRole).toString();
        }
    case SortRole:
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (index.column()) {
    case StateColumn: return theme::look(job.status).word;
    case IdColumn: return job.id;
    case TypeColumn: return job.type;
    case InputColumn: return shortPath(job.inputFile);
    case OutputColumn: return shortPath(job.outputFile);
    case WorkerColumn: return workerName(job);
    case AttemptsColumn: return job.attempts;
    case PriorityColumn: return job.priority;
    case CreatedColumn: return job.createdAt;
    case TookColumn: {
        const auto took = runningTime(job, now);
        return took ? QVariant(*took) : QVariant();
    }
    case ErrorColumn: return errorText(job.error).simplified();
    default: return {};
    }
}

QVariant JobsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        const bool right = section == IdColumn || (section >= AttemptsColumn && section <= TookColumn);
        return int((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case StateColumn: return tr("State");
    case IdColumn: return tr("Job");
    case TypeColumn: return tr("Type");
    case InputColumn: return tr("Input");
    case OutputColumn: return tr("Output");
    case WorkerColumn: return tr("Worker");
    case AttemptsColumn: return tr("Tries");
    case PriorityColumn: return tr("Priority");
    case CreatedColumn: return tr("Added");
    case TookColumn: return tr("Took");
    case ErrorColumn: return tr("Error");
    default: return {};
    }
}

} // namespace lifeguard
