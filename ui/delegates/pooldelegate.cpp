// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/delegates/pooldelegate.h"

#include "ui/delegates/statedelegate.h"
#include "ui/format.h"
#include "ui/models/poolsmodel.h"

#include <QApplication>
#include <QPainter>

namespace lifeguard {

void PoolDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    item.text.clear();
    item.state &= ~QStyle::State_HasFocus;
    const QStyle *style = item.widget ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);

    painter->save();
    const QRect box = option.rect.adjusted(theme::inside, 6, -theme::inside, -6);
    const QRect first(box.left(), box.top(), box.width(), box.height() / 2);
    const QRect second(box.left(), box.top() + box.height() / 2, box.width(), box.height() / 2);
    const bool selected = option.state & QStyle::State_Selected;

    const QString count = tr("%1/%2").arg(index.data(PoolsModel::AliveRole).toInt()).arg(index.data(PoolsModel::WantedRole).toInt());
    const int countWidth = option.fontMetrics.horizontalAdvance(count);
    QFont bold = option.font;
    bold.setWeight(QFont::DemiBold);
    painter->setFont(bold);
    painter->setPen(option.palette.color(QPalette::Text));
    painter->drawText(first, Qt::AlignLeft | Qt::AlignVCenter,
                      QFontMetrics(bold).elidedText(index.data().toString(), Qt::ElideRight, first.width() - countWidth - theme::inside));
    painter->setFont(option.font);
    painter->drawText(first, Qt::AlignRight | Qt::AlignVCenter, count);

    const qint64 waiting = index.data(PoolsModel::WaitingRole).toLongLong();
    QString right = index.data(PoolsModel::ModeRole).toString();
    if (waiting > 0) {
        right = tr("%1 waiting").arg(format::count(waiting)) + QStringLiteral(" · ") + right;
    }
    const QFont small = theme::smallFont(option.font);
    const QFontMetrics metrics(small);
    const int rightWidth = metrics.horizontalAdvance(right);
    const auto look = theme::look(PoolState(index.data(StateRole).toInt()));
    paintLook(*painter, second.adjusted(0, 0, -rightWidth - theme::inside, 0), look, option.palette, selected, small);
    painter->setFont(small);
    painter->setPen(theme::secondaryText(option.palette));
    painter->drawText(second, Qt::AlignRight | Qt::AlignVCenter, right);
    painter->restore();
}

QSize PoolDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {200, theme::poolRowHeight};
}

} // namespace lifeguard
