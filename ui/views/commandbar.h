// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/recentdatabases.h"
#include "ui/theme/theme.h"

#include <QWidget>

class QProgressBar;
class QPushButton;
class QToolButton;

namespace lifeguard {

class DatabaseMenu;
class ProgressIndicator;
class WindowMenu;

/// The row of buttons at the top of the window, with the menus of the database and of the window, and their keyboard
/// shortcuts. Commands are signals.
class CommandBar : public QWidget
{
    Q_OBJECT

public:
    /// current is the database that is open.
    explicit CommandBar(const DatabaseChoice &current, QWidget *parent = nullptr);

    /// Returns the indicator for jobs that are being added.
    [[nodiscard]] ProgressIndicator &progressIndicator() { return *m_progress; }
    /// Disables the commands that change pools and jobs, for this reason: a clause without capital and full stop. An
    /// empty reason enables them.
    void setDisabledReason(const QString &reason);
    /// Sets whether any pool is running or starting, and whether any is paused. others: the names of other managers
    /// whose pools the commands for all pools concern too. Call it only while the commands are enabled.
    void setRunning(bool anyRunning, bool anyPaused, const QStringList &others = {});
    /// Shows or hides the button that kills the workers while the session is closing.
    void setClosing(bool closing);
    /// Shows that this database is being opened to replace the current one. An empty path hides this.
    void setOpening(const QString &path);
    /// Sets whether the current database could not be opened.
    void setFailed(bool failed);
    void setTheme(theme::Mode mode);

Q_SIGNALS:
    void launchRequested();
    void addRequested();
    void pauseAllRequested();
    void resumeAllRequested();
    void stopAllRequested();
    void killNowRequested();
    void chooseDatabaseRequested();
    void openRequested(const lifeguard::DatabaseChoice &choice);
    void workspaceRequested();
    void configurationRequested();
    void themeRequested(lifeguard::theme::Mode mode);
    void quitRequested();

private:
    void buildButtons();
    void buildDatabaseButton();
    void buildMenuButton();

    DatabaseChoice m_current;
    QPushButton *m_launch = nullptr;
    QPushButton *m_add = nullptr;
    QPushButton *m_pauseAll = nullptr; ///< see m_pauseButtonResumes
    QPushButton *m_stopAll = nullptr;
    QPushButton *m_killNow = nullptr;
    ProgressIndicator *m_progress;
    QProgressBar *m_opening;
    QToolButton *m_database = nullptr;
    QToolButton *m_more = nullptr;
    DatabaseMenu *m_databaseMenu = nullptr;
    WindowMenu *m_windowMenu = nullptr;
    bool m_pauseButtonResumes = false; ///< "Pause all" has become "Resume all"
};

} // namespace lifeguard
