// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>

namespace lifeguard {

/// Consecutive rows of a table, both ends included.
struct RowSpan
{
    int first = 0;
    int last = 0;

    bool operator==(const RowSpan &) const = default;
};

/// Returns spans that contain all of the rows, which are in ascending order. Gaps of up to 8 rows are bridged: for a view, one signal
/// about a longer span costs less than two signals.
[[nodiscard]] QList<RowSpan> mergedSpans(const QList<int> &rows);

} // namespace lifeguard
