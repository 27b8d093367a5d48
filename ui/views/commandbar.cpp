// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/commandbar.h"

#include "ui/views/busynote.h"

#include <QDir>
#include <QHBoxLayout>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QShortcut>
#include <QToolButton>

namespace lifeguard {

CommandBar::CommandBar(const DatabaseChoice &current, QWidget *parent)
    : QWidget(parent)
    , m_current(current)
    , m_adding(new BusyNote(this))
    , m_opening(new QProgressBar(this))
{
    buildButtons();
    buildDatabaseButton();
    buildMenuButton();
    m_opening->setObjectName(QStringLiteral("openingBar"));
    m_opening->setRange(0, 0);
    m_opening->setFixedWidth(180);
    setOpening({});
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addWidget(m_launch);
    layout->addWidget(m_add);
    layout->addWidget(m_pauseAll);
    layout->addWidget(m_stopAll);
    layout->addWidget(m_killNow);
    layout->addStretch(1);
    layout->addWidget(m_adding);
    layout->addWidget(m_opening);
    layout->addWidget(m_database);
    layout->addWidget(m_more);
    setFocusProxy(m_launch);
}

void CommandBar::buildButtons()
{
    const auto button = [this](const char *name, const QString &text, const QString &icon) {
        auto *made = new QPushButton(theme::icon(icon, palette()), text, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setAccessibleName(QString(text).remove(QLatin1Char('&')).remove(QChar(0x2026)));
        return made;
    };
    m_launch = button("launchPoolButton", tr("&Launch pools…"), QStringLiteral("media-playback-start"));
    QPalette white = palette(); // the one button in the accent's colour
    white.setColor(QPalette::Active, QPalette::ButtonText, Qt::white);
    m_launch->setIcon(theme::icon(QStringLiteral("media-playback-start"), white));
    m_add = button("addJobsButton", tr("&Add jobs…"), QStringLiteral("list-add"));
    m_pauseAll = button("pauseAllButton", tr("&Pause all"), QStringLiteral("media-playback-pause"));
    m_stopAll = button("stopAllButton", tr("&Stop all"), QStringLiteral("media-playback-stop"));
    m_killNow = button("killNowButton", tr("Kill them now"), QStringLiteral("process-stop"));
    m_killNow->setToolTip(tr("Do not wait for the jobs that are being worked on: they go back into the queue."));
    m_killNow->hide();
    connect(m_launch, &QPushButton::clicked, this, &CommandBar::launchRequested);
    connect(m_add, &QPushButton::clicked, this, &CommandBar::addRequested);
    connect(m_pauseAll, &QPushButton::clicked, this, [this] {
        if (m_resumes) {
            Q_EMIT resumeAllRequested();
        } else {
            Q_EMIT pauseAllRequested();
        }
    });
    connect(m_stopAll, &QPushButton::clicked, this, &CommandBar::stopAllRequested);
    connect(m_killNow, &QPushButton::clicked, this, &CommandBar::killNowRequested);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_N), this), &QShortcut::activated, m_launch, &QPushButton::click);
    connect(new QShortcut(QKeySequence::Open, this), &QShortcut::activated, m_add, &QPushButton::click);
}

void CommandBar::buildDatabaseButton()
{
    const QString database = QDir::toNativeSeparators(m_current.database);
    m_database = new QToolButton(this);
    m_database->setObjectName(QStringLiteral("databaseButton"));
    m_database->setText(fontMetrics().elidedText(database, Qt::ElideMiddle, 60 * fontMetrics().averageCharWidth()));
    m_database->setIcon(theme::icon(QStringLiteral("document-open"), palette()));
    m_database->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_database->setAutoRaise(true);
    m_database->setPopupMode(QToolButton::InstantPopup);
    m_database->setFocusPolicy(Qt::StrongFocus);
    m_database->setAccessibleName(tr("Database %1: open another").arg(database));
    m_database->setToolTip(tr("Database: %1\nWorkspace: %2\nOpen another one here (Ctrl+Shift+O)")
                               .arg(database, QDir::toNativeSeparators(m_current.workspace)));
    m_databaseMenu = new QMenu(m_database);
    m_databaseMenu->setObjectName(QStringLiteral("databaseMenu"));
    m_databaseMenu->setToolTipsVisible(true);
    m_database->setMenu(m_databaseMenu);
    connect(m_databaseMenu, &QMenu::aboutToShow, this, &CommandBar::fillDatabaseMenu);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), this), &QShortcut::activated, m_database, &QToolButton::showMenu);
}

void CommandBar::buildMenuButton()
{
    m_more = new QToolButton(this);
    m_more->setObjectName(QStringLiteral("windowMenuButton"));
    m_more->setIcon(theme::icon(QStringLiteral("application-menu"), palette()));
    m_more->setAutoRaise(true);
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_more->setFocusPolicy(Qt::StrongFocus);
    m_more->setAccessibleName(tr("Menu"));
    m_more->setToolTip(tr("Colours, keys, about Lifeguard (F10)"));
    auto *menu = new QMenu(m_more);
    menu->setObjectName(QStringLiteral("windowMenu"));
    m_more->setMenu(menu);
    fillWindowMenu(menu);
    connect(new QShortcut(QKeySequence(Qt::Key_F10), this), &QShortcut::activated, m_more, &QToolButton::showMenu);
}

void CommandBar::setDisabledReason(const QString &reason)
{
    const auto able = [&reason](QPushButton *button, const QString &tip) {
        button->setEnabled(reason.isEmpty());
        button->setToolTip(reason.isEmpty() ? tip : QString(reason).replace(0, 1, reason.at(0).toUpper()));
    };
    able(m_launch, tr("Start workers, of one type or several (Ctrl+N)"));
    able(m_add, tr("Add files or folders to convert (Ctrl+O)"));
    able(m_pauseAll, tr("Let the workers of every pool finish what they have begun, and claim nothing more"));
    able(m_stopAll, tr("Stop the workers of every pool"));
}

void CommandBar::setRunning(bool any, bool anyPaused)
{
    m_stopAll->setEnabled(any || anyPaused);
    m_stopAll->setToolTip(any || anyPaused ? tr("Stop the workers of every pool") : tr("No pool runs."));
    // Only where all are paused it resumes: else it would start what was paused on purpose.
    m_resumes = !any && anyPaused;
    m_pauseAll->setText(m_resumes ? tr("&Resume all") : tr("&Pause all"));
    m_pauseAll->setAccessibleName(m_resumes ? tr("Resume all") : tr("Pause all"));
    m_pauseAll->setIcon(theme::icon(m_resumes ? QStringLiteral("media-playback-start") : QStringLiteral("media-playback-pause"), palette()));
    m_pauseAll->setEnabled(any || anyPaused);
    m_pauseAll->setToolTip(m_resumes ? tr("Let the workers of the paused pools claim jobs again")
                           : any     ? tr("Let the workers of every pool finish what they have begun, and claim nothing more")
                                     : tr("No pool runs."));
}

void CommandBar::setEnding(bool ending)
{
    m_killNow->setVisible(ending);
}

void CommandBar::setOpening(const QString &path)
{
    const QString what = path.isEmpty() ? QString() : tr("Opening %1…").arg(QDir::toNativeSeparators(path));
    m_opening->setVisible(!path.isEmpty());
    m_opening->setFormat(what);
    m_opening->setAccessibleName(what.isEmpty() ? tr("Opening a database") : what);
    m_opening->setToolTip(what);
}

} // namespace lifeguard
