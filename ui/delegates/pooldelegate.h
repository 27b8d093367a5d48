// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace lifeguard {

/// Paints a pool in three lines: name and number of workers; state and mode; waiting jobs. Further lines show the
/// latest decision of a pool that scales, and why the mode was chosen, if the user left the choice to Lifeguard. The
/// height does not depend on the queue, so that no row moves when the queue fills.
class PoolDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace lifeguard
