// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/poolinfo.h"

namespace lifeguard {
[[nodiscard]] inline QString rowKey(const PoolInfo &pool)
{
    return pool.key();
}
} // namespace lifeguard

#include "ui/models/keyedtablemodel.h"
#include "ui/theme/stateappearance.h"

namespace lifeguard {

/// Returns how many jobs wait for the pool and whether that needs attention: "3 waiting, no worker alive" does, "3
/// waiting, all workers busy" does not.
[[nodiscard]] theme::StateAppearance queueAppearance(const PoolInfo &pool);

/// Returns the latest decision about the number of workers, "4 → 6: 41 pending, 8 per worker", or that scaling is
/// suspended; empty for a pool without scaling.
[[nodiscard]] QString scalingText(const PoolInfo &pool);
/// Returns the range of the number of workers, "0–8"; empty for a pool without scaling.
[[nodiscard]] QString scalingRange(const PoolInfo &pool);

/// The pools of this manager and of other managers. The list of pools shows the first column; its delegate reads the
/// other values by role.
class PoolsModel : public KeyedTableModel<PoolInfo>
{
    Q_OBJECT

public:
    enum Column {
        NameColumn,
        StateColumn,
        AliveColumn,
        TargetColumn,
        ModeColumn,
        WaitingColumn,
        ReasonColumn,
        ColumnCount
    };
    enum Role {
        AliveRole = SortRole + 1,
        TargetRole,
        ModeRole,
        WaitingRole,
        ReasonRole,
        ModeReasonRole,
        QueueAppearanceRole,
        ScalingRole ///< scalingText()
    };

    using KeyedTableModel::KeyedTableModel;

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
};

} // namespace lifeguard
