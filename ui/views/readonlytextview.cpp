// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/readonlytextview.h"

#include "ui/theme/theme.h"

#include <QFontMetrics>
#include <QScreen>
#include <QScrollBar>
#include <QTextCursor>

#include <algorithm>

namespace lifeguard {

ReadOnlyTextView::ReadOnlyTextView(const QString &name, QWidget *parent)
    : QPlainTextEdit(parent)
{
    setObjectName(name);
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setUndoRedoEnabled(false);
    setFont(theme::fixedFont());
    document()->setDocumentMargin(theme::inside);
}

void ReadOnlyTextView::replaceText(const QString &text)
{
    if (text == toPlainText()) {
        return;
    }
    const int verticalPosition = verticalScrollBar()->value();
    const int horizontalPosition = horizontalScrollBar()->value();
    const int anchor = textCursor().anchor(); // a copy of the cursor would move with the text
    const int position = textCursor().position();
    setPlainText(text);
    QTextCursor cursor = textCursor();
    const int end = int(text.size());
    cursor.setPosition(std::min(anchor, end));
    cursor.setPosition(std::min(position, end), QTextCursor::KeepAnchor);
    setTextCursor(cursor);
    verticalScrollBar()->setValue(verticalPosition);
    horizontalScrollBar()->setValue(horizontalPosition);
}

QSize ReadOnlyTextView::sizeFor(int characters, int lines) const
{
    const QFontMetrics metrics(font());
    return QSize(metrics.averageCharWidth() * characters, metrics.lineSpacing() * lines).boundedTo(screen()->availableSize() * 9 / 10);
}

} // namespace lifeguard
