// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/eventsmodel.h"

#include "ui/format.h"
#include "ui/models/modelroles.h"
#include "ui/theme/eventkindappearance.h"

namespace lifeguard {

namespace {

Qt::AlignmentFlag alignment(int column)
{
    return column == EventsModel::TimeColumn || column == EventsModel::JobColumn ? Qt::AlignRight : Qt::AlignLeft;
}

} // namespace

void EventsModel::setOtherManagers(const QStringList &names)
{
    if (m_otherManagers != names) {
        m_otherManagers = names;
        emitColumnChanged(PoolColumn);
    }
}

int EventsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant EventsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const Event &event = at(index.row());
    switch (role) {
    case KeyRole:
        return event.id;
    case StateRole:
        return int(event.kind);
    case Qt::TextAlignmentRole:
        return int(alignment(index.column()) | Qt::AlignVCenter);
    case Qt::ToolTipRole:
        return index.column() == TimeColumn ? format::exactTime(event.at)
             : index.column() == PoolColumn ? data(index, Qt::DisplayRole)
                                            : QVariant(event.message.translatedText());
    case Qt::AccessibleTextRole:
        return index.column() == TimeColumn ? format::timeAgo(event.at, QDateTime::currentDateTimeUtc())
                                            : data(index, Qt::DisplayRole).toString();
    case SortRole:
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case TimeColumn:
        return event.at;
    case PoolColumn:
        if (!event.pool.isEmpty() && m_otherManagers.contains(event.manager)) {
            return QString(event.pool + QLatin1Char('@') + event.manager); // as PoolInfo::key()
        }
        return event.pool.isEmpty() ? event.workerType : event.pool;
    case KindColumn:
        return eventKindText(event);
    case WorkerColumn:
        return event.executorId;
    case JobColumn:
        return event.jobId ? QVariant(event.jobId) : QVariant();
    case MessageColumn:
        return event.message.translatedText();
    default:
        return {};
    }
}

QVariant EventsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return int(alignment(section) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case TimeColumn:
        return tr("Time");
    case PoolColumn:
        return tr("Pool");
    case KindColumn:
        return tr("Event");
    case WorkerColumn:
        return tr("Worker");
    case JobColumn:
        return tr("Job");
    case MessageColumn:
        return tr("Details");
    default:
        return {};
    }
}

} // namespace lifeguard
