// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

class QTimer;

namespace lifeguard {

/// Gives the little buttons inside a search box their names, for screen readers.
void nameButtons(QLineEdit &box);

/// The search box over a table: tells what was typed a moment after the last key. Escape clears it, Down goes to the table.
class FilterBox : public QLineEdit
{
    Q_OBJECT

public:
    /// table: what Down and Return lead to; may be null.
    FilterBox(const QString &name, const QString &placeholder, QWidget *table, QWidget *parent);

Q_SIGNALS:
    void filterChanged(const QString &text); ///< trimmed

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *m_table;
    QTimer *m_typed;
};

} // namespace lifeguard
