// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QFrame>

class QLabel;
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
    };
    void add(const Entry &entry);
    void remove(const QString &text);
    void showNewest();

    QList<Entry> m_entries; ///< the last one is shown
    QLabel *m_icon;
    QLabel *m_text;
    QToolButton *m_close;
};

} // namespace lifeguard
