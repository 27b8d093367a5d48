// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/windowmenu.h"

#include "ui/theme/icons.h"
#include "ui/views/menuactions.h"

#include <QActionGroup>
#include <QMessageBox>

namespace lifeguard {

WindowMenu::WindowMenu(QWidget *parent) : QMenu(parent), m_themes(new QActionGroup(this))
{
    setObjectName(QStringLiteral("windowMenu"));
    connect(addMenuAction(*this, "configurationAction", "", tr("&Configuration file…")), &QAction::triggered, this,
            &WindowMenu::configurationRequested);
    addThemes();
    m_shortcuts = addMenuAction(*this, "shortcutsAction", "", tr("&Keyboard shortcuts…"));
    m_shortcuts->setShortcut(QKeySequence::HelpContents);
    connect(m_shortcuts, &QAction::triggered, this, &WindowMenu::showShortcuts);
    connect(addMenuAction(*this, "aboutAction", "help-about", tr("&About Lifeguard…")), &QAction::triggered, this,
            &WindowMenu::showAbout);
    addSeparator();
    connect(addMenuAction(*this, "quitAction", "", tr("&Quit")), &QAction::triggered, this, &WindowMenu::quitRequested);
}

void WindowMenu::addThemes()
{
    QMenu *menu = addMenu(tr("&Theme"));
    menu->setObjectName(QStringLiteral("themeMenu"));
    const auto add = [this, menu](const QString &text, theme::Mode mode) {
        QAction *action = menu->addAction(text);
        action->setObjectName(QStringLiteral("theme-") + theme::toString(mode));
        action->setCheckable(true);
        action->setData(int(mode));
        m_themes->addAction(action);
        connect(action, &QAction::triggered, this, [this, mode] { Q_EMIT themeRequested(mode); });
    };
    add(tr("Same as &system"), theme::Mode::System);
    add(tr("&Light"), theme::Mode::Light);
    add(tr("&Dark"), theme::Mode::Dark);
}

void WindowMenu::setTheme(theme::Mode mode)
{
    const QList<QAction *> actions = m_themes->actions();
    for (QAction *action : actions) {
        action->setChecked(action->data().toInt() == int(mode));
    }
}

void WindowMenu::showShortcuts()
{
    const QList<std::pair<QString, QString>> shortcuts{
        {tr("Ctrl+N"), tr("Launch pools")},
        {tr("Ctrl+O"), tr("Add jobs")},
        {tr("Ctrl+Shift+O"), tr("Open another database")},
        {tr("Ctrl+F"), tr("Search the current table or log")},
        {tr("Ctrl+1, 2, 3"), tr("Show workers, jobs or events")},
        {tr("F6"), tr("Go to the next pane: pools, table, details")},
        {tr("Menu key"), tr("Show the actions for the selected rows")},
        {tr("Ctrl+D"), tr("Diagnose the selected worker")},
        {tr("Ctrl+C"), tr("Copy the selected rows")},
        {tr("Escape"), tr("Clear the search, then the selection")},
        {tr("F10"), tr("Open the menu")},
        {tr("Ctrl+Q"), tr("Quit")},
    };
    QString rows;
    for (const auto &[keys, description] : shortcuts) {
        rows += QStringLiteral("<tr><td style=\"padding-right: 24px\">%1</td>"
                               "<td style=\"font-weight: normal\">%2</td></tr>")
                    .arg(keys.toHtmlEscaped(), description.toHtmlEscaped());
    }
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("Keyboard shortcuts"),
                                QStringLiteral("<table cellspacing=\"0\" cellpadding=\"3\">%1</table>").arg(rows),
                                QMessageBox::Close, parentWidget()->window());
    box->setObjectName(QStringLiteral("shortcutsBox"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

void WindowMenu::showAbout()
{
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("About Lifeguard"),
                                tr("<h3>Lifeguard %1</h3><p>Runs and monitors pools of conversion workers.</p>"
                                   "<p>Free software under the GNU General Public License, version 3 or later.<br>"
                                   "Icons: Breeze, by the KDE community (LGPL 3 or later).</p>")
                                    .arg(QStringLiteral(LIFEGUARD_VERSION)),
                                QMessageBox::Close, parentWidget()->window());
    box->setObjectName(QStringLiteral("aboutBox"));
    box->setIconPixmap(theme::applicationIcon().pixmap(64, 64));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

} // namespace lifeguard
