// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/logpane.h"

#include "ui/format.h"
#include "ui/theme.h"
#include "ui/views/logfollower.h"
#include "ui/views/workerspage.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTextDocument>
#include <QToolButton>

namespace lifeguard {

namespace {

constexpr int linesKept = 5000;

} // namespace

LogPane::LogPane(QWidget *parent)
    : QWidget(parent)
    , m_follower(new LogFollower(this))
    , m_shape(new QLabel(this))
    , m_name(new QLabel(this))
    , m_facts(new QLabel(this))
    , m_text(new QPlainTextEdit(this))
    , m_follow(new QToolButton(this))
    , m_stop(new QPushButton(tr("Stop"), this))
    , m_kill(new QPushButton(tr("Kill…"), this))
{
    m_text->setObjectName(QStringLiteral("logView"));
    m_text->setAccessibleName(tr("Log of the selected worker"));
    m_text->setReadOnly(true);
    m_text->setMaximumBlockCount(linesKept);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(theme::fixedFont());
    m_text->setUndoRedoEnabled(false);
    m_text->document()->setDocumentMargin(theme::inside);
    m_text->setPlaceholderText(tr("Select a worker to read its log."));
    m_name->setObjectName(QStringLiteral("logWorkerName"));
    m_name->setFont(theme::headingFont(font()));
    m_name->setText(tr("Log"));
    m_facts->setObjectName(QStringLiteral("logWorkerFacts"));
    m_facts->setTextFormat(Qt::PlainText);
    m_facts->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, theme::secondaryText(quiet));
    m_facts->setPalette(quiet);
    m_follow->setObjectName(QStringLiteral("followLogButton"));
    m_follow->setAccessibleName(tr("Follow the log's end"));
    m_follow->setText(tr("Follow"));
    m_follow->setIcon(theme::icon(QStringLiteral("go-bottom"), palette()));
    m_follow->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_follow->setToolTip(tr("Keep the newest line in sight"));
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_stop->setObjectName(QStringLiteral("stopWorkerButton"));
    m_stop->setAccessibleName(tr("Stop the selected worker"));
    m_kill->setObjectName(QStringLiteral("killWorkerButton"));
    m_kill->setAccessibleName(tr("Kill the selected worker"));
    m_shape->hide();
    m_stop->hide();
    m_kill->hide();

    auto *bar = new QHBoxLayout;
    bar->setSpacing(theme::inside);
    bar->addWidget(m_shape);
    bar->addWidget(m_name);
    bar->addWidget(m_facts, 1);
    bar->addWidget(m_stop);
    bar->addWidget(m_kill);
    bar->addWidget(m_follow);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::inside, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addLayout(bar);
    layout->addWidget(m_text, 1);

    connect(m_follower, &LogFollower::restarted, this, [this] {
        m_text->clear();
        m_newlineHeld = false;
    });
    connect(m_follower, &LogFollower::textRead, this, &LogPane::append);
    connect(m_follower, &LogFollower::problemFound, m_text, &QPlainTextEdit::setPlaceholderText);
    connect(m_follow, &QToolButton::toggled, this, [this](bool on) {
        if (on) {
            scrollToEnd();
        }
    });
    connect(m_stop, &QPushButton::clicked, this, [this] { Q_EMIT stopRequested({m_worker.executorId}); });
    connect(m_kill, &QPushButton::clicked, this, [this] { Q_EMIT killRequested({m_worker}); });
}

void LogPane::setWorker(const WorkerInfo &worker)
{
    const bool another = worker.executorId != m_worker.executorId;
    if (!another && worker == m_worker) {
        return;
    }
    m_worker = worker;
    const auto look = theme::look(worker.state);
    m_shape->setPixmap(theme::shapePixmap(
        look.shape, theme::readable(theme::color(look.hue), palette().color(QPalette::Window), 3.0), 14, devicePixelRatio()));
    m_shape->show();
    m_name->setText(worker.name());
    QStringList facts{look.word};
    if (worker.jobId != 0) {
        facts.append(worker.jobAge ? tr("%1 for %2").arg(worker.jobName, format::duration(*worker.jobAge)) : worker.jobName);
    }
    if (worker.pid != 0 && worker.isAlive()) {
        facts.append(tr("pid %1").arg(worker.pid));
    }
    if (!worker.reason.isEmpty()) {
        facts.append(worker.reason);
    }
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    m_facts->setToolTip(worker.reason.isEmpty() ? worker.executorId : worker.executorId + QLatin1Char('\n') + worker.reason);

    const QString why = m_disabledReason.isEmpty() ? whyUntouchable(worker) : m_disabledReason;
    for (QPushButton *button : {m_stop, m_kill}) {
        button->setVisible(worker.isAlive());
        button->setEnabled(why.isEmpty());
        button->setToolTip(why);
    }
    if (another) {
        m_text->setPlaceholderText(worker.logPath.isEmpty() ? tr("It is not known where this worker writes a log.")
                                                            : tr("Nothing was written yet."));
    }
    m_follower->setPath(worker.logPath);
}

void LogPane::setDisabledReason(const QString &reason)
{
    m_disabledReason = reason;
}

void LogPane::focusLog()
{
    m_text->setFocus(Qt::OtherFocusReason);
    m_follow->setChecked(true);
    scrollToEnd();
}

void LogPane::append(const QString &text)
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

void LogPane::scrollToEnd()
{
    m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
}

} // namespace lifeguard
