// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

class QAbstractItemView;
class QTimer;

namespace lifeguard {

/// The search box over a table: tells what was typed a moment after the last key, at once on Return. Escape clears it, and the
/// table's selection when it is empty; Down and Return go to the table.
class FilterBox : public QLineEdit
{
    Q_OBJECT

public:
    /// table: may be null.
    FilterBox(const QString &name, const QString &placeholder, QAbstractItemView *table, QWidget *parent);

Q_SIGNALS:
    void filterChanged(const QString &text); ///< trimmed

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void tell();

    QAbstractItemView *m_table;
    QTimer *m_typed;
};

} // namespace lifeguard
