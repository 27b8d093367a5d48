// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

namespace lifeguard {

/// A text in a fixed-width font that can be selected and copied with the mouse or the keyboard. Lines are not wrapped.
class ReadOnlyTextView : public QPlainTextEdit
{
    Q_OBJECT

public:
    explicit ReadOnlyTextView(const QString &name, QWidget *parent = nullptr);
    /// Replaces the text. The scroll position and the selection are kept.
    void replaceText(const QString &text);
    /// Returns the size that shows this many characters and lines, limited by the screen, for the dialog around the view.
    [[nodiscard]] QSize sizeFor(int characters, int lines) const;
};

} // namespace lifeguard
