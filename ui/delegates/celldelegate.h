// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace lifeguard {

/// Formats a raw value of a table as people say it. Paths are elided in the middle.
class CellDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    enum class Kind {
        Text,
        Path,
        Duration, ///< milliseconds
        Precise, ///< milliseconds, the short ones exactly
        Ago, ///< milliseconds: "3 s ago"
        Since, ///< QDateTime: "3 s ago"
        Bytes,
        Percent,
        Load, ///< percent, with the last minute as a line where the model has WorkersModel::HistoryRole
        Count, ///< 0 is shown quietly
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
