// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/logpane.h"

#include "ui/format.h"
#include "ui/theme.h"
#include "ui/views/filterbox.h"
#include "ui/views/logfollower.h"

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

constexpr int linesKept = 5000;
constexpr qsizetype charactersKept = 2'000'000; ///< lines may be long
constexpr int markedAtMost = 500;

} // namespace

LogPane::LogPane(QWidget *parent)
    : QWidget(parent)
    , m_follower(new LogFollower(this))
    , m_text(new QPlainTextEdit(this))
    , m_search(new FilterBox(QStringLiteral("logSearch"), tr("Find in the log"), nullptr, this))
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
    m_text->setMaximumBlockCount(linesKept);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(theme::fixedFont());
    m_text->setUndoRedoEnabled(false);
    m_text->document()->setDocumentMargin(theme::inside);
    m_text->setPlaceholderText(tr("Select a worker to read its log."));
    buildBar();

    connect(m_follower, &LogFollower::restarted, this, [this] {
        m_text->setPlaceholderText(m_why); // a problem that was told is over
        m_all.clear();
        m_text->clear();
        m_newlineHeld = false;
        markFound();
    });
    connect(m_follower, &LogFollower::textRead, this, &LogPane::append);
    connect(m_follower, &LogFollower::problemFound, m_text, &QPlainTextEdit::setPlaceholderText);
    // Who scrolls up wants to read: the log stands still until the end is asked for again.
    connect(m_text->verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] {
        const QScrollBar *bar = m_text->verticalScrollBar();
        m_follow->setChecked(bar->sliderPosition() >= bar->maximum());
    });
}

void LogPane::buildBar()
{
    const auto dress = [this](QToolButton *button, const char *name, const char *icon, const QString &text, const QString &tip) {
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
    dress(m_previous, "findPreviousButton", "go-up", {}, tr("The one before (Shift+F3)"));
    dress(m_next, "findNextButton", "go-down", {}, tr("The next one (F3)"));
    dress(m_onlyMatching, "onlyMatchingButton", "view-filter", tr("Only these lines"), tr("Show only lines that have the text"));
    m_onlyMatching->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_onlyMatching->setCheckable(true);
    dress(m_follow, "followLogButton", "go-bottom", tr("Follow"), tr("Keep the newest line in sight; off: the text stands still"));
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

    connect(m_search, &FilterBox::filterChanged, this, [this] {
        if (m_onlyMatching->isChecked()) {
            refill();
        } else if (!m_search->text().isEmpty()) {
            find(true); // the newest first
        }
        markFound();
    });
    connect(m_search, &QLineEdit::returnPressed, this, [this] { find(false); });
    connect(m_next, &QToolButton::clicked, this, [this] { find(false); });
    connect(m_previous, &QToolButton::clicked, this, [this] { find(true); });
    connect(m_onlyMatching, &QToolButton::toggled, this, [this] {
        refill();
        markFound();
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

void LogPane::setLog(const QString &path, const QString &why)
{
    m_why = why;
    if (path != m_follower->path() || path.isEmpty()) {
        m_text->setPlaceholderText(why);
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
    if (m_all.size() > charactersKept) {
        const qsizetype cut = m_all.indexOf(QLatin1Char('\n'), m_all.size() - charactersKept * 3 / 4);
        m_all.remove(0, cut < 0 ? m_all.size() - charactersKept / 2 : cut + 1);
    }
    if (!m_onlyMatching->isChecked() || m_search->text().isEmpty()) {
        showText(text);
    } else {
        // Whole lines only: whether the last one has the text is known when it is complete.
        m_partial += text;
        const qsizetype end = m_partial.lastIndexOf(QLatin1Char('\n'));
        if (end >= 0) {
            const QString complete = m_partial.left(end);
            m_partial.remove(0, end + 1);
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
    markFound();
}

void LogPane::showText(const QString &text)
{
    // A cursor of its own: what the reader selected, and where the reader is, stay.
    QTextCursor cursor(m_text->document());
    cursor.movePosition(QTextCursor::End);
    // The newline at the end waits for the next line, so that no empty one is shown below.
    const bool endsLine = text.endsWith(QLatin1Char('\n'));
    cursor.insertText((m_newlineHeld ? QStringLiteral("\n") : QString()) + (endsLine ? text.chopped(1) : text));
    m_newlineHeld = endsLine;
    if (m_follow->isChecked()) {
        scrollToEnd();
    }
}

void LogPane::refill()
{
    const QString all = std::exchange(m_all, QString());
    m_partial.clear();
    m_text->clear();
    m_newlineHeld = false;
    append(all);
}

void LogPane::setFollowing(bool on)
{
    // While it stands still, lines are kept beyond the limit rather than cut away above the reader.
    m_text->setMaximumBlockCount(on ? linesKept : 4 * linesKept);
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
    if (found.isNull()) { // round at the end
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

/// Goes on where it ended the last time, unless another text is sought: under a flood of lines only those that came are searched.
void LogPane::markFound()
{
    const QString text = m_search->text();
    if (text.isEmpty()) {
        m_marks.clear();
        m_sought.clear();
        m_text->setExtraSelections({});
        m_found->clear();
        return;
    }
    if (text != m_sought) {
        m_sought = text;
        m_marks.clear();
        m_searched = QTextCursor(m_text->document());
        m_searched.setKeepPositionOnInsert(true);
    }
    // Gone are those whose lines were cut away above, and those in the last line, which is searched again: it may have grown.
    m_marks.removeIf([this](const QTextEdit::ExtraSelection &mark) {
        return !mark.cursor.hasSelection() || mark.cursor.selectionStart() >= m_searched.position();
    });
    QTextEdit::ExtraSelection mark;
    QColor ground = theme::color(theme::Hue::Warning);
    ground.setAlphaF(0.35F);
    mark.format.setBackground(ground);
    int from = m_searched.position();
    while (m_marks.size() < markedAtMost) {
        mark.cursor = m_text->document()->find(text, from);
        if (mark.cursor.isNull()) {
            from = m_text->document()->lastBlock().position();
            break;
        }
        from = mark.cursor.selectionEnd();
        m_marks.append(mark);
    }
    m_searched.setPosition(from);
    m_text->setExtraSelections(m_marks);
    m_found->setText(m_marks.isEmpty()                 ? tr("not found")
                     : m_marks.size() >= markedAtMost ? tr("%1 and more").arg(format::count(markedAtMost))
                                                       : tr("found %1 times").arg(format::count(m_marks.size())));
}

void LogPane::scrollToEnd()
{
    m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
}

} // namespace lifeguard
