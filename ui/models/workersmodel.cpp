// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/workersmodel.h"

#include "ui/format.h"
#include "ui/theme.h"

namespace lifeguard {

namespace {

QVariant milliseconds64(const std::optional<milliseconds> &time)
{
    return time ? QVariant(qint64(time->count())) : QVariant();
}

/// One column for both: who is well has a job, who is not has a reason.
QString jobAndReason(const WorkerInfo &worker)
{
    if (worker.jobId == 0 || worker.reason.isEmpty()) {
        return worker.jobId == 0 ? worker.reason : worker.jobName;
    }
    return WorkersModel::tr("%1 – %2").arg(worker.jobName, worker.reason);
}

} // namespace

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
    case KeyRole: return worker.executorId;
    case StateRole: return int(worker.state);
    case Qt::TextAlignmentRole:
        return index.column() >= JobAgeColumn && index.column() <= PidColumn ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter))
                                                                           : QVariant(int(Qt::AlignLeft | Qt::AlignVCenter));
    case Qt::ToolTipRole:
        switch (index.column()) {
        case NameColumn: return tr("%1\nstarted %2").arg(worker.executorId, format::exactTime(worker.startedAt));
        case StateColumn:
            return worker.endedAt.isValid() ? tr("%1\nended %2").arg(worker.reason, format::exactTime(worker.endedAt)) : worker.reason;
        case ReasonColumn: return worker.reason;
        case JobColumn:
            return worker.jobId ? tr("job %1: %2\n%3").arg(worker.jobId).arg(worker.jobName, worker.reason).trimmed() : worker.reason;
        default: return {};
        }
    case Qt::AccessibleTextRole:
        switch (index.column()) {
        case StateColumn: return theme::look(worker.state).word;
        case JobAgeColumn: return worker.jobAge ? format::duration(*worker.jobAge) : QString();
        case BeatColumn: return worker.beatAge ? tr("%1 ago").arg(format::duration(*worker.beatAge)) : QString();
        case CpuColumn: return worker.cpuPercent ? format::percent(*worker.cpuPercent) : QString();
        case MemoryColumn: return worker.memoryBytes ? format::bytes(*worker.memoryBytes) : QString();
        default: return data(index, Qt::DisplayRole).toString();
        }
    case SortRole:
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (index.column()) {
    case StateColumn: return role == SortRole ? QVariant(int(worker.state)) : QVariant(theme::look(worker.state).word);
    case NameColumn: return worker.name();
    case ModeColumn: return worker.mode;
    case JobColumn: return jobAndReason(worker);
    case JobAgeColumn: return milliseconds64(worker.jobAge);
    case BeatColumn: return worker.isAlive() ? milliseconds64(worker.beatAge) : QVariant();
    case CpuColumn: return worker.cpuPercent ? QVariant(*worker.cpuPercent) : QVariant();
    case MemoryColumn: return worker.memoryBytes ? QVariant(*worker.memoryBytes) : QVariant();
    case DoneColumn: return worker.jobsDone;
    case FailedColumn: return worker.jobsFailed;
    case PidColumn: return worker.pid ? QVariant(worker.pid) : QVariant();
    case ReasonColumn: return worker.reason;
    default: return {};
    }
}

QVariant WorkersModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return int((section >= JobAgeColumn && section <= PidColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case BeatColumn: return tr("When the worker last said that it is alive");
        case CpuColumn: return tr("Percent of one core, with all it started");
        case MemoryColumn: return tr("Resident memory, with all it started");
        default: return {};
        }
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case StateColumn: return tr("State");
    case NameColumn: return tr("Worker");
    case ModeColumn: return tr("Mode");
    case JobColumn: return tr("Current job, or what is wrong");
    case JobAgeColumn: return tr("For");
    case BeatColumn: return tr("Beat");
    case CpuColumn: return tr("CPU");
    case MemoryColumn: return tr("Memory");
    case DoneColumn: return tr("Done");
    case FailedColumn: return tr("Failed");
    case PidColumn: return tr("PID");
    case ReasonColumn: return tr("Why");
    default: return {};
    }
}

WorkersProxy::WorkersProxy(WorkersModel *model, QObject *parent)
    : QSortFilterProxyModel(parent)
    , m_model(model)
{
    setSourceModel(model);
    setSortRole(SortRole);
    setDynamicSortFilter(false);
}

bool WorkersProxy::sortsByVolatileColumn() const
{
    switch (sortColumn()) {
    case -1:
    case WorkersModel::NameColumn:
    case WorkersModel::ModeColumn:
    case WorkersModel::PidColumn: return false;
    default: return true;
    }
}

void WorkersProxy::sortIfNeeded()
{
    const int column = std::max(0, sortColumn());
    for (int row = 1; row < rowCount(); ++row) {
        const QModelIndex above = mapToSource(index(row - 1, column));
        const QModelIndex below = mapToSource(index(row, column));
        if (sortOrder() == Qt::AscendingOrder ? lessThan(below, above) : lessThan(above, below)) {
            sort(column, sortOrder());
            return;
        }
    }
}

bool WorkersProxy::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    if (left.column() != WorkersModel::NameColumn) {
        const QVariant a = left.data(SortRole);
        const QVariant b = right.data(SortRole);
        const QPartialOrdering order = QVariant::compare(a, b);
        if (order == QPartialOrdering::Less || order == QPartialOrdering::Greater) {
            return order == QPartialOrdering::Less;
        }
        if (a.isValid() != b.isValid()) {
            return b.isValid(); // what is not known comes first
        }
    }
    const WorkerInfo &a = m_model->at(left.row());
    const WorkerInfo &b = m_model->at(right.row());
    const auto key = [](const WorkerInfo &worker) {
        return std::make_tuple(worker.pool.isEmpty(), worker.pool, worker.type, worker.index, !worker.isAlive(),
                               -worker.startedAt.toMSecsSinceEpoch(), worker.executorId);
    };
    return key(a) < key(b);
}

} // namespace lifeguard
