// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/poolsmodel.h"

#include "ui/format.h"
#include "ui/theme.h"

namespace lifeguard {

namespace {

QString toolTip(const PoolInfo &pool)
{
    QStringList lines{PoolsModel::tr("%1: %2").arg(pool.name, theme::look(pool.state).word)};
    if (!pool.reason.isEmpty()) {
        lines.append(pool.reason);
    }
    if (!pool.modeReason.isEmpty() && pool.modeReason != pool.reason) {
        lines.append(PoolsModel::tr("Runs %1").arg(pool.modeReason));
    }
    if (pool.mode == toString(ExecutionMode::Docker)) {
        lines.append(PoolsModel::tr("Image: %1").arg(pool.config.image));
    }
    lines.append(PoolsModel::tr("%1 of %2 workers alive, %3 at work").arg(pool.alive).arg(pool.config.count).arg(pool.busy));
    lines.append(waitingLook(pool).word);
    if (pool.config.memoryLimitMb > 0) {
        lines.append(PoolsModel::tr("Memory limit of a worker: %1 MB").arg(format::count(pool.config.memoryLimitMb)));
    }
    if (pool.config.cpuLimit > 0) {
        lines.append(PoolsModel::tr("CPU limit of a worker: %1 cores").arg(pool.config.cpuLimit));
    }
    if (pool.config.recycleAfterJobs > 0) {
        lines.append(PoolsModel::tr("Workers are replaced after %1 jobs").arg(format::count(pool.config.recycleAfterJobs)));
    }
    if (pool.config.recycleAboveMb > 0) {
        lines.append(PoolsModel::tr("Workers are replaced above %1 MB").arg(format::count(pool.config.recycleAboveMb)));
    }
    if (!pool.config.command.isEmpty()) {
        lines.append(PoolsModel::tr("Command: %1").arg(pool.config.command.join(QLatin1Char(' '))));
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

theme::StateLook waitingLook(const PoolInfo &pool)
{
    using theme::Hue;
    using theme::Shape;
    if (pool.pendingJobs == 0) {
        return {Hue::Quiet, Shape::Dash, PoolsModel::tr("nothing waits")};
    }
    const QString number = format::count(pool.pendingJobs);
    if (pool.state == PoolState::Starting) {
        return {Hue::Quiet, Shape::Arc, PoolsModel::tr("%1 waiting, workers start").arg(number)};
    }
    if (pool.state == PoolState::Paused) {
        return {Hue::Busy, Shape::Bars, PoolsModel::tr("%1 waiting, paused").arg(number)};
    }
    if (pool.alive == 0) {
        return {Hue::Bad, Shape::Triangle, PoolsModel::tr("%1 waiting, no worker alive").arg(number)};
    }
    if (pool.busy >= pool.alive) {
        return {Hue::Busy, Shape::Disc, PoolsModel::tr("%1 waiting, all busy").arg(number)};
    }
    return {Hue::Quiet, Shape::Ring, PoolsModel::tr("%1 waiting").arg(number)};
}

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
    case ModeRole: return pool.mode.isEmpty() ? toString(pool.config.mode) : pool.mode;
    case WaitingRole: return pool.pendingJobs;
    case ReasonRole: return pool.reason;
    case ModeReasonRole: return pool.modeReason;
    case WaitingLookRole: return QVariant::fromValue(waitingLook(pool));
    case Qt::ToolTipRole: return toolTip(pool);
    case Qt::AccessibleTextRole:
        if (index.column() == NameColumn) {
            const QString text = tr("%1, %2, %3 of %4 workers, %5")
                                     .arg(pool.name, theme::look(pool.state).word)
                                     .arg(pool.alive)
                                     .arg(pool.config.count)
                                     .arg(waitingLook(pool).word);
            return pool.modeReason.isEmpty() ? text : tr("%1, %2").arg(text, pool.modeReason);
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
    case ModeColumn: return data(index, ModeRole);
    case WaitingColumn: return pool.pendingJobs;
    case ReasonColumn: return pool.reason.isEmpty() ? pool.modeReason : pool.reason;
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
