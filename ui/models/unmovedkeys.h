// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QList>
#include <QSet>

#include <algorithm>

namespace lifeguard {

/// Returns the keys of the rows that need not move when a list is brought into a new order: a longest subsequence of the rows that is in
/// the new order already. keyOf(row) returns the key of a row; newRows maps keys to their new rows and lacks the keys of rows that are
/// removed. Takes O(n log n) (longest increasing subsequence by patience sorting).
template<typename Key, typename KeyOf>
[[nodiscard]] QSet<Key> unmovedKeys(int rows, KeyOf keyOf, const QHash<Key, int> &newRows)
{
    QList<int> tails; // tails[n]: the row that ends the best subsequence of length n + 1
    QList<int> predecessors(rows, -1);
    const auto newRow = [&](int row) { return newRows.value(keyOf(row)); };
    for (int row = 0; row < rows; ++row) {
        if (!newRows.contains(keyOf(row))) {
            continue;
        }
        const auto position = std::lower_bound(tails.begin(), tails.end(), row, [&](int a, int b) { return newRow(a) < newRow(b); });
        if (position != tails.begin()) {
            predecessors[row] = *(position - 1);
        }
        if (position == tails.end()) {
            tails.append(row);
        } else {
            *position = row;
        }
    }
    QSet<Key> keys;
    for (int row = tails.isEmpty() ? -1 : tails.last(); row >= 0; row = predecessors.at(row)) {
        keys.insert(keyOf(row));
    }
    return keys;
}

} // namespace lifeguard
