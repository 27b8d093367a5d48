// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/palette.h"


#include <QWidget>

class QLabel;

namespace lifeguard {

/// A message below the control that it is about, in the colour and with the shape of its severity. Hidden while its text is empty.
class InlineMessage : public QWidget
{
    Q_OBJECT

public:
    /// name is the object name of the label.
    explicit InlineMessage(const QString &name, QWidget *parent = nullptr);

    /// Shows a message; the hue is its severity, with Hue::Neutral for hints.
    void setMessage(theme::Hue hue, const QString &text);
    void clear() { setMessage(theme::Hue::Neutral, {}); }
    [[nodiscard]] QString text() const;
    /// Returns the height of one line. The real height follows from the width; the estimate of QLabel would make the dialog too high.
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void updateColors();

    QLabel *m_shape;
    QLabel *m_text;
    theme::Hue m_hue = theme::Hue::Neutral;
};

} // namespace lifeguard
