// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/delegates/statedelegate.h"

#include "ui/models/keyedtablemodel.h"
#include "ui/models/modelroles.h"
#include "ui/theme/stateappearance.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace lifeguard {

int paintStateAppearance(QPainter &painter, const QRect &box, const theme::StateAppearance &appearance, const QPalette &palette, bool selected,
              const QFont &font)
{
    const QColor background = palette.color(selected ? QPalette::Highlight : QPalette::Base);
    const QColor hue = theme::color(appearance.hue);
    const QRectF shape(box.left(), box.center().y() - theme::shapeSize / 2.0 + 0.5, theme::shapeSize, theme::shapeSize);
    theme::paintShape(painter, shape, appearance.shape, theme::readable(hue, background, 3.0));
    const QRect text = box.adjusted(theme::shapeSize + 6, 0, 0, 0);
    painter.save();
    painter.setFont(font);
    painter.setPen(appearance.hue == theme::Hue::Neutral ? theme::secondaryText(palette) : theme::readable(hue, background));
    const QFontMetrics metrics(font);
    painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft, metrics.elidedText(appearance.text, Qt::ElideRight, text.width()));
    painter.restore();
    return theme::shapeSize + 6 + metrics.horizontalAdvance(appearance.text);
}

StateDelegate::StateDelegate(AppearanceOf appearanceOf, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_appearanceOf(std::move(appearanceOf))
{
}

void StateDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    if (option.state & QStyle::State_Selected) {
        painter->fillRect(option.rect, option.palette.color(QPalette::Highlight));
    }
    theme::StateAppearance appearance = m_appearanceOf(index.data(StateRole).toInt());
    if (appearance.text.isEmpty()) {
        appearance.text = index.data().toString(); // a state of another version of the program
    }
    paintStateAppearance(*painter, option.rect.adjusted(theme::inside, 0, -theme::unit, 0), appearance, option.palette,
                         option.state & QStyle::State_Selected, option.font);
}

QSize StateDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QString word = m_appearanceOf(index.data(StateRole).toInt()).text;
    return {theme::inside * 3 + theme::shapeSize + 6 + option.fontMetrics.horizontalAdvance(word), theme::rowHeight};
}

} // namespace lifeguard
