// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextEdit>
#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QToolButton;

namespace lifeguard {

class FilterBox;
class LogFollower;

/// The last 5,000 lines of a log, live: followed or paused, searched, or only the lines that have a text.
class LogPane : public QWidget
{
    Q_OBJECT

public:
    explicit LogPane(QWidget *parent = nullptr);

    /// Follows the file; empty: none, and why says so.
    void setLog(const QString &path, const QString &why);
    void focusLog();
    void focusSearch();

private:
    void buildBar();
    void append(const QString &text);
    void showText(const QString &text);
    void refill();
    void setFollowing(bool on);
    void find(bool backwards);
    void markFound();
    void scrollToEnd();

    LogFollower *m_follower;
    QString m_why; ///< said where there is no text
    QPlainTextEdit *m_text;
    FilterBox *m_search;
    QToolButton *m_onlyMatching;
    QToolButton *m_previous;
    QToolButton *m_next;
    QToolButton *m_follow;
    QLabel *m_found;
    QString m_all; ///< what is in the log, as far as it is kept; m_text shows it, or the lines that match
    QString m_partial; ///< of m_all's end: the beginning of a line that is not complete yet, not shown while lines are filtered
    bool m_newlineHeld = false;
    QString m_sought; ///< what m_marks are of
    QList<QTextEdit::ExtraSelection> m_marks; ///< where it was found, in the order of the text
    QTextCursor m_searched; ///< before it all was searched
};

} // namespace lifeguard
