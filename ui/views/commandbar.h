// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/recentdatabases.h"
#include "ui/theme.h"

#include <QWidget>

class QActionGroup;
class QMenu;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace lifeguard {

class BusyNote;

/// The line of buttons at the window's top, with the menus of databases and of the window itself, and their keys. It does
/// nothing itself but show keys and about: what a user wants is a signal.
class CommandBar : public QWidget
{
    Q_OBJECT

public:
    /// current: what is open, for the database's button and menu.
    explicit CommandBar(const DatabaseChoice &current, QWidget *parent = nullptr);

    /// How far the adding of jobs has come.
    [[nodiscard]] BusyNote &adding() { return *m_adding; }
    /// Why pools and jobs cannot be changed; empty: they can.
    void setDisabledReason(const QString &reason);
    /// Whether any pool runs, and whether any is paused; looked at only while nothing is disabled.
    void setRunning(bool any, bool anyPaused);
    /// The workers are being stopped for good: they can be killed.
    void setEnding(bool ending);
    /// The database that is being opened in place of this one; empty: none any more.
    void setOpening(const QString &path);
    /// The current database could not be opened: it may be chosen again.
    void setFailed(bool failed) { m_failed = failed; }
    void setTheme(theme::Mode mode);

Q_SIGNALS:
    void launchRequested();
    void addRequested();
    void pauseAllRequested();
    void resumeAllRequested();
    void stopAllRequested();
    void killNowRequested();
    void askForDatabaseRequested();
    void openRequested(const lifeguard::DatabaseChoice &choice);
    void workspaceRequested();
    void themeRequested(lifeguard::theme::Mode mode);
    void quitRequested();

private:
    void buildButtons();
    void buildDatabaseButton();
    void buildMenuButton();
    void fillDatabaseMenu();
    void fillWindowMenu(QMenu *menu);
    void showKeys();
    void showAbout();

    DatabaseChoice m_current;
    QPushButton *m_launch = nullptr;
    QPushButton *m_add = nullptr;
    QPushButton *m_pauseAll = nullptr; ///< and resumes them
    QPushButton *m_stopAll = nullptr;
    QPushButton *m_killNow = nullptr;
    BusyNote *m_adding;
    QProgressBar *m_opening;
    QToolButton *m_database = nullptr;
    QToolButton *m_more = nullptr;
    QMenu *m_databaseMenu = nullptr;
    QActionGroup *m_themes = nullptr;
    bool m_failed = false;
    bool m_resumes = false; ///< what the button for pausing does now
};

} // namespace lifeguard
