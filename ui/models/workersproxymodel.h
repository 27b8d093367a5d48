// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>

namespace lifeguard {

class WorkersModel;

/// Sorts workers, by pool and number unless the user selected a column, and filters them by words. Sorts only when sortIfNeeded() or
/// sort() is called, so that the table never moves under the cursor.
class WorkersProxyModel : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit WorkersProxyModel(WorkersModel *model, QObject *parent = nullptr);

    /// Sorts the rows if they are out of order.
    void sortIfNeeded();
    /// Shows only workers whose searchText() contains all of these words.
    void setFilterWords(const QString &words);
    [[nodiscard]] bool isFiltered() const { return !m_words.isEmpty(); }
    /// Applies the filter again because values have changed.
    void refilter() { invalidateFilter(); }
    /// Returns whether the order can change although no worker was added or removed.
    [[nodiscard]] bool sortsByVolatileColumn() const;

protected:
    [[nodiscard]] bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    WorkersModel *m_model;
    QStringList m_words;
};

} // namespace lifeguard
