// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme.h"

#include <QWidget>

class QLabel;

namespace lifeguard {

/// A sentence under what it is about: in the colour and with the shape of how serious it is, hidden while there is nothing to say.
class Note : public QWidget
{
    Q_OBJECT

public:
    /// name is the label's object name.
    explicit Note(const QString &name, QWidget *parent = nullptr);

    void say(theme::Hue hue, const QString &text);
    void clear() { say(theme::Hue::Quiet, {}); }
    [[nodiscard]] QString text() const;
    /// One line: what it needs follows from its width, and a label's own guess of that makes everything around it too high.
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void colour();

    QLabel *m_shape;
    QLabel *m_text;
    theme::Hue m_hue = theme::Hue::Quiet;
};

} // namespace lifeguard
