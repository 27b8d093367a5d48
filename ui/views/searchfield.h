// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

class QAbstractItemView;
class QTimer;

namespace lifeguard {

/// The search field above a table. Reports its text shortly after the last keystroke, or at once when Return is pressed. Escape clears
/// the text, or the selection of the table if there is no text. Down and Return move the focus to the table.
class SearchField : public QLineEdit
{
    Q_OBJECT

public:
    /// Creates a field with this object name. The table may be null.
    SearchField(const QString &name, const QString &placeholder, QAbstractItemView *table, QWidget *parent);

Q_SIGNALS:
    void filterChanged(const QString &text); ///< trimmed

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void emitFilterChanged();

    QAbstractItemView *m_table;
    QTimer *m_delay; ///< from the last keystroke to the report
};

} // namespace lifeguard
