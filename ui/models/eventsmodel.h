// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/event.h"

#include <QStringList>

namespace lifeguard {
[[nodiscard]] inline qint64 rowKey(const Event &event)
{
    return event.id;
}
} // namespace lifeguard

#include "ui/models/keyedtablemodel.h"

namespace lifeguard {

/// The newest events, one per row.
class EventsModel : public KeyedTableModel<Event>
{
    Q_OBJECT

public:
    enum Column { TimeColumn, KindColumn, PoolColumn, WorkerColumn, JobColumn, MessageColumn, ColumnCount };

    using KeyedTableModel::KeyedTableModel;

    /// Updates ages. Call it once per second.
    void tick() { emitColumnChanged(TimeColumn); }
    /// Sets the short names of other managers that run pools now: names of their pools are ambiguous without them.
    void setOtherManagers(const QStringList &names);

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    QStringList m_otherManagers;
};

} // namespace lifeguard
