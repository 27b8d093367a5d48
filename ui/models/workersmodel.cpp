// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/workersmodel.h"

#include "core/health/healthpolicy.h"
#include "ui/format.h"
#include "ui/theme.h"

#include <QGuiApplication>
#include <QPalette>

#include <algorithm>

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
    constexpr qsizetype kept = 60;
    constexpr milliseconds step(900); // the manager tells once a second, and more often when something happens
    if (m_lastSample.count() < 0 || now - m_lastSample >= step) {
        m_lastSample = now;
        QHash<QString, QList<float>> loads;
        loads.reserve(workers.size());
        for (const WorkerInfo &worker : workers) {
            if (worker.isAlive() && worker.own && worker.cpuPercent) {
                QList<float> load = m_loads.take(worker.executorId);
                load.append(float(*worker.cpuPercent));
                if (load.size() > kept) {
                    load.removeFirst();
                }
                loads.insert(worker.executorId, std::move(load));
            }
        }
        m_loads = std::move(loads);
    }
    setRows(workers);
}

QString WorkersModel::searchText(int row) const
{
    const WorkerInfo &worker = at(row);
    return QStringList{worker.name(), worker.executorId, worker.pool, worker.type, worker.mode, worker.image, theme::look(worker.state).word, worker.jobName,
                       worker.jobId ? QString::number(worker.jobId) : QString(), worker.reason, worker.pid ? QString::number(worker.pid) : QString()}
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
    case UptimeColumn: return tr("%1\nstarted %2").arg(worker.executorId, format::exactTime(worker.startedAt));
    case StateColumn:
        return worker.endedAt.isValid() ? tr("%1\nended %2").arg(worker.reason, format::exactTime(worker.endedAt)) : worker.reason;
    case ReasonColumn: return worker.reason;
    case ModeColumn:
    case ImageColumn: return worker.image;
    case JobColumn:
        return worker.jobId ? tr("job %1: %2\n%3").arg(worker.jobId).arg(worker.jobName, worker.reason).trimmed() : worker.reason;
    case BeatColumn: {
        if (!worker.isAlive() || !worker.beatAge || !worker.own) {
            return {};
        }
        const auto left = std::chrono::duration_cast<seconds>(worker.staleAfter - *worker.beatAge).count();
        return left > 0 ? tr("stale in 0:%1").arg(left, 2, 10, QLatin1Char('0')) : tr("stale: a beat is expected every second");
    }
    default: return {};
    }
}

QString WorkersModel::spoken(const WorkerInfo &worker, int column) const
{
    switch (column) {
    case StateColumn: return theme::look(worker.state).word;
    case JobAgeColumn: return worker.jobAge ? format::duration(*worker.jobAge) : QString();
    case BeatColumn: return worker.isAlive() && worker.beatAge ? tr("%1 ago").arg(format::duration(*worker.beatAge)) : QString();
    case CpuColumn: return worker.cpuPercent ? format::percent(*worker.cpuPercent) : QString();
    case MemoryColumn: return worker.memoryBytes ? format::bytes(*worker.memoryBytes) : QString();
    case UptimeColumn: {
        const auto time = uptime(worker);
        return time ? format::duration(*time) : QString();
    }
    default: return data(index(rowOf(worker.executorId), column), Qt::DisplayRole).toString();
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
    case KeyRole: return worker.executorId;
    case StateRole: return int(worker.state);
    case Qt::TextAlignmentRole: return int((isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ToolTipRole: return toolTip(worker, index.column());
    case Qt::AccessibleTextRole: return spoken(worker, index.column());
    case Qt::ForegroundRole:
        if (index.column() == BeatColumn && worker.isAlive() && worker.beatAge && *worker.beatAge > worker.staleAfter / 2) {
            return theme::readable(theme::color(theme::Hue::Warning), QGuiApplication::palette().color(QPalette::Base));
        }
        return {};
    case HistoryRole: return index.column() == CpuColumn ? QVariant::fromValue(m_loads.value(worker.executorId)) : QVariant();
    case SortRole:
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (index.column()) {
    case StateColumn: return role == SortRole ? QVariant(int(worker.state)) : QVariant(theme::look(worker.state).word);
    case NameColumn: return worker.name();
    case TypeColumn: return worker.type;
    case IndexColumn: return worker.own || !worker.pool.isEmpty() ? QVariant(worker.index) : QVariant();
    case ModeColumn: return worker.mode;
    case ImageColumn: return worker.image;
    case JobColumn: return jobAndReason(worker);
    case JobAgeColumn: return milliseconds64(worker.jobAge);
    case BeatColumn: return worker.isAlive() ? milliseconds64(worker.beatAge) : QVariant();
    case CpuColumn: return worker.cpuPercent ? QVariant(*worker.cpuPercent) : QVariant();
    case MemoryColumn: return worker.memoryBytes ? QVariant(*worker.memoryBytes) : QVariant();
    case DoneColumn: return worker.jobsDone;
    case FailedColumn: return worker.jobsFailed;
    case UptimeColumn: return milliseconds64(uptime(worker));
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
        return int((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case BeatColumn: return tr("When the worker last said that it is alive");
        case CpuColumn: return tr("Percent of one core, with all it started");
        case MemoryColumn: return tr("Resident memory, with all it started");
        case DoneColumn: return tr("Jobs it has completed");
        case FailedColumn: return tr("Jobs that failed with it");
        case UptimeColumn: return tr("Since it was started, or how long it lived");
        default: return {};
        }
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case StateColumn: return tr("State");
    case NameColumn: return tr("Worker");
    case TypeColumn: return tr("Type");
    case IndexColumn: return tr("No.");
    case ModeColumn: return tr("Mode");
    case ImageColumn: return tr("Image");
    case JobColumn: return tr("Current job, or what is wrong");
    case JobAgeColumn: return tr("For");
    case BeatColumn: return tr("Beat");
    case CpuColumn: return tr("CPU");
    case MemoryColumn: return tr("Memory");
    case DoneColumn: return tr("Done");
    case FailedColumn: return tr("Failed");
    case UptimeColumn: return tr("Uptime");
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
    case WorkersModel::TypeColumn:
    case WorkersModel::IndexColumn:
    case WorkersModel::ModeColumn:
    case WorkersModel::ImageColumn:
    case WorkersModel::UptimeColumn: // all of them grow alike
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

void WorkersProxy::setFilterWords(const QString &words)
{
    const QStringList split = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (split != m_words) {
        m_words = split;
        invalidateFilter();
    }
}

bool WorkersProxy::filterAcceptsRow(int row, const QModelIndex &) const
{
    if (m_words.isEmpty()) {
        return true;
    }
    const QString text = m_model->searchText(row);
    return std::all_of(m_words.cbegin(), m_words.cend(), [&text](const QString &word) { return text.contains(word, Qt::CaseInsensitive); });
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
