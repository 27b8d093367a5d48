// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/poolsmodel.h"

#include "ui/format.h"
#include "ui/theme.h"

namespace lifeguard {

int PoolsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant PoolsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const PoolInfo &pool = at(index.row());
    switch (role) {
    case KeyRole: return pool.name;
    case StateRole: return int(pool.state);
    case AliveRole: return pool.alive;
    case WantedRole: return pool.config.count;
    case ModeRole: return toString(pool.config.mode);
    case WaitingRole: return pool.pendingJobs;
    case ReasonRole: return pool.reason;
    case Qt::ToolTipRole:
        return pool.reason.isEmpty() ? tr("%1: %2").arg(pool.name, theme::look(pool.state).word)
                                     : tr("%1: %2\n%3").arg(pool.name, theme::look(pool.state).word, pool.reason);
    case Qt::AccessibleTextRole:
        if (index.column() == NameColumn) {
            return tr("%1, %2, %3 of %4 workers, %5 waiting")
                .arg(pool.name, theme::look(pool.state).word)
                .arg(pool.alive)
                .arg(pool.config.count)
                .arg(pool.pendingJobs);
        }
        return data(index, Qt::DisplayRole).toString();
    case SortRole:
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (index.column()) {
    case NameColumn: return pool.name;
    case StateColumn: return theme::look(pool.state).word;
    case AliveColumn: return pool.alive;
    case WantedColumn: return pool.config.count;
    case ModeColumn: return toString(pool.config.mode);
    case WaitingColumn: return pool.pendingJobs;
    case ReasonColumn: return pool.reason;
    default: return {};
    }
}

QVariant PoolsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case NameColumn: return tr("Pool");
    case StateColumn: return tr("State");
    case AliveColumn: return tr("Alive");
    case WantedColumn: return tr("Wanted");
    case ModeColumn: return tr("Mode");
    case WaitingColumn: return tr("Waiting");
    case ReasonColumn: return tr("Why");
    default: return {};
    }
}

} // namespace lifeguard
