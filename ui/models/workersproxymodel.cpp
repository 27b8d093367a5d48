// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/workersproxymodel.h"

#include "ui/models/modelroles.h"
#include "ui/models/workersmodel.h"

#include <algorithm>

namespace lifeguard {

WorkersProxyModel::WorkersProxyModel(WorkersModel *model, QObject *parent)
    : QSortFilterProxyModel(parent)
    , m_model(model)
{
    setSourceModel(model);
    setSortRole(SortRole);
    setDynamicSortFilter(false);
}

bool WorkersProxyModel::sortsByVolatileColumn() const
{
    switch (sortColumn()) {
    case -1:
    case WorkersModel::NameColumn:
    case WorkersModel::TypeColumn:
    case WorkersModel::IndexColumn:
    case WorkersModel::ModeColumn:
    case WorkersModel::ImageColumn:
    case WorkersModel::UptimeColumn: // increases at the same rate for all workers
    case WorkersModel::PidColumn:
        return false;
    default:
        return true;
    }
}

void WorkersProxyModel::sortIfNeeded()
{
    const int column = std::max(0, sortColumn());
    for (int row = 1; row < rowCount(); ++row) {
        const QModelIndex above = mapToSource(index(row - 1, column));
        const QModelIndex below = mapToSource(index(row, column));
        if (sortOrder() == Qt::AscendingOrder ? lessThan(below, above) : lessThan(above, below)) {
            sort(column, sortOrder());
            return;
        }
    }
}

void WorkersProxyModel::setFilterWords(const QString &words)
{
    const QStringList split = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (split != m_words) {
        m_words = split;
        invalidateFilter();
    }
}

bool WorkersProxyModel::filterAcceptsRow(int row, const QModelIndex &) const
{
    if (m_words.isEmpty()) {
        return true;
    }
    const QString text = m_model->searchText(row);
    return std::all_of(m_words.cbegin(), m_words.cend(),
                       [&text](const QString &word) { return text.contains(word, Qt::CaseInsensitive); });
}

bool WorkersProxyModel::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    if (left.column() != WorkersModel::NameColumn) {
        const QVariant a = left.data(SortRole);
        const QVariant b = right.data(SortRole);
        const QPartialOrdering order = QVariant::compare(a, b);
        if (order == QPartialOrdering::Less || order == QPartialOrdering::Greater) {
            return order == QPartialOrdering::Less;
        }
        if (a.isValid() != b.isValid()) {
            return b.isValid(); // unknown values come first
        }
    }
    const WorkerInfo &a = m_model->at(left.row());
    const WorkerInfo &b = m_model->at(right.row());
    const auto key = [](const WorkerInfo &worker) {
        return std::make_tuple(worker.pool.isEmpty(), worker.pool, worker.manager, worker.type, worker.index,
                               !worker.isAlive(), -worker.startedAt.toMSecsSinceEpoch(), worker.executorId);
    };
    return key(a) < key(b);
}

} // namespace lifeguard
