// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/poolinfo.h"

namespace lifeguard {
[[nodiscard]] inline QString rowKey(const PoolInfo &pool)
{
    return pool.name;
}
} // namespace lifeguard

#include "ui/models/keyedtablemodel.h"
#include "ui/theme.h"

namespace lifeguard {

/// What waits for the pool, and whether somebody is there to do it: "3 waiting, no worker alive" is trouble, "3 waiting, all busy"
/// is not.
[[nodiscard]] theme::StateLook waitingLook(const PoolInfo &pool);

/// Pools of this manager. The list at the side shows the first column, its delegate takes the rest by roles.
class PoolsModel : public KeyedTableModel<PoolInfo>
{
    Q_OBJECT

public:
    enum Column { NameColumn, StateColumn, AliveColumn, WantedColumn, ModeColumn, WaitingColumn, ReasonColumn, ColumnCount };
    enum Role { AliveRole = SortRole + 1, WantedRole, ModeRole, WaitingRole, ReasonRole, ModeReasonRole, WaitingLookRole };

    using KeyedTableModel::KeyedTableModel;

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
};

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::theme::StateLook)
