// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme.h"

#include <QStyledItemDelegate>

#include <functional>

namespace lifeguard {

/// Paints a state as colour, shape and word. The cell's StateRole is the state, lookOf says how it looks.
class StateDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using LookOf = std::function<theme::StateLook(int state)>;

    explicit StateDelegate(LookOf lookOf, QObject *parent = nullptr);

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    LookOf m_lookOf;
};

/// Paints shape and word into the box, vertically in its middle; answers the width used.
int paintLook(QPainter &painter, const QRect &box, const theme::StateLook &look, const QPalette &palette, bool selected,
              const QFont &font);

} // namespace lifeguard
