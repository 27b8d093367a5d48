// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QAction;
class QMenu;

namespace lifeguard {

/// Adds an action with this object name and icon to a context menu. If disabledReason, a clause without capital and
/// full stop, is not empty, the action is disabled, and its text and tooltip show the reason.
QAction *addMenuAction(QMenu &menu, const char *name, const char *icon, const QString &text,
                       const QString &disabledReason = {});

} // namespace lifeguard
