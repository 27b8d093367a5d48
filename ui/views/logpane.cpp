// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/logpane.h"

#include "ui/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/palette.h"
#include "ui/theme/theme.h"
#include "ui/views/logfollower.h"
#include "ui/views/searchfield.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QShortcut>
#include <QTextBlock>
#include <QTextDocument>
#include <QToolButton>

namespace lifeguard {

namespace {

constexpr int maxLines = 5000;
constexpr qsizetype maxCharacters = 2'000'000; ///< limits the memory for very long lines
constexpr int maxMarks = 500;

} // namespace

LogPane::LogPane(QWidget *parent)
    : QWidget(parent)
    , m_follower(new LogFollower(this))
    , m_text(new QPlainTextEdit(this))
    , m_search(new SearchField(QStringLiteral("logSearch"), tr("Search the log"), nullptr, this))
    , m_onlyMatching(new QToolButton(this))
    , m_previous(new QToolButton(this))
    , m_next(new QToolButton(this))
    , m_follow(new QToolButton(this))
    , m_found(new QLabel(this))
{
    m_text->setObjectName(QStringLiteral("logView"));
    m_text->setAccessibleName(tr("Log of the selected worker"));
    m_text->setReadOnly(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setMaximumBlockCount(maxLines);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(theme::fixedFont());
    m_text->setUndoRedoEnabled(false);
    m_text->document()->setDocumentMargin(theme::inside);
    m_text->setPlaceholderText(tr("Select a worker to read its log."));
    buildBar();

    connect(m_follower, &LogFollower::restarted, this, [this] {
        m_text->setPlaceholderText(m_placeholder); // replaces the message of an earlier failure
        m_all.clear();
        m_text->clear();
        m_newlinePending = false;
        updateMarks();
    });
    connect(m_follower, &LogFollower::textRead, this, &LogPane::append);
    connect(m_follower, &LogFollower::readFailed, m_text, &QPlainTextEdit::setPlaceholderText);
    // Scrolling up stops following; scrolling to the end starts it again.
    connect(m_text->verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] {
        const QScrollBar *bar = m_text->verticalScrollBar();
        m_follow->setChecked(bar->sliderPosition() >= bar->maximum());
    });
}

void LogPane::buildBar()
{
    const auto setUp = [this](QToolButton *button, const char *name, const char *icon, const QString &text,
                              const QString &tip) {
        button->setObjectName(QString::fromLatin1(name));
        button->setText(text);
        button->setAccessibleName(tip);
        button->setToolTip(tip);
        button->setFocusPolicy(Qt::StrongFocus);
        if (*icon) {
            button->setIcon(theme::icon(QString::fromLatin1(icon), palette()));
        }
    };
    m_search->setMaximumWidth(280);
    setUp(m_previous, "findPreviousButton", "go-up", {}, tr("Find previous (Shift+F3)"));
    setUp(m_next, "findNextButton", "go-down", {}, tr("Find next (F3)"));
    setUp(m_onlyMatching, "onlyMatchingButton", "view-filter", tr("Matching lines"),
          tr("Show only the lines that contain the text"));
    m_onlyMatching->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_onlyMatching->setCheckable(true);
    setUp(m_follow, "followLogButton", "go-bottom", tr("Follow"), tr("Keep the newest line visible"));
    m_follow->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_found->setObjectName(QStringLiteral("logFound"));

    auto *bar = new QHBoxLayout;
    bar->setSpacing(theme::unit);
    bar->addWidget(m_search, 1);
    bar->addWidget(m_previous);
    bar->addWidget(m_next);
    bar->addWidget(m_onlyMatching);
    bar->addSpacing(theme::inside);
    bar->addWidget(m_found);
    bar->addStretch(1);
    bar->addWidget(m_follow);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::inside, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addLayout(bar);
    layout->addWidget(m_text, 1);

    connect(m_search, &SearchField::filterChanged, this, [this] {
        if (m_onlyMatching->isChecked()) {
            showAll();
        } else if (!m_search->text().isEmpty()) {
            find(true); // the newest match first
        }
        updateMarks();
    });
    connect(m_search, &QLineEdit::returnPressed, this, [this] { find(false); });
    connect(m_next, &QToolButton::clicked, this, [this] { find(false); });
    connect(m_previous, &QToolButton::clicked, this, [this] { find(true); });
    connect(m_onlyMatching, &QToolButton::toggled, this, [this] {
        showAll();
        updateMarks();
    });
    connect(m_follow, &QToolButton::toggled, this, &LogPane::setFollowing);
    const auto shortcut = [this](const QKeySequence &keys, bool backwards) {
        auto *made = new QShortcut(keys, this);
        made->setContext(Qt::WidgetWithChildrenShortcut);
        connect(made, &QShortcut::activated, this, [this, backwards] { find(backwards); });
    };
    shortcut(QKeySequence(Qt::Key_F3), false);
    shortcut(QKeySequence(Qt::SHIFT | Qt::Key_F3), true);
}

void LogPane::setLog(const QString &path, const QString &placeholder)
{
    m_placeholder = placeholder;
    if (path != m_follower->path() || path.isEmpty()) {
        m_text->setPlaceholderText(placeholder);
    }
    m_follower->setPath(path);
}

void LogPane::focusLog()
{
    m_text->setFocus(Qt::OtherFocusReason);
    m_follow->setChecked(true);
    scrollToEnd();
}

void LogPane::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void LogPane::append(const QString &text)
{
    m_all += text;
    if (m_all.size() > maxCharacters) {
        const qsizetype cut = m_all.indexOf(QLatin1Char('\n'), m_all.size() - maxCharacters * 3 / 4);
        m_all.remove(0, cut < 0 ? m_all.size() - maxCharacters / 2 : cut + 1);
    }
    if (!m_onlyMatching->isChecked() || m_search->text().isEmpty()) {
        showText(text);
    } else {
        // Only complete lines are filtered: the rest of an incomplete line may still match.
        m_incompleteLine += text;
        const qsizetype end = m_incompleteLine.lastIndexOf(QLatin1Char('\n'));
        if (end >= 0) {
            const QString complete = m_incompleteLine.left(end);
            m_incompleteLine.remove(0, end + 1);
            QString matching;
            for (const QStringView line : QStringView(complete).split(QLatin1Char('\n'))) {
                if (line.contains(m_search->text(), Qt::CaseInsensitive)) {
                    matching += line;
                    matching += QLatin1Char('\n');
                }
            }
            if (!matching.isEmpty()) {
                showText(matching);
            }
        }
    }
    updateMarks();
}

void LogPane::showText(const QString &text)
{
    // A separate cursor keeps the selection and the position of the user.
    QTextCursor cursor(m_text->document());
    cursor.movePosition(QTextCursor::End);
    // A line break at the end is inserted with the next line, so that no empty line is shown below.
    const bool endsLine = text.endsWith(QLatin1Char('\n'));
    cursor.insertText((m_newlinePending ? QStringLiteral("\n") : QString()) + (endsLine ? text.chopped(1) : text));
    m_newlinePending = endsLine;
    if (m_follow->isChecked()) {
        scrollToEnd();
    }
}

void LogPane::showAll()
{
    const QString all = std::exchange(m_all, QString());
    m_incompleteLine.clear();
    m_text->clear();
    m_newlinePending = false;
    append(all);
}

void LogPane::setFollowing(bool on)
{
    // While the view does not follow the log, more lines are kept, so that the lines that the user reads are not
    // removed.
    m_text->setMaximumBlockCount(on ? maxLines : 4 * maxLines);
    if (on) {
        scrollToEnd();
    }
}

void LogPane::find(bool backwards)
{
    const QString text = m_search->text();
    if (text.isEmpty()) {
        focusSearch();
        return;
    }
    const QTextDocument::FindFlags flags = backwards ? QTextDocument::FindBackward : QTextDocument::FindFlags();
    QTextCursor found = m_text->document()->find(text, m_text->textCursor(), flags);
    if (found.isNull()) { // continue at the other end
        QTextCursor edge(m_text->document());
        edge.movePosition(backwards ? QTextCursor::End : QTextCursor::Start);
        found = m_text->document()->find(text, edge, flags);
    }
    if (!found.isNull()) {
        m_follow->setChecked(false);
        m_text->setTextCursor(found);
        m_text->ensureCursorVisible();
    }
}

/// Marks all matches of the search text. Unless the text has changed, only lines that were added since the last call
/// are searched, so that a flood of lines does not slow down the window.
void LogPane::updateMarks()
{
    const QString text = m_search->text();
    if (text.isEmpty()) {
        m_marks.clear();
        m_markedText.clear();
        m_text->setExtraSelections({});
        m_found->clear();
        return;
    }
    if (text != m_markedText) {
        m_markedText = text;
        m_marks.clear();
        m_markedUntil = QTextCursor(m_text->document());
        m_markedUntil.setKeepPositionOnInsert(true);
    }
    // Remove the marks of lines that were removed at the top, and of the last line, which may have grown and is
    // searched again.
    m_marks.removeIf([this](const QTextEdit::ExtraSelection &mark) {
        return !mark.cursor.hasSelection() || mark.cursor.selectionStart() >= m_markedUntil.position();
    });
    QTextEdit::ExtraSelection mark;
    QColor background = theme::color(theme::Hue::Warning);
    background.setAlphaF(0.35F);
    mark.format.setBackground(background);
    int from = m_markedUntil.position();
    while (m_marks.size() < maxMarks) {
        mark.cursor = m_text->document()->find(text, from);
        if (mark.cursor.isNull()) {
            from = m_text->document()->lastBlock().position();
            break;
        }
        from = mark.cursor.selectionEnd();
        m_marks.append(mark);
    }
    m_markedUntil.setPosition(from);
    m_text->setExtraSelections(m_marks);
    if (m_marks.isEmpty()) {
        m_found->setText(tr("No matches"));
    } else if (m_marks.size() >= maxMarks) {
        m_found->setText(tr("%1 matches or more").arg(format::count(maxMarks)));
    } else {
        m_found->setText(tr("%Ln match(es)", nullptr, int(m_marks.size())));
    }
}

void LogPane::scrollToEnd()
{
    m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
}

} // namespace lifeguard
