// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/modelroles.h"
#include "ui/theme/stateappearance.h"


#include <QStyledItemDelegate>

#include <functional>

namespace lifeguard {

/// Paints a state as colour, shape and word. The cell's StateRole is the state; a function maps it to its appearance. If the appearance
/// has no text, the cell's text is shown.
class StateDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using AppearanceOf = std::function<theme::StateAppearance(int state)>;

    explicit StateDelegate(AppearanceOf appearanceOf, QObject *parent = nullptr);

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    AppearanceOf m_appearanceOf;
};

/// Paints the shape and the text into the box, vertically centred. Returns the width that they need.
int paintStateAppearance(QPainter &painter, const QRect &box, const theme::StateAppearance &appearance, const QPalette &palette, bool selected,
              const QFont &font);

} // namespace lifeguard
