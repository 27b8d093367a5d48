// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/eventsmodel.h"

#include "ui/format.h"
#include "ui/models/eventkinds.h"

namespace lifeguard {

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
    case KeyRole: return event.id;
    case StateRole: return eventKindNumber(event.kind);
    case Qt::TextAlignmentRole: return int((index.column() == TimeColumn || index.column() == JobColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ToolTipRole: return index.column() == TimeColumn ? format::exactTime(event.at) : event.message.translatedText();
    case Qt::AccessibleTextRole:
        return index.column() == TimeColumn ? format::ago(event.at, QDateTime::currentDateTimeUtc())
                                            : data(index, Qt::DisplayRole).toString();
    case SortRole:
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (index.column()) {
    case TimeColumn: return event.at;
    case PoolColumn: return event.pool.isEmpty() ? event.workerType : event.pool;
    case KindColumn: return eventWords(event);
    case WorkerColumn: return event.executorId;
    case JobColumn: return event.jobId ? QVariant(event.jobId) : QVariant();
    case MessageColumn: return event.message.translatedText();
    default: return {};
    }
}

QVariant EventsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return int((section == TimeColumn || section == JobColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case TimeColumn: return tr("When");
    case PoolColumn: return tr("Pool");
    case KindColumn: return tr("What");
    case WorkerColumn: return tr("Worker");
    case JobColumn: return tr("Job");
    case MessageColumn: return tr("Details");
    default: return {};
    }
}

} // namespace lifeguard
