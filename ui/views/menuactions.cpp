// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/menuactions.h"

#include "ui/format.h"
#include "ui/theme/icons.h"

#include <QAction>
#include <QCoreApplication>
#include <QMenu>

namespace lifeguard {

namespace {

/// Provides tr() with a context of its own.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::menuActions)
};

} // namespace

QAction *addMenuAction(QMenu &menu, const char *name, const char *icon, const QString &text, const QString &disabledReason)
{
    //: A disabled action of a menu. %1 is the action, %2 why it is disabled.
    QAction *action = menu.addAction(disabledReason.isEmpty() ? text : Text::tr("%1 – %2").arg(text, disabledReason));
    if (*icon) {
        action->setIcon(theme::icon(QString::fromLatin1(icon), menu.palette()));
    }
    action->setObjectName(QString::fromLatin1(name));
    action->setEnabled(disabledReason.isEmpty());
    if (!disabledReason.isEmpty()) {
        action->setToolTip(format::sentence(disabledReason));
    }
    return action;
}

} // namespace lifeguard
