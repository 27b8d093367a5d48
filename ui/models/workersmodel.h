// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/workerinfo.h"

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
    enum Column { StateColumn, NameColumn, TypeColumn, IndexColumn, ModeColumn, ImageColumn, JobColumn, JobAgeColumn, BeatColumn, CpuColumn,
                  MemoryColumn, DoneColumn, FailedColumn, UptimeColumn, PidColumn, ReasonColumn, ColumnCount };
    /// The load of the last minute as a QList<float>, oldest first, one a second; of CpuColumn.
    static constexpr int HistoryRole = SortRole + 1;

    using KeyedTableModel::KeyedTableModel;

    /// As setRows(), and notes the load; now: steady time.
    void setWorkers(const QList<WorkerInfo> &workers, milliseconds now);
    /// What the search box looks through.
    [[nodiscard]] QString searchText(int row) const;

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] static bool isNumber(int column);
    [[nodiscard]] QVariant toolTip(const WorkerInfo &worker, int column) const;
    [[nodiscard]] QString spoken(const WorkerInfo &worker, int column) const;

    QHash<QString, QList<float>> m_loads; ///< by executor id
    milliseconds m_lastSample{-1};
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
    /// Shows only workers that have all these words in one of their facts.
    void setFilterWords(const QString &words);
    [[nodiscard]] bool isFiltered() const { return !m_words.isEmpty(); }
    /// Looks again who belongs here: facts have changed.
    void refilter() { invalidateFilter(); }
    /// Whether the order can change although no worker came or went.
    [[nodiscard]] bool sortsByVolatileColumn() const;

protected:
    [[nodiscard]] bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    WorkersModel *m_model;
    QStringList m_words;
};

} // namespace lifeguard
