// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/recentdatabases.h"

#include <QMenu>

namespace lifeguard {

/// The menu of the database button: opens another database or the workspace folder, and lists the databases that were
/// opened before.
class DatabaseMenu : public QMenu
{
    Q_OBJECT

public:
    /// current is the database that is open.
    explicit DatabaseMenu(const DatabaseChoice &current, QWidget *parent = nullptr);

    /// Sets whether the current database could not be opened. It can then be selected again.
    void setFailed(bool failed) { m_failed = failed; }

Q_SIGNALS:
    /// The user selected the action for choosing a database in a dialog.
    void chooseRequested();
    void openRequested(const lifeguard::DatabaseChoice &choice);
    void workspaceRequested();

private:
    void fill();
    void addRecent(const DatabaseChoice &choice, int number);

    DatabaseChoice m_current;
    bool m_failed = false;
};

} // namespace lifeguard
