// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QFrame>

class QLabel;
class QToolButton;

namespace lifeguard {

/// Errors and notices where they can be read and closed. The same message twice is shown once; a new one replaces the old,
/// which stays in the tooltip.
class ErrorBar : public QFrame
{
    Q_OBJECT

public:
    explicit ErrorBar(QWidget *parent = nullptr);

    void showError(const Error &error);
    void showNotice(const QString &text);
    /// Hides the notice if it is still the one that is shown: its cause is gone.
    void withdraw(const QString &text);
    [[nodiscard]] QString text() const;

private:
    void present(const QString &text, const QString &detail, bool isError);

    QLabel *m_icon;
    QLabel *m_text;
    QToolButton *m_close;
};

} // namespace lifeguard
