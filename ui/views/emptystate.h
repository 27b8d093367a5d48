// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAbstractItemModel;
class QAbstractItemView;
class QLabel;
class QPushButton;

namespace lifeguard {

/// Covers a view while its model has no rows. Shows what to do next, with a button for it.
class EmptyState : public QWidget
{
    Q_OBJECT

public:
    EmptyState(QAbstractItemView *view, const QString &title, const QString &text, const QString &button = {});

    /// Replaces the texts. The button is hidden if withButton is false, or if it has no text.
    void setTexts(const QString &title, const QString &text, bool withButton);
    /// Disables the button and shows the reason as its tooltip; an empty reason enables it.
    void setDisabledReason(const QString &reason);

Q_SIGNALS:
    /// The button was clicked.
    void activated();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void updateVisibility();

    QAbstractItemView *m_view;
    QLabel *m_title;
    QLabel *m_text;
    QPushButton *m_button;
    bool m_hasButton;
};

} // namespace lifeguard
