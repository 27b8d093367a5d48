// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/steadykeys.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QList>
#include <QSet>

#include <algorithm>
#include <numeric>
#include <optional>

namespace lifeguard {

/// Roles that all tables of the window share, beside Qt's. DisplayRole is the raw value; delegates format it.
enum ModelRole {
    KeyRole = Qt::UserRole + 1, ///< what names the row
    StateRole, ///< the row's state as an int of its enum
    SortRole, ///< what the column sorts by
};

/// A table of values that is refreshed with whole lists: rows are told apart by their key, only what changed is told to the
/// views, in merged ranges, and the model is never reset. Row needs operator== and a function rowKey(const Row &).
/// While it is held (a menu is open over it) rows change their values but neither come, go nor move.
template<typename Row>
class KeyedTableModel : public QAbstractTableModel
{
public:
    using Key = std::decay_t<decltype(rowKey(std::declval<Row>()))>;
    using QAbstractTableModel::QAbstractTableModel;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    [[nodiscard]] const Row &at(int row) const { return m_rows.at(row); }
    [[nodiscard]] const QList<Row> &rows() const { return m_rows; }
    [[nodiscard]] int rowOf(const Key &key) const
    {
        const auto found = std::find_if(m_rows.cbegin(), m_rows.cend(), [&key](const Row &row) { return rowKey(row) == key; });
        return found == m_rows.cend() ? -1 : int(found - m_rows.cbegin());
    }
    [[nodiscard]] const Row *find(const Key &key) const
    {
        const int row = rowOf(key);
        return row < 0 ? nullptr : &m_rows.at(row);
    }

    void setRows(const QList<Row> &rows)
    {
        if (m_held) {
            m_pending = rows;
            updateValues(rows);
            return;
        }
        // Most refreshes bring the same rows with other values.
        const bool sameKeys = std::equal(rows.cbegin(), rows.cend(), m_rows.cbegin(), m_rows.cend(),
                                         [](const Row &a, const Row &b) { return rowKey(a) == rowKey(b); });
        if (!sameKeys) {
            removeGone(rows);
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
    /// Tells the views that a column may read differently although no row changed: an age.
    void touchColumn(int column)
    {
        if (!m_rows.isEmpty()) {
            Q_EMIT dataChanged(index(0, column), index(int(m_rows.size()) - 1, column), {Qt::DisplayRole});
        }
    }

private:
    static constexpr qsizetype mostMoves = 16; ///< each costs the views as much as a new order of all

    void removeGone(const QList<Row> &rows)
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

    [[nodiscard]] QSet<Key> steady(const QHash<Key, int> &newPlaces) const
    {
        return steadyKeys(int(m_rows.size()), [this](int row) { return rowKey(m_rows.at(row)); }, newPlaces);
    }

    void move(int from, int to)
    {
        if (from != to) {
            beginMoveRows({}, from, from, {}, to > from ? to + 1 : to);
            m_rows.move(from, to);
            endMoveRows();
        }
    }

    /// Brings the rows into the new order at once. Unlike a reset this keeps selection and current row.
    void reorder(const QHash<Key, int> &newPlaces)
    {
        Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
        QList<int> order(m_rows.size());
        std::iota(order.begin(), order.end(), 0);
        std::sort(order.begin(), order.end(),
                  [&](int a, int b) { return newPlaces.value(rowKey(m_rows.at(a))) < newPlaces.value(rowKey(m_rows.at(b))); });
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
        QHash<Key, int> newPlaces;
        newPlaces.reserve(rows.size());
        for (int place = 0; place < rows.size(); ++place) {
            newPlaces.insert(rowKey(rows.at(place)), place);
        }
        QSet<Key> staying = steady(newPlaces);
        if (m_rows.size() - staying.size() > mostMoves) {
            reorder(newPlaces);
            staying = steady(newPlaces);
        }
        qsizetype stayingLeft = staying.size(); // at place or after it
        QSet<Key> known;
        for (const Row &row : std::as_const(m_rows)) {
            known.insert(rowKey(row));
        }
        for (int place = 0; place < rows.size(); ++place) {
            const Key key = rowKey(rows.at(place));
            // A row that has to move further down waits at the end, so that the others need not move at all.
            while (place < m_rows.size() && rowKey(m_rows.at(place)) != key && !staying.contains(rowKey(m_rows.at(place)))
                   && stayingLeft > 0) {
                move(place, int(m_rows.size()) - 1);
            }
            if (place < m_rows.size() && rowKey(m_rows.at(place)) == key) {
                stayingLeft -= staying.contains(key) ? 1 : 0;
                continue;
            }
            if (known.contains(key)) {
                move(rowOf(key), place);
                continue;
            }
            int last = place;
            while (last + 1 < rows.size() && !known.contains(rowKey(rows.at(last + 1)))) {
                ++last;
            }
            beginInsertRows({}, place, last);
            for (int i = place; i <= last; ++i) {
                m_rows.insert(i, rows.at(i));
            }
            endInsertRows();
            place = last;
        }
    }

    void updateValues(const QList<Row> &rows)
    {
        QHash<Key, const Row *> news;
        news.reserve(rows.size());
        for (const Row &row : rows) {
            news.insert(rowKey(row), &row);
        }
        int first = -1;
        int last = -1;
        const auto tell = [&] {
            if (first >= 0) {
                Q_EMIT dataChanged(index(first, 0), index(last, columnCount() - 1));
            }
            first = -1;
        };
        for (int row = 0; row < m_rows.size(); ++row) {
            const Row *changed = news.value(rowKey(m_rows.at(row)), nullptr);
            if (!changed || *changed == m_rows.at(row)) {
                continue;
            }
            m_rows[row] = *changed;
            // Small gaps are bridged: one spanning signal costs less than many.
            if (first >= 0 && row - last > 8) {
                tell();
            }
            first = first < 0 ? row : first;
            last = row;
        }
        tell();
    }

    QList<Row> m_rows;
    std::optional<QList<Row>> m_pending;
    bool m_held = false;
};

} // namespace lifeguard
