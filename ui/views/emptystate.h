// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAbstractItemModel;
class QAbstractItemView;
class QLabel;
class QPushButton;

namespace lifeguard {

/// Lies over an empty view and says what to do next, with the button for it. Shows itself while the model has no rows.
class EmptyState : public QWidget
{
    Q_OBJECT

public:
    EmptyState(QAbstractItemView *view, const QString &title, const QString &text, const QString &button = {});

    void setWords(const QString &title, const QString &text, bool withButton);
    /// Why the button cannot be used; empty: it can.
    void setDisabledReason(const QString &reason);

Q_SIGNALS:
    void activated();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void follow();

    QAbstractItemView *m_view;
    QLabel *m_title;
    QLabel *m_text;
    QPushButton *m_button;
    bool m_hasButton;
};

} // namespace lifeguard
