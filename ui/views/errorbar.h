// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QFrame>

class QLabel;
class QToolButton;

namespace lifeguard {

/// Errors and notices where they can be read and closed. The last one is shown; closing it shows the one before. The same
/// message twice is one.
class ErrorBar : public QFrame
{
    Q_OBJECT

public:
    explicit ErrorBar(QWidget *parent = nullptr);

    void showError(const Error &error);
    void showNotice(const QString &text);
    /// Takes a notice away whose cause is gone.
    void withdraw(const QString &text);
    [[nodiscard]] QString text() const;

private:
    struct Message
    {
        QString text;
        QString detail;
        bool isError = false;
    };
    void add(const Message &message);
    void remove(const QString &text);
    void present();

    QList<Message> m_messages; ///< the last one is shown
    QLabel *m_icon;
    QLabel *m_text;
    QToolButton *m_close;
};

} // namespace lifeguard
