// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/headchanges.h"

#include "ui/models/unmovedkeys.h"

namespace lifeguard {

HeadChanges headChanges(const QList<qint64> &oldIds, const QList<qint64> &newIds)
{
    QHash<qint64, int> newRows;
    newRows.reserve(newIds.size());
    for (int row = 0; row < newIds.size(); ++row) {
        newRows.insert(newIds.at(row), row);
    }
    const QSet<qint64> unmoved = unmovedKeys(int(oldIds.size()), [&oldIds](int row) { return oldIds.at(row); }, newRows);

    HeadChanges changes;
    changes.keptRows = int(oldIds.size());
    while (changes.keptRows > 0 && !unmoved.contains(oldIds.at(changes.keptRows - 1))) {
        --changes.keptRows;
    }
    for (int last = changes.keptRows - 1; last >= 0; --last) {
        if (unmoved.contains(oldIds.at(last))) {
            continue;
        }
        int first = last;
        while (first > 0 && !unmoved.contains(oldIds.at(first - 1))) {
            --first;
        }
        changes.removals.append({first, last});
        last = first;
    }

    qsizetype remaining = unmoved.size();
    for (int row = 0; row < newIds.size(); ++row) {
        if (remaining == 0) {
            changes.appendFrom = row;
            break;
        }
        if (unmoved.contains(newIds.at(row))) {
            --remaining;
            continue;
        }
        int last = row;
        while (!unmoved.contains(newIds.at(last + 1))) { // an unmoved id follows: remaining is not 0
            ++last;
        }
        changes.insertions.append({row, last});
        row = last;
    }
    return changes;
}

} // namespace lifeguard
