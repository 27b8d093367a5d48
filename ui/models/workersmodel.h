// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/workerinfo.h"

namespace lifeguard {
[[nodiscard]] inline QString rowKey(const WorkerInfo &worker)
{
    return worker.executorId;
}
} // namespace lifeguard

#include "ui/models/keyedtablemodel.h"

namespace lifeguard {

/// The workers of the database, one per row. Ages are in milliseconds, memory in bytes, CPU load in per cent of one core.
class WorkersModel : public KeyedTableModel<WorkerInfo>
{
    Q_OBJECT

public:
    enum Column { StateColumn, NameColumn, TypeColumn, IndexColumn, ModeColumn, ImageColumn, JobColumn, JobAgeColumn, BeatColumn, CpuColumn,
                  MemoryColumn, DoneColumn, FailedColumn, UptimeColumn, PidColumn, ReasonColumn, ColumnCount };
    /// CpuColumn: the load of the last minute as a QList<float>, one value per second, the oldest first.
    static constexpr int LoadHistoryRole = SortRole + 1;

    using KeyedTableModel::KeyedTableModel;

    /// Replaces the rows, and adds the CPU loads to the histories. now is steady time.
    void setWorkers(const QList<WorkerInfo> &workers, milliseconds now);
    /// Returns the text that the search field searches.
    [[nodiscard]] QString searchText(int row) const;

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] static bool isNumber(int column);
    [[nodiscard]] QVariant toolTip(const WorkerInfo &worker, int column) const;
    [[nodiscard]] QString accessibleText(const WorkerInfo &worker, int column) const;

    QHash<QString, QList<float>> m_loadHistories; ///< by executor id
    milliseconds m_lastSample{-1};
};

} // namespace lifeguard
