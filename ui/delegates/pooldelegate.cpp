// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/delegates/pooldelegate.h"

#include "ui/delegates/statedelegate.h"
#include "ui/format.h"
#include "ui/models/modelroles.h"
#include "ui/models/poolsmodel.h"
#include "ui/theme/stateappearance.h"
#include "ui/theme/theme.h"

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
    QFont bold = option.font;
    bold.setWeight(QFont::DemiBold);
    const QFont small = theme::smallFont(option.font);
    const QFontMetrics smallMetrics(small);
    const bool selected = option.state & QStyle::State_Selected;
    const QRect box = option.rect.adjusted(theme::inside, theme::inside, -theme::inside, -theme::inside);
    const int lineHeight = smallMetrics.lineSpacing() + 1;
    // If the mode was chosen automatically, the reason is shown on a line of its own.
    const QString modeReason = index.data(PoolsModel::ModeReasonRole).toString();
    const QRect last(box.left(), box.bottom() + 1 - lineHeight, box.width(), lineHeight);
    const QString scaling = index.data(PoolsModel::ScalingRole).toString();
    const QRect scalingLine = modeReason.isEmpty() ? last : last.translated(0, -lineHeight);
    const QRect third = scaling.isEmpty() ? scalingLine : scalingLine.translated(0, -lineHeight);
    const QRect second = third.translated(0, -lineHeight);
    const QRect first(box.left(), box.top(), box.width(), second.top() - box.top());

    //: %1 workers alive, of %2 that the pool should have
    const QString count =
        tr("%1/%2").arg(index.data(PoolsModel::AliveRole).toInt()).arg(index.data(PoolsModel::TargetRole).toInt());
    const int countWidth = option.fontMetrics.horizontalAdvance(count);
    painter->setFont(bold);
    painter->setPen(option.palette.color(QPalette::Text));
    painter->drawText(first, Qt::AlignLeft | Qt::AlignVCenter,
                      QFontMetrics(bold).elidedText(index.data().toString(), Qt::ElideMiddle,
                                                    first.width() - countWidth - theme::inside));
    painter->setFont(option.font);
    painter->drawText(first, Qt::AlignRight | Qt::AlignVCenter, count);

    const QString mode = modeReason.isEmpty() ? index.data(PoolsModel::ModeRole).toString() : QString();
    const int modeWidth = smallMetrics.horizontalAdvance(mode);
    paintStateAppearance(*painter, second.adjusted(0, 0, -modeWidth - theme::inside, 0),
                         theme::appearance(PoolState(index.data(StateRole).toInt())), option.palette, selected, small);
    painter->setFont(small);
    painter->setPen(theme::secondaryText(option.palette));
    painter->drawText(second, Qt::AlignRight | Qt::AlignVCenter, mode);
    painter->drawText(last, Qt::AlignLeft | Qt::AlignVCenter,
                      smallMetrics.elidedText(modeReason, Qt::ElideRight, last.width()));
    painter->drawText(scalingLine, Qt::AlignLeft | Qt::AlignVCenter,
                      smallMetrics.elidedText(scaling, Qt::ElideRight, scalingLine.width()));
    paintStateAppearance(*painter, third, index.data(PoolsModel::QueueAppearanceRole).value<theme::StateAppearance>(),
                         option.palette, selected, small);
    painter->restore();
}

QSize PoolDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const int small = QFontMetrics(theme::smallFont(option.font)).lineSpacing() + 1;
    const int lines = 2 + (index.data(PoolsModel::ModeReasonRole).toString().isEmpty() ? 0 : 1)
                    + (index.data(PoolsModel::ScalingRole).toString().isEmpty() ? 0 : 1);
    return {200, option.fontMetrics.lineSpacing() + 2 + lines * small + 2 * theme::inside};
}

} // namespace lifeguard
