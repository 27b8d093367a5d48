// SPDX-License-Identifier: GPL-3.0-or-later
// The two menus of the command bar: databases, and what concerns the window itself.
#include "ui/views/commandbar.h"

#include <QActionGroup>
#include <QDir>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>

namespace lifeguard {

void CommandBar::fillDatabaseMenu()
{
    m_databaseMenu->clear();
    QAction *open = m_databaseMenu->addAction(theme::icon(QStringLiteral("document-open"), palette()), tr("&Open or make a database…"));
    open->setObjectName(QStringLiteral("openDatabaseAction"));
    connect(open, &QAction::triggered, this, &CommandBar::askForDatabaseRequested);
    QAction *folder = m_databaseMenu->addAction(theme::icon(QStringLiteral("document-open-folder"), palette()), tr("Show the &workspace's folder"));
    folder->setObjectName(QStringLiteral("showWorkspaceAction"));
    connect(folder, &QAction::triggered, this, &CommandBar::workspaceRequested);
    m_databaseMenu->addSection(tr("Opened lately"));
    int number = 0;
    for (const DatabaseChoice &known : recentDatabases()) {
        const bool current = known.database == m_current.database && !m_failed;
        const bool there = QFileInfo::exists(known.database);
        QString text = QDir::toNativeSeparators(known.database).replace(QLatin1Char('&'), QLatin1String("&&"));
        if (known.readOnly) {
            text = tr("%1 (only watched)").arg(text);
        }
        if (current) {
            text = tr("%1 – is open").arg(text);
        } else if (!there) {
            text = tr("%1 – is not there any more").arg(text);
        }
        ++number;
        QAction *action = m_databaseMenu->addAction(number < 10 ? QStringLiteral("&%1  %2").arg(number).arg(text) : text);
        action->setObjectName(QStringLiteral("recentDatabase%1").arg(number));
        action->setToolTip(tr("Workspace: %1").arg(QDir::toNativeSeparators(known.workspace)));
        action->setEnabled(!current && there);
        connect(action, &QAction::triggered, this, [this, known] { Q_EMIT openRequested(known); });
    }
}

void CommandBar::fillWindowMenu(QMenu *menu)
{
    QMenu *colours = menu->addMenu(tr("&Colours"));
    colours->setObjectName(QStringLiteral("coloursMenu"));
    m_themes = new QActionGroup(this);
    const auto add = [this, colours](const QString &text, theme::Mode mode) {
        QAction *action = colours->addAction(text);
        action->setObjectName(QStringLiteral("colours-") + theme::toString(mode));
        action->setCheckable(true);
        action->setData(int(mode));
        m_themes->addAction(action);
        connect(action, &QAction::triggered, this, [this, mode] { Q_EMIT themeRequested(mode); });
    };
    add(tr("As the &system"), theme::Mode::System);
    add(tr("&Light"), theme::Mode::Light);
    add(tr("&Dark"), theme::Mode::Dark);
    QAction *keys = menu->addAction(tr("&Keys…"));
    keys->setObjectName(QStringLiteral("keysAction"));
    keys->setShortcut(QKeySequence::HelpContents);
    connect(keys, &QAction::triggered, this, &CommandBar::showKeys);
    addAction(keys);
    QAction *about = menu->addAction(theme::icon(QStringLiteral("help-about"), palette()), tr("&About Lifeguard…"));
    about->setObjectName(QStringLiteral("aboutAction"));
    connect(about, &QAction::triggered, this, &CommandBar::showAbout);
    menu->addSeparator();
    QAction *quit = menu->addAction(tr("&Quit"));
    quit->setObjectName(QStringLiteral("quitAction"));
    connect(quit, &QAction::triggered, this, &CommandBar::quitRequested);
}

void CommandBar::setTheme(theme::Mode mode)
{
    const QList<QAction *> actions = m_themes->actions();
    for (QAction *action : actions) {
        action->setChecked(action->data().toInt() == int(mode));
    }
}

void CommandBar::showKeys()
{
    const QList<std::pair<QString, QString>> keys{
        {tr("Ctrl+N"), tr("Launch pools")},
        {tr("Ctrl+O"), tr("Add jobs")},
        {tr("Ctrl+Shift+O"), tr("Open another database")},
        {tr("Ctrl+F"), tr("Search the table that is shown")},
        {tr("Ctrl+1, 2, 3"), tr("Workers, jobs, events")},
        {tr("F6"), tr("To the next part: pools, table, details")},
        {tr("Menu key"), tr("What can be done with what is selected")},
        {tr("Ctrl+D"), tr("Diagnose the worker that is selected")},
        {tr("Ctrl+C"), tr("Copy the selected rows")},
        {tr("Escape"), tr("Clear the search, then the selection")},
        {tr("F10"), tr("The menu")},
        {tr("Ctrl+Q"), tr("Quit")},
    };
    QString rows;
    for (const auto &[key, what] : keys) {
        rows += QStringLiteral("<tr><td style=\"padding-right: 24px\"><b>%1</b></td><td>%2</td></tr>").arg(key, what.toHtmlEscaped());
    }
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("Keys"), QStringLiteral("<table cellspacing=\"0\" cellpadding=\"3\">%1</table>").arg(rows),
                                QMessageBox::Close, window());
    box->setObjectName(QStringLiteral("keysBox"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

void CommandBar::showAbout()
{
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("About Lifeguard"),
                                tr("<h3>Lifeguard %1</h3><p>Runs and watches pools of conversion workers.</p>"
                                   "<p>Free software under the GNU General Public License, version 3 or later.<br>"
                                   "Icons: Breeze, by the KDE community (LGPL 3 or later).</p>")
                                    .arg(QStringLiteral(LIFEGUARD_VERSION)),
                                QMessageBox::Close, window());
    box->setObjectName(QStringLiteral("aboutBox"));
    box->setIconPixmap(theme::applicationIcon().pixmap(64, 64));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

} // namespace lifeguard
