// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/rowspan.h"

namespace lifeguard {

/// The steps that replace the first rows of a table so that views keep their selection and position. Apply them in the
/// order of the members.
struct HeadChanges
{
    /// Old rows from here on leave the head but stay in the table, as rows that are not loaded.
    int keptRows = 0;
    QList<RowSpan> removals; ///< rows to remove, from the bottom to the top
    QList<RowSpan> insertions; ///< rows to insert, from the top to the bottom; the same numbers index the new ids
    /// New ids from here on follow the last kept row, where the table may have rows already; -1 if there are none.
    int appendFrom = -1;

    bool operator==(const HeadChanges &) const = default;
};

/// Returns the changes from the old to the new ids. Rows that keep their relative order are neither removed nor
/// inserted.
[[nodiscard]] HeadChanges headChanges(const QList<qint64> &oldIds, const QList<qint64> &newIds);

} // namespace lifeguard
