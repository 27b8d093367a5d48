// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/delegates/celldelegate.h"

#include "ui/format.h"
#include "ui/models/workersmodel.h"
#include "ui/theme/palette.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace lifeguard {

CellDelegate::CellDelegate(Kind kind, QObject *parent) : QStyledItemDelegate(parent), m_kind(kind) {}

QString CellDelegate::displayText(const QVariant &value, const QLocale &locale) const
{
    if (!value.isValid() || value.isNull()) {
        return {};
    }
    switch (m_kind) {
    case Kind::Duration:
        return format::duration(milliseconds(value.toLongLong()));
    case Kind::PreciseDuration:
        return format::preciseDuration(milliseconds(value.toLongLong()));
    case Kind::Age:
        return format::timeAgo(milliseconds(value.toLongLong()));
    case Kind::TimeAgo:
        return format::timeAgo(value.toDateTime(), QDateTime::currentDateTimeUtc());
    case Kind::Bytes:
        return format::bytes(value.toLongLong());
    case Kind::Load:
    case Kind::Percent:
        return format::percent(value.toDouble());
    case Kind::Count:
        return format::count(value.toLongLong());
    case Kind::Text:
    case Kind::Path:
        break;
    }
    return QStyledItemDelegate::displayText(value, locale);
}

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    // Painted here rather than by the style, which takes five times as long with a style sheet: live tables are painted
    // often.
    const bool selected = option.state & QStyle::State_Selected;
    if (selected) {
        painter->fillRect(option.rect, option.palette.color(QPalette::Highlight));
    }
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    if (!item.text.isEmpty()) {
        const QRect text = item.rect.adjusted(theme::unit, 0, -theme::unit, 0);
        painter->setFont(item.font);
        painter->setPen(item.palette.color(selected ? QPalette::HighlightedText : QPalette::Text));
        painter->drawText(text, int(item.displayAlignment) | Qt::TextSingleLine,
                          item.fontMetrics.elidedText(item.text, item.textElideMode, text.width()));
    }
    if (m_kind != Kind::Load) {
        return;
    }
    const auto history = index.data(WorkersModel::LoadHistoryRole).value<QList<float>>();
    if (history.size() < 2) {
        return;
    }
    // One bar per second, the newest next to the number. The full height is one core; higher loads are cut off.
    constexpr int maxBars = 30;
    constexpr int numberWidth = 48;
    const QRect box = option.rect.adjusted(theme::unit, 6, -numberWidth, -6);
    const int bars = std::min<int>({maxBars, int(history.size()), box.width() / 2});
    QColor barColor = theme::readable(theme::color(theme::Hue::Busy), option.palette.color(QPalette::Base), 3.0);
    barColor.setAlphaF(0.7F);
    for (int i = 0; i < bars; ++i) {
        const float value = history.at(history.size() - 1 - i);
        const int height = std::clamp(int(std::lround(value / 100.0F * float(box.height()))), 1, box.height());
        painter->fillRect(box.right() - 2 * i - 1, box.bottom() + 1 - height, 1, height, barColor);
    }
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.rwidth() += 2 * theme::inside;
    return size;
}

void CellDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    option->rect.adjust(theme::unit, 0, -theme::unit, 0);
    option->textElideMode = m_kind == Kind::Path ? Qt::ElideMiddle : Qt::ElideRight;
    option->state &= ~QStyle::State_HasFocus;
    if (m_kind == Kind::Count && index.data().toLongLong() == 0) {
        option->palette.setColor(QPalette::Text, theme::secondaryText(option->palette));
        option->palette.setColor(QPalette::HighlightedText, theme::secondaryText(option->palette));
    }
}

} // namespace lifeguard
