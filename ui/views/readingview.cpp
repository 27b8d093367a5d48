// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/readingview.h"

#include "ui/theme.h"

#include <QFontMetrics>
#include <QScreen>
#include <QScrollBar>
#include <QTextCursor>

#include <algorithm>

namespace lifeguard {

ReadingView::ReadingView(const QString &name, QWidget *parent)
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

void ReadingView::replaceText(const QString &text)
{
    if (text == toPlainText()) {
        return;
    }
    const int down = verticalScrollBar()->value();
    const int right = horizontalScrollBar()->value();
    const int anchor = textCursor().anchor(); // a cursor itself would move with the text
    const int position = textCursor().position();
    setPlainText(text);
    QTextCursor cursor = textCursor();
    const int last = int(text.size());
    cursor.setPosition(std::min(anchor, last));
    cursor.setPosition(std::min(position, last), QTextCursor::KeepAnchor);
    setTextCursor(cursor);
    verticalScrollBar()->setValue(down);
    horizontalScrollBar()->setValue(right);
}

QSize ReadingView::sizeFor(int letters, int lines) const
{
    const QFontMetrics metrics(font());
    return QSize(metrics.averageCharWidth() * letters, metrics.lineSpacing() * lines).boundedTo(screen()->availableSize() * 9 / 10);
}

} // namespace lifeguard
