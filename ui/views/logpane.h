// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextEdit>
#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QToolButton;

namespace lifeguard {

class SearchField;
class LogFollower;

/// The last 5,000 lines of a log file, updated while it grows. The view can follow the end or keep its position, search
/// for a text, or show only the lines that contain it.
class LogPane : public QWidget
{
    Q_OBJECT

public:
    explicit LogPane(QWidget *parent = nullptr);

    /// Shows this file. The placeholder is shown while there is no text, or if the path is empty.
    void setLog(const QString &path, const QString &placeholder);
    void focusLog();
    void focusSearch();

private:
    void buildBar();
    void append(const QString &text);
    void showText(const QString &text);
    void showAll();
    void setFollowing(bool on);
    void find(bool backwards);
    void updateMarks();
    void scrollToEnd();

    LogFollower *m_follower;
    QString m_placeholder;
    QPlainTextEdit *m_text;
    SearchField *m_search;
    QToolButton *m_onlyMatching;
    QToolButton *m_previous;
    QToolButton *m_next;
    QToolButton *m_follow;
    QLabel *m_found;
    QString m_all; ///< the log as far as it is kept; m_text shows all of it or the matching lines
    QString m_incompleteLine; ///< the end of m_all, which is not shown yet while lines are filtered
    bool m_newlinePending = false; ///< a line break was read that is shown together with the next line
    QString m_markedText; ///< the text that m_marks mark
    QList<QTextEdit::ExtraSelection> m_marks; ///< in the order of the text
    QTextCursor m_markedUntil; ///< the text before this position was searched for m_markedText
};

} // namespace lifeguard
