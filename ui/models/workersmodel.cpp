// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/workersmodel.h"

#include "core/health/healthpolicy.h"
#include "ui/format.h"
#include "ui/models/modelroles.h"
#include "ui/theme/stateappearance.h"

#include <QGuiApplication>
#include <QPalette>

#include <algorithm>

namespace lifeguard {

namespace {

QVariant toVariant(const std::optional<milliseconds> &time)
{
    return time ? QVariant(qint64(time->count())) : QVariant();
}

/// Returns the text of the column that shows the job of a healthy worker and the reason of an unhealthy one.
QString jobOrReason(const WorkerInfo &worker)
{
    if (worker.jobId == 0 || worker.reason.isEmpty()) {
        return worker.jobId == 0 ? worker.reason : worker.jobName;
    }
    //: %1 is the name of a job, %2 why its worker is suspect or hung
    return WorkersModel::tr("%1 – %2").arg(worker.jobName, worker.reason);
}

std::optional<milliseconds> uptime(const WorkerInfo &worker)
{
    if (!worker.startedAt.isValid() || (!worker.isAlive() && !worker.endedAt.isValid())) {
        return std::nullopt;
    }
    const QDateTime until = worker.isAlive() ? QDateTime::currentDateTimeUtc() : worker.endedAt;
    return milliseconds(std::max<qint64>(0, worker.startedAt.msecsTo(until)));
}

} // namespace

void WorkersModel::setWorkers(const QList<WorkerInfo> &workers, milliseconds now)
{
    constexpr qsizetype maxSamples = 60;
    constexpr milliseconds minInterval(900); // the manager reports once per second, and additionally when a state
                                             // changes
    if (m_lastSample.count() < 0 || now - m_lastSample >= minInterval) {
        m_lastSample = now;
        QHash<QString, QList<float>> histories;
        histories.reserve(workers.size());
        for (const WorkerInfo &worker : workers) {
            if (worker.isAlive() && worker.own && worker.cpuPercent) {
                QList<float> history = m_loadHistories.take(worker.executorId);
                history.append(float(*worker.cpuPercent));
                if (history.size() > maxSamples) {
                    history.removeFirst();
                }
                histories.insert(worker.executorId, history);
            }
        }
        m_loadHistories = std::move(histories);
    }
    setRows(workers);
}

QString WorkersModel::searchText(int row) const
{
    const WorkerInfo &worker = at(row);
    return QStringList{worker.name(),
                       worker.executorId,
                       worker.pool,
                       worker.type,
                       worker.mode,
                       worker.image,
                       theme::appearance(worker.state).text,
                       worker.jobName,
                       worker.jobId ? QString::number(worker.jobId) : QString(),
                       worker.reason,
                       worker.pid ? QString::number(worker.pid) : QString()}
        .join(QLatin1Char('\n'));
}

bool WorkersModel::isNumber(int column)
{
    return column == IndexColumn || (column >= JobAgeColumn && column <= PidColumn);
}

QVariant WorkersModel::toolTip(const WorkerInfo &worker, int column) const
{
    switch (column) {
    case NameColumn:
    case UptimeColumn:
        return tr("%1\nStarted: %2").arg(worker.executorId, format::exactTime(worker.startedAt));
    case StateColumn:
        return worker.endedAt.isValid() ? tr("%1\nEnded: %2").arg(worker.reason, format::exactTime(worker.endedAt))
                                        : worker.reason;
    case ReasonColumn:
        return worker.reason;
    case ModeColumn:
    case ImageColumn:
        return worker.image;
    case JobColumn:
        return worker.jobId ? tr("Job %1: %2\n%3").arg(worker.jobId).arg(worker.jobName, worker.reason).trimmed()
                            : worker.reason;
    case BeatColumn: {
        if (!worker.isAlive() || !worker.beatAge || !worker.own) {
            return {};
        }
        const milliseconds left = worker.staleAfter - *worker.beatAge;
        return left >= seconds(1) ? tr("The heartbeat is stale in %1.").arg(format::duration(left))
                                  : tr("The heartbeat is stale: a beat is expected every second.");
    }
    default:
        return {};
    }
}

QString WorkersModel::accessibleText(const WorkerInfo &worker, int column) const
{
    switch (column) {
    case StateColumn:
        return theme::appearance(worker.state).text;
    case JobAgeColumn:
        return worker.jobAge ? format::duration(*worker.jobAge) : QString();
    case BeatColumn:
        return worker.isAlive() && worker.beatAge ? format::timeAgo(*worker.beatAge) : QString();
    case CpuColumn:
        return worker.cpuPercent ? format::percent(*worker.cpuPercent) : QString();
    case MemoryColumn:
        return worker.memoryBytes ? format::bytes(*worker.memoryBytes) : QString();
    case UptimeColumn: {
        const auto time = uptime(worker);
        return time ? format::duration(*time) : QString();
    }
    default:
        return data(index(rowOf(worker.executorId), column), Qt::DisplayRole).toString();
    }
}

int WorkersModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant WorkersModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const WorkerInfo &worker = at(index.row());
    switch (role) {
    case KeyRole:
        return worker.executorId;
    case StateRole:
        return int(worker.state);
    case Qt::TextAlignmentRole:
        return int((isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ToolTipRole:
        return toolTip(worker, index.column());
    case Qt::AccessibleTextRole:
        return accessibleText(worker, index.column());
    case Qt::ForegroundRole:
        if (index.column() == BeatColumn && worker.isAlive() && worker.beatAge
            && *worker.beatAge > worker.staleAfter / 2) {
            return theme::readable(theme::color(theme::Hue::Warning), QGuiApplication::palette().color(QPalette::Base));
        }
        return {};
    case LoadHistoryRole:
        return index.column() == CpuColumn ? QVariant::fromValue(m_loadHistories.value(worker.executorId)) : QVariant();
    case SortRole:
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case StateColumn:
        return role == SortRole ? QVariant(int(worker.state)) : QVariant(theme::appearance(worker.state).text);
    case NameColumn:
        return worker.name();
    case TypeColumn:
        return worker.type;
    case IndexColumn:
        return worker.own || !worker.pool.isEmpty() ? QVariant(worker.index) : QVariant();
    case ModeColumn:
        return worker.mode;
    case ImageColumn:
        return worker.image;
    case JobColumn:
        return jobOrReason(worker);
    case JobAgeColumn:
        return toVariant(worker.jobAge);
    case BeatColumn:
        return worker.isAlive() ? toVariant(worker.beatAge) : QVariant();
    case CpuColumn:
        return worker.cpuPercent ? QVariant(*worker.cpuPercent) : QVariant();
    case MemoryColumn:
        return worker.memoryBytes ? QVariant(*worker.memoryBytes) : QVariant();
    case DoneColumn:
        return worker.jobsDone;
    case FailedColumn:
        return worker.jobsFailed;
    case UptimeColumn:
        return toVariant(uptime(worker));
    case PidColumn:
        return worker.pid ? QVariant(worker.pid) : QVariant();
    case ReasonColumn:
        return worker.reason;
    default:
        return {};
    }
}

QVariant WorkersModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return int((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case BeatColumn:
            return tr("Time since the last heartbeat of the worker");
        case CpuColumn:
            return tr("CPU use in per cent of one core, including child processes");
        case MemoryColumn:
            return tr("Resident memory, including child processes");
        case DoneColumn:
            return tr("Jobs that the worker completed");
        case FailedColumn:
            return tr("Jobs that failed on the worker");
        case UptimeColumn:
            return tr("Time since the worker was started, or from its start to its end");
        default:
            return {};
        }
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case StateColumn:
        return tr("State");
    case NameColumn:
        return tr("Worker");
    case TypeColumn:
        return tr("Type");
    case IndexColumn:
        return tr("No.");
    case ModeColumn:
        return tr("Mode");
    case ImageColumn:
        return tr("Image");
    case JobColumn:
        return tr("Current job or problem");
    //: how long the worker has been working on its job
    case JobAgeColumn:
        return tr("Job time");
    case BeatColumn:
        return tr("Beat");
    case CpuColumn:
        return tr("CPU");
    case MemoryColumn:
        return tr("Memory");
    //: number of completed jobs
    case DoneColumn:
        return tr("Done");
    //: number of failed jobs
    case FailedColumn:
        return tr("Failed");
    case UptimeColumn:
        return tr("Uptime");
    case PidColumn:
        return tr("PID");
    case ReasonColumn:
        return tr("Reason");
    default:
        return {};
    }
}

} // namespace lifeguard
