// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/poolsmodel.h"

#include "core/base/secretmasking.h"
#include "core/config/containerprotections.h"
#include "ui/format.h"
#include "ui/models/modelroles.h"
#include "ui/theme/stateappearance.h"

namespace lifeguard {

namespace {

QString toolTip(const PoolInfo &pool)
{
    //: %1 is the name of a pool, %2 its state
    QStringList lines{PoolsModel::tr("%1: %2").arg(pool.key(), theme::appearance(pool.state).text)};
    if (!pool.reason.isEmpty()) {
        lines.append(pool.reason);
    }
    if (!pool.modeReason.isEmpty() && pool.modeReason != pool.reason) {
        lines.append(format::sentence(pool.modeReason));
    }
    if (pool.mode == toString(ExecutionMode::Docker)) {
        lines.append(PoolsModel::tr("Image: %1").arg(pool.config.image));
        if (const QStringList keys = givenUpProtections(pool.config); !keys.isEmpty()) {
            //: %1 is a list of keys of the configuration, such as "container_root"
            lines.append(PoolsModel::tr("Protections given up: %1").arg(keys.join(QLatin1String(", "))));
        }
    }
    lines.append(
        PoolsModel::tr("Workers: %1 of %2 alive, %3 busy").arg(pool.alive).arg(pool.config.count).arg(pool.busy));
    if (pool.scalingBounds) {
        //: %1 is a range of numbers of workers, "0–8"; %2 the latest decision, "4 → 6: 41 pending, 8 per worker"
        lines.append(PoolsModel::tr("Scaling %1: %2").arg(scalingRange(pool), scalingText(pool)));
    }
    lines.append(queueAppearance(pool).text);
    if (pool.config.memoryLimitMb > 0) {
        lines.append(PoolsModel::tr("Memory limit per worker: %1 MB").arg(format::count(pool.config.memoryLimitMb)));
    }
    if (pool.config.cpuLimit > 0) {
        lines.append(PoolsModel::tr("CPU limit per worker: %1 cores").arg(pool.config.cpuLimit));
    }
    if (pool.config.recycleAfterJobs > 0) {
        lines.append(PoolsModel::tr("Workers are replaced after %Ln job(s)", nullptr, pool.config.recycleAfterJobs));
    }
    if (pool.config.recycleAboveMb > 0) {
        lines.append(PoolsModel::tr("Workers are replaced above %1 MB").arg(format::count(pool.config.recycleAboveMb)));
    }
    if (!pool.config.command.isEmpty()) {
        lines.append(PoolsModel::tr("Command: %1").arg(maskedCommandLine(pool.config.command)));
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

theme::StateAppearance queueAppearance(const PoolInfo &pool)
{
    using theme::Hue;
    using theme::Shape;
    if (pool.pendingJobs == 0) {
        return {Hue::Neutral, Shape::Dash, PoolsModel::tr("no jobs waiting")};
    }
    const QString number = format::count(pool.pendingJobs);
    const bool isScaledUp = pool.countSource == CountSource::Scaling && pool.alive == 0
                         && pool.state == PoolState::Running; // from no workers
    if (pool.state == PoolState::Starting || isScaledUp) {
        return {Hue::Neutral, Shape::Arc, PoolsModel::tr("%1 waiting, workers starting").arg(number)};
    }
    if (pool.state == PoolState::Paused) {
        return {Hue::Busy, Shape::Bars, PoolsModel::tr("%1 waiting, paused").arg(number)};
    }
    if (pool.alive == 0) {
        return {Hue::Bad, Shape::Triangle, PoolsModel::tr("%1 waiting, no worker alive").arg(number)};
    }
    if (pool.busy >= pool.alive) {
        return {Hue::Busy, Shape::Disc, PoolsModel::tr("%1 waiting, all workers busy").arg(number)};
    }
    return {Hue::Neutral, Shape::Ring, PoolsModel::tr("%1 waiting").arg(number)};
}

QString scalingRange(const PoolInfo &pool)
{
    if (!pool.scalingBounds) {
        return {};
    }
    //: the least and the greatest number of workers
    return PoolsModel::tr("%1–%2").arg(pool.scalingBounds->min).arg(pool.scalingBounds->max);
}

QString scalingText(const PoolInfo &pool)
{
    if (!pool.scalingBounds) {
        return {};
    }
    if (pool.countSource != CountSource::Scaling) {
        return PoolsModel::tr("count set by hand");
    }
    //: %1 is a range of numbers of workers, "0–8"
    return pool.scalingDecision.isEmpty() ? PoolsModel::tr("scaling %1").arg(scalingRange(pool)) : pool.scalingDecision;
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
    case KeyRole:
        return pool.key();
    case StateRole:
        return int(pool.state);
    case AliveRole:
        return pool.alive;
    case TargetRole:
        return pool.config.count;
    case ModeRole:
        return pool.mode.isEmpty() ? toString(pool.config.mode) : pool.mode;
    case WaitingRole:
        return pool.pendingJobs;
    case ReasonRole:
        return pool.reason;
    case ModeReasonRole:
        return pool.modeReason;
    case QueueAppearanceRole:
        return QVariant::fromValue(queueAppearance(pool));
    case ScalingRole:
        return scalingText(pool);
    case Qt::ToolTipRole:
        return toolTip(pool);
    case Qt::AccessibleTextRole:
        if (index.column() == NameColumn) {
            QStringList facts{pool.key(),
                              theme::appearance(pool.state).text,
                              tr("%1 of %2 workers").arg(pool.alive).arg(pool.config.count),
                              queueAppearance(pool).text,
                              scalingText(pool),
                              pool.modeReason};
            facts.removeAll(QString());
            return facts.join(QStringLiteral(", "));
        }
        return data(index, Qt::DisplayRole).toString();
    case SortRole:
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case NameColumn:
        return pool.key();
    case StateColumn:
        return theme::appearance(pool.state).text;
    case AliveColumn:
        return pool.alive;
    case TargetColumn:
        return pool.config.count;
    case ModeColumn:
        return data(index, ModeRole);
    case WaitingColumn:
        return pool.pendingJobs;
    case ReasonColumn:
        return pool.reason.isEmpty() ? pool.modeReason : pool.reason;
    default:
        return {};
    }
}

QVariant PoolsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case NameColumn:
        return tr("Pool");
    case StateColumn:
        return tr("State");
    case AliveColumn:
        return tr("Alive");
    //: number of workers that the pool should have
    case TargetColumn:
        return tr("Target");
    case ModeColumn:
        return tr("Mode");
    case WaitingColumn:
        return tr("Waiting");
    case ReasonColumn:
        return tr("Reason");
    default:
        return {};
    }
}

} // namespace lifeguard
