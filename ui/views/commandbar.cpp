// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/commandbar.h"

#include "ui/format.h"
#include "ui/theme/icons.h"
#include "ui/views/databasemenu.h"
#include "ui/views/progressindicator.h"
#include "ui/views/windowmenu.h"

#include <QDir>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <QShortcut>
#include <QToolButton>

namespace lifeguard {

CommandBar::CommandBar(const DatabaseChoice &current, QWidget *parent)
    : QWidget(parent)
    , m_current(current)
    , m_progress(new ProgressIndicator(this))
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
    layout->addWidget(m_progress);
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
    QPalette primary = palette(); // the only button in the accent colour
    primary.setColor(QPalette::Active, QPalette::ButtonText, Qt::white);
    m_launch->setIcon(theme::icon(QStringLiteral("media-playback-start"), primary));
    m_add = button("addJobsButton", tr("&Add jobs…"), QStringLiteral("list-add"));
    m_pauseAll = button("pauseAllButton", tr("&Pause all"), QStringLiteral("media-playback-pause"));
    m_stopAll = button("stopAllButton", tr("&Stop all"), QStringLiteral("media-playback-stop"));
    m_killNow = button("killNowButton", tr("Kill now"), QStringLiteral("process-stop"));
    m_killNow->setToolTip(tr("Kill the workers without waiting for their jobs. The jobs are returned to the queue."));
    m_killNow->hide();
    connect(m_launch, &QPushButton::clicked, this, &CommandBar::launchRequested);
    connect(m_add, &QPushButton::clicked, this, &CommandBar::addRequested);
    connect(m_pauseAll, &QPushButton::clicked, this, [this] {
        if (m_pauseButtonResumes) {
            Q_EMIT resumeAllRequested();
        } else {
            Q_EMIT pauseAllRequested();
        }
    });
    connect(m_stopAll, &QPushButton::clicked, this, &CommandBar::stopAllRequested);
    connect(m_killNow, &QPushButton::clicked, this, &CommandBar::killNowRequested);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_N), this), &QShortcut::activated, m_launch,
            &QPushButton::click);
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
    m_database->setAccessibleName(tr("Database %1, open another one").arg(database));
    m_database->setToolTip(tr("Database: %1\nWorkspace: %2\nClick to open another database (Ctrl+Shift+O)")
                               .arg(database, QDir::toNativeSeparators(m_current.workspace)));
    m_databaseMenu = new DatabaseMenu(m_current, m_database);
    m_database->setMenu(m_databaseMenu);
    connect(m_databaseMenu, &DatabaseMenu::chooseRequested, this, &CommandBar::chooseDatabaseRequested);
    connect(m_databaseMenu, &DatabaseMenu::openRequested, this, &CommandBar::openRequested);
    connect(m_databaseMenu, &DatabaseMenu::workspaceRequested, this, &CommandBar::workspaceRequested);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), this), &QShortcut::activated, m_database,
            &QToolButton::showMenu);
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
    m_more->setToolTip(tr("Theme, keyboard shortcuts, about Lifeguard (F10)"));
    m_windowMenu = new WindowMenu(m_more);
    m_more->setMenu(m_windowMenu);
    addAction(m_windowMenu->shortcutsAction());
    connect(m_windowMenu, &WindowMenu::configurationRequested, this, &CommandBar::configurationRequested);
    connect(m_windowMenu, &WindowMenu::themeRequested, this, &CommandBar::themeRequested);
    connect(m_windowMenu, &WindowMenu::quitRequested, this, &CommandBar::quitRequested);
    connect(new QShortcut(QKeySequence(Qt::Key_F10), this), &QShortcut::activated, m_more, &QToolButton::showMenu);
}

void CommandBar::setDisabledReason(const QString &reason)
{
    const auto update = [&reason](QPushButton *button, const QString &toolTip) {
        button->setEnabled(reason.isEmpty());
        button->setToolTip(reason.isEmpty() ? toolTip : format::sentence(reason));
    };
    update(m_launch, tr("Start workers for one or more types of jobs (Ctrl+N)"));
    update(m_add, tr("Add files or folders to convert (Ctrl+O)"));
    update(m_pauseAll, tr("Let the workers of all pools finish their jobs, but claim no more"));
    update(m_stopAll, tr("Stop the workers of all pools"));
}

void CommandBar::setRunning(bool anyRunning, bool anyPaused, const QStringList &others)
{
    const auto toolTip = [&others, isAny = anyRunning || anyPaused](const QString &text) {
        if (!isAny) {
            return tr("No pool is running.");
        }
        //: %1 is a sentence without a full stop, %2 a list of programs, "run-4711, run-4712"
        return others.isEmpty() ? text : tr("%1, also those of %2").arg(text, others.join(QStringLiteral(", ")));
    };
    m_stopAll->setEnabled(anyRunning || anyPaused);
    m_stopAll->setToolTip(toolTip(tr("Stop the workers of all pools")));
    // Resume only if all pools are paused, so that single pools that were paused on purpose stay paused.
    m_pauseButtonResumes = !anyRunning && anyPaused;
    m_pauseAll->setText(m_pauseButtonResumes ? tr("&Resume all") : tr("&Pause all"));
    m_pauseAll->setAccessibleName(m_pauseButtonResumes ? tr("Resume all") : tr("Pause all"));
    m_pauseAll->setIcon(theme::icon(m_pauseButtonResumes ? QStringLiteral("media-playback-start")
                                                         : QStringLiteral("media-playback-pause"),
                                    palette()));
    m_pauseAll->setEnabled(anyRunning || anyPaused);
    m_pauseAll->setToolTip(toolTip(m_pauseButtonResumes
                                       ? tr("Let the workers of all paused pools claim jobs again")
                                       : tr("Let the workers finish their jobs, but claim no more, in all pools")));
}

void CommandBar::setClosing(bool closing)
{
    m_killNow->setVisible(closing);
}

void CommandBar::setOpening(const QString &path)
{
    const QString text = path.isEmpty() ? QString() : tr("Opening %1…").arg(QDir::toNativeSeparators(path));
    m_opening->setVisible(!path.isEmpty());
    m_opening->setFormat(text);
    m_opening->setAccessibleName(text.isEmpty() ? tr("Opening a database") : text);
    m_opening->setToolTip(text);
}

void CommandBar::setFailed(bool failed)
{
    m_databaseMenu->setFailed(failed);
}

void CommandBar::setTheme(theme::Mode mode)
{
    m_windowMenu->setTheme(mode);
}

} // namespace lifeguard
