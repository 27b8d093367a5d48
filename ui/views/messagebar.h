// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QFrame>

#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace lifeguard {

/// Shows errors and notices at the top of the window until they are closed. The newest one is shown; closing it shows
/// the one before. A message that is added again replaces the earlier one.
class MessageBar : public QFrame
{
    Q_OBJECT

public:
    explicit MessageBar(QWidget *parent = nullptr);

    void showError(const Error &error);
    /// As above, with a button that has this text and calls the function.
    void showErrorWithAction(const Error &error, const QString &actionText, std::function<void()> action);
    void showNotice(const QString &text);
    /// Removes a notice because its cause no longer exists.
    void removeNotice(const QString &text);
    /// Returns the text that is shown.
    [[nodiscard]] QString text() const;

private:
    struct Entry
    {
        QString text;
        QString detail;
        bool isError = false;
        QString actionText; ///< empty: no button
        std::function<void()> action;
    };
    void add(const Entry &entry);
    void remove(const QString &text);
    void showNewest();

    QList<Entry> m_entries; ///< the last one is shown
    QLabel *m_icon;
    QLabel *m_text;
    QPushButton *m_action;
    QToolButton *m_close;
};

} // namespace lifeguard
