// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/delegates/celldelegate.h"

#include "ui/format.h"
#include "ui/theme.h"

namespace lifeguard {

CellDelegate::CellDelegate(Kind kind, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_kind(kind)
{
}

QString CellDelegate::displayText(const QVariant &value, const QLocale &locale) const
{
    if (!value.isValid() || value.isNull()) {
        return {};
    }
    switch (m_kind) {
    case Kind::Duration: return format::duration(milliseconds(value.toLongLong()));
    case Kind::Precise: return format::precise(milliseconds(value.toLongLong()));
    case Kind::Ago: return tr("%1 ago").arg(format::duration(milliseconds(value.toLongLong())));
    case Kind::Since: return format::ago(value.toDateTime(), QDateTime::currentDateTimeUtc());
    case Kind::Bytes: return format::bytes(value.toLongLong());
    case Kind::Percent: return format::percent(value.toDouble());
    case Kind::Count: return format::count(value.toLongLong());
    case Kind::Text:
    case Kind::Path: break;
    }
    return QStyledItemDelegate::displayText(value, locale);
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
