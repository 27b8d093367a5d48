// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/delegates/statedelegate.h"

#include "ui/models/keyedtablemodel.h"

#include <QPainter>

namespace lifeguard {

int paintLook(QPainter &painter, const QRect &box, const theme::StateLook &look, const QPalette &palette, bool selected,
              const QFont &font)
{
    const QColor background = palette.color(selected ? QPalette::Highlight : QPalette::Base);
    const QColor hue = theme::color(look.hue);
    const QRectF shape(box.left(), box.center().y() - theme::shapeSize / 2.0 + 0.5, theme::shapeSize, theme::shapeSize);
    theme::paintShape(painter, shape, look.shape, theme::readable(hue, background, 3.0));
    const QRect text = box.adjusted(theme::shapeSize + 6, 0, 0, 0);
    painter.save();
    painter.setFont(font);
    painter.setPen(look.hue == theme::Hue::Quiet ? theme::secondaryText(palette) : theme::readable(hue, background));
    const QFontMetrics metrics(font);
    painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft, metrics.elidedText(look.word, Qt::ElideRight, text.width()));
    painter.restore();
    return theme::shapeSize + 6 + metrics.horizontalAdvance(look.word);
}

StateDelegate::StateDelegate(LookOf lookOf, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_lookOf(std::move(lookOf))
{
}

void StateDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    if (option.state & QStyle::State_Selected) {
        painter->fillRect(option.rect, option.palette.color(QPalette::Highlight));
    }
    theme::StateLook look = m_lookOf(index.data(StateRole).toInt());
    if (look.word.isEmpty()) {
        look.word = index.data().toString(); // a state of somebody else's, in their words
    }
    paintLook(*painter, option.rect.adjusted(theme::inside, 0, -theme::unit, 0), look, option.palette, option.state & QStyle::State_Selected, option.font);
}

QSize StateDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QString word = m_lookOf(index.data(StateRole).toInt()).word;
    return {theme::inside * 3 + theme::shapeSize + 6 + option.fontMetrics.horizontalAdvance(word), theme::rowHeight};
}

} // namespace lifeguard
