// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/databasemenu.h"

#include "ui/format.h"
#include "ui/views/menuactions.h"

#include <QDir>
#include <QFileInfo>

namespace lifeguard {

DatabaseMenu::DatabaseMenu(const DatabaseChoice &current, QWidget *parent) : QMenu(parent), m_current(current)
{
    setObjectName(QStringLiteral("databaseMenu"));
    setToolTipsVisible(true);
    connect(this, &QMenu::aboutToShow, this, &DatabaseMenu::fill);
}

void DatabaseMenu::fill()
{
    clear();
    connect(addMenuAction(*this, "openDatabaseAction", "document-open", tr("&Open or create database…")),
            &QAction::triggered, this, &DatabaseMenu::chooseRequested);
    connect(addMenuAction(*this, "showWorkspaceAction", "document-open-folder", tr("Show &workspace folder")),
            &QAction::triggered, this, &DatabaseMenu::workspaceRequested);
    addSection(tr("Recent databases"));
    int number = 0;
    for (const DatabaseChoice &choice : recentDatabases()) {
        addRecent(choice, ++number);
    }
}

void DatabaseMenu::addRecent(const DatabaseChoice &choice, int number)
{
    QString text = format::displayPath(choice.database).replace(QLatin1Char('&'), QLatin1String("&&"));
    if (choice.readOnly) {
        text = tr("%1 (read-only)").arg(text);
    }
    if (number < 10) {
        text = QStringLiteral("&%1  %2").arg(number).arg(text); // with the digit as mnemonic
    }
    const bool isOpen = choice.database == m_current.database && !m_failed;
    const QString disabledReason = isOpen                              ? tr("is open")
                                 : !QFileInfo::exists(choice.database) ? tr("no longer exists")
                                                                       : QString();
    QAction *action = addMenuAction(*this, "", "", text, disabledReason);
    action->setObjectName(QStringLiteral("recentDatabase%1").arg(number));
    action->setToolTip(tr("Workspace: %1").arg(QDir::toNativeSeparators(choice.workspace)));
    connect(action, &QAction::triggered, this, [this, choice] { Q_EMIT openRequested(choice); });
}

} // namespace lifeguard
