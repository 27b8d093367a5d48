// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/rowspan.h"

namespace lifeguard {

namespace {

constexpr int maxDistance = 8;

} // namespace

QList<RowSpan> mergedSpans(const QList<int> &rows)
{
    QList<RowSpan> spans;
    for (const int row : rows) {
        if (!spans.isEmpty() && row - spans.last().last <= maxDistance) {
            spans.last().last = row;
        } else {
            spans.append({row, row});
        }
    }
    return spans;
}

} // namespace lifeguard
