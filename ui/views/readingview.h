// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

namespace lifeguard {

/// A text of fixed width to be read, selected and copied, with the mouse or the keyboard. Lines are not broken.
class ReadingView : public QPlainTextEdit
{
    Q_OBJECT

public:
    explicit ReadingView(const QString &name, QWidget *parent = nullptr);
    /// Who reads or selects is not disturbed: what is shown and what is selected stay where they are.
    void replaceText(const QString &text);
    /// So many letters by so many lines, as far as the screen allows; for the window around it.
    [[nodiscard]] QSize sizeFor(int letters, int lines) const;
};

} // namespace lifeguard
