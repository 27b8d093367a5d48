// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace lifeguard {

/// Formats and paints the raw value of a table cell. Paths are elided in the middle.
class CellDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    enum class Kind {
        Text,
        Path,
        Duration, ///< from milliseconds
        PreciseDuration, ///< from milliseconds, with fractions for short times
        Age, ///< from milliseconds: "3 s ago"
        TimeAgo, ///< from a QDateTime: "3 s ago"
        Bytes,
        Percent,
        Load, ///< per cent, with a bar chart of the last minute if the model has WorkersModel::LoadHistoryRole
        Count, ///< 0 is shown in the secondary text colour
    };

    explicit CellDelegate(Kind kind, QObject *parent = nullptr);

    [[nodiscard]] QString displayText(const QVariant &value, const QLocale &locale) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;

private:
    Kind m_kind;
};

} // namespace lifeguard
