// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/modelroles.h"
#include "ui/models/rowspan.h"
#include "ui/models/unmovedkeys.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QList>
#include <QSet>

#include <algorithm>
#include <numeric>
#include <optional>

namespace lifeguard {

/// A table all of whose rows are replaced by each refresh. Rows are identified by keys; views are notified only of
/// differences, in merged spans, and the model is never reset. Row needs operator== and a function rowKey(const Row &).
/// While the model is held, for example because a context menu is open, values change but rows do not appear, disappear
/// or move.
template<typename Row>
class KeyedTableModel : public QAbstractTableModel
{
public:
    using Key = std::decay_t<decltype(rowKey(std::declval<Row>()))>;
    using QAbstractTableModel::QAbstractTableModel;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_rows.size());
    }
    [[nodiscard]] const Row &at(int row) const { return m_rows.at(row); }
    [[nodiscard]] const QList<Row> &rows() const { return m_rows; }
    [[nodiscard]] int rowOf(const Key &key) const
    {
        const auto found = std::find_if(m_rows.cbegin(), m_rows.cend(),
                                        [&key](const Row &row) { return rowKey(row) == key; });
        return found == m_rows.cend() ? -1 : int(found - m_rows.cbegin());
    }
    [[nodiscard]] const Row *find(const Key &key) const
    {
        const int row = rowOf(key);
        return row < 0 ? nullptr : &m_rows.at(row);
    }

    /// Replaces the rows. While the model is held, the new rows are kept until it is released.
    void setRows(const QList<Row> &rows)
    {
        if (m_held) {
            m_pending = rows;
            updateValues(rows);
            return;
        }
        // Most refreshes change only values.
        const bool haveSameKeys = std::equal(rows.cbegin(), rows.cend(), m_rows.cbegin(), m_rows.cend(),
                                             [](const Row &a, const Row &b) { return rowKey(a) == rowKey(b); });
        if (!haveSameKeys) {
            removeMissing(rows);
            moveAndInsert(rows);
        }
        updateValues(rows);
    }

    [[nodiscard]] bool isHeld() const { return m_held; }
    void setHeld(bool held)
    {
        m_held = held;
        if (!held && m_pending) {
            const QList<Row> rows = *std::exchange(m_pending, std::nullopt);
            setRows(rows);
        }
    }

protected:
    /// Makes views read a column again that shows ages, although no row has changed.
    void emitColumnChanged(int column)
    {
        if (!m_rows.isEmpty()) {
            Q_EMIT dataChanged(index(0, column), index(int(m_rows.size()) - 1, column), {Qt::DisplayRole});
        }
    }

private:
    static constexpr qsizetype maxMoves = 16; ///< A single move costs a view as much as a new order of all rows.

    void removeMissing(const QList<Row> &rows)
    {
        QSet<Key> wanted;
        wanted.reserve(rows.size());
        for (const Row &row : rows) {
            wanted.insert(rowKey(row));
        }
        for (int last = int(m_rows.size()) - 1; last >= 0; --last) {
            if (wanted.contains(rowKey(m_rows.at(last)))) {
                continue;
            }
            int first = last;
            while (first > 0 && !wanted.contains(rowKey(m_rows.at(first - 1)))) {
                --first;
            }
            beginRemoveRows({}, first, last);
            m_rows.remove(first, last - first + 1);
            endRemoveRows();
            last = first;
        }
    }

    [[nodiscard]] QSet<Key> unmoved(const QHash<Key, int> &newRows) const
    {
        return unmovedKeys(
            int(m_rows.size()), [this](int row) { return rowKey(m_rows.at(row)); }, newRows);
    }

    void move(int from, int to)
    {
        if (from != to) {
            beginMoveRows({}, from, from, {}, to > from ? to + 1 : to);
            m_rows.move(from, to);
            endMoveRows();
        }
    }

    /// Brings the rows into the new order at once. Unlike a reset, this keeps the selection and the current row.
    void reorder(const QHash<Key, int> &newRows)
    {
        Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
        QList<int> order(m_rows.size());
        std::iota(order.begin(), order.end(), 0);
        std::sort(order.begin(), order.end(), [&](int a, int b) {
            return newRows.value(rowKey(m_rows.at(a))) < newRows.value(rowKey(m_rows.at(b)));
        });
        QList<Row> rows;
        rows.reserve(order.size());
        QList<int> newRow(order.size());
        for (const int old : std::as_const(order)) {
            newRow[old] = int(rows.size());
            rows.append(m_rows.at(old));
        }
        m_rows = rows;
        const QModelIndexList before = persistentIndexList();
        QModelIndexList after;
        for (const QModelIndex &persistent : before) {
            after.append(index(newRow.at(persistent.row()), persistent.column()));
        }
        changePersistentIndexList(before, after);
        Q_EMIT layoutChanged({}, VerticalSortHint);
    }

    void moveAndInsert(const QList<Row> &rows)
    {
        QHash<Key, int> newRows;
        newRows.reserve(rows.size());
        for (int row = 0; row < rows.size(); ++row) {
            newRows.insert(rowKey(rows.at(row)), row);
        }
        QSet<Key> staying = unmoved(newRows);
        if (m_rows.size() - staying.size() > maxMoves) {
            reorder(newRows);
            staying = unmoved(newRows);
        }
        qsizetype stayingBelow = staying.size(); // at target or below it
        QSet<Key> known;
        for (const Row &row : std::as_const(m_rows)) {
            known.insert(rowKey(row));
        }
        for (int target = 0; target < rows.size(); ++target) {
            const Key key = rowKey(rows.at(target));
            // A row that has to move further down is put at the end for now, so that the others need not move at all.
            while (target < m_rows.size() && rowKey(m_rows.at(target)) != key
                   && !staying.contains(rowKey(m_rows.at(target))) && stayingBelow > 0) {
                move(target, int(m_rows.size()) - 1);
            }
            if (target < m_rows.size() && rowKey(m_rows.at(target)) == key) {
                stayingBelow -= staying.contains(key) ? 1 : 0;
                continue;
            }
            if (known.contains(key)) {
                move(rowOf(key), target);
                continue;
            }
            int last = target;
            while (last + 1 < rows.size() && !known.contains(rowKey(rows.at(last + 1)))) {
                ++last;
            }
            beginInsertRows({}, target, last);
            for (int i = target; i <= last; ++i) {
                m_rows.insert(i, rows.at(i));
            }
            endInsertRows();
            target = last;
        }
    }

    void updateValues(const QList<Row> &rows)
    {
        QHash<Key, const Row *> newValues;
        newValues.reserve(rows.size());
        for (const Row &row : rows) {
            newValues.insert(rowKey(row), &row);
        }
        QList<int> changed;
        for (int row = 0; row < m_rows.size(); ++row) {
            const Row *value = newValues.value(rowKey(m_rows.at(row)), nullptr);
            if (value && *value != m_rows.at(row)) {
                m_rows[row] = *value;
                changed.append(row);
            }
        }
        for (const RowSpan &span : mergedSpans(changed)) {
            Q_EMIT dataChanged(index(span.first, 0), index(span.last, columnCount() - 1));
        }
    }

    QList<Row> m_rows;
    std::optional<QList<Row>> m_pending; ///< rows that were set while the model was held
    bool m_held = false;
};

} // namespace lifeguard
