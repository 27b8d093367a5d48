// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QList>
#include <QSet>

#include <algorithm>

namespace lifeguard {

/// The keys of a list's rows that can stay where they are while the list becomes another one: the longest run of rows that stand in
/// the new order already. keyOf(row) names a row, newPlaces says where it will be; rows that are not in it go. O(n log n).
template<typename Key, typename KeyOf>
[[nodiscard]] QSet<Key> steadyKeys(int rows, KeyOf keyOf, const QHash<Key, int> &newPlaces)
{
    QList<int> tails; // tails[n]: the row that ends the best run of length n + 1
    QList<int> before(rows, -1);
    const auto place = [&](int row) { return newPlaces.value(keyOf(row)); };
    for (int row = 0; row < rows; ++row) {
        if (!newPlaces.contains(keyOf(row))) {
            continue;
        }
        const auto at = std::lower_bound(tails.begin(), tails.end(), row, [&](int a, int b) { return place(a) < place(b); });
        if (at != tails.begin()) {
            before[row] = *(at - 1);
        }
        if (at == tails.end()) {
            tails.append(row);
        } else {
            *at = row;
        }
    }
    QSet<Key> keys;
    for (int row = tails.isEmpty() ? -1 : tails.last(); row >= 0; row = before.at(row)) {
        keys.insert(keyOf(row));
    }
    return keys;
}

} // namespace lifeguard
