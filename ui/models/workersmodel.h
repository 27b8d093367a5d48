// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pool/poolinfo.h"

#include <QSortFilterProxyModel>

namespace lifeguard {
[[nodiscard]] inline QString rowKey(const WorkerInfo &worker)
{
    return worker.executorId;
}
} // namespace lifeguard

#include "ui/models/keyedtablemodel.h"

namespace lifeguard {

/// Workers as the manager shows them, one a row. Ages are milliseconds, memory bytes, load percent of one core.
class WorkersModel : public KeyedTableModel<WorkerInfo>
{
    Q_OBJECT

public:
    enum Column { StateColumn, NameColumn, ModeColumn, JobColumn, JobAgeColumn, BeatColumn, CpuColumn, MemoryColumn, DoneColumn,
                  FailedColumn, PidColumn, ReasonColumn, ColumnCount };

    using KeyedTableModel::KeyedTableModel;

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
};

/// Sorts workers: by pool and number unless the user chose a column. Sorts when told, so that the table never moves by itself
/// under the cursor.
class WorkersProxy : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit WorkersProxy(WorkersModel *model, QObject *parent = nullptr);
    /// Brings the rows into order if they are not.
    void sortIfNeeded();
    /// Whether the order can change although no worker came or went.
    [[nodiscard]] bool sortsByVolatileColumn() const;

protected:
    [[nodiscard]] bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    WorkersModel *m_model;
};

} // namespace lifeguard
