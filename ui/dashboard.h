// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/dashboardsession.h"
#include "ui/recentdatabases.h"
#include "ui/theme/theme.h"

#include <QObject>

#include <memory>

namespace lifeguard {

class MainWindow;

/// The dashboard program: a session with its window. Another database is opened in a candidate session first and
/// replaces the current one only if that succeeds.
class Dashboard : public QObject
{
    Q_OBJECT

public:
    explicit Dashboard(theme::Mode mode, QObject *parent = nullptr);
    ~Dashboard() override;

    /// Shows the window and opens the first database.
    void start(const DashboardOptions &startOptions);
    /// Opens another database, with the configuration file that a start with this database and workspace would use.
    /// Asks before a file of the workspace is used for the first time, and before workers are stopped.
    void open(const DatabaseChoice &requested);
    void setTheme(theme::Mode mode);
    /// Stops the workers and closes the window without asking. A second call kills the workers.
    void quitNow();

    [[nodiscard]] MainWindow &window() { return *m_window; }
    [[nodiscard]] DashboardSession &session() { return *m_session; }

Q_SIGNALS:
    /// The window was replaced, because another database was opened or the theme was changed.
    void windowReplaced();

private:
    void createWindow();
    void askForConsent(const DashboardOptions &options, RunningConfig config);
    void openCandidate(const DashboardOptions &options);
    void onCandidateReadinessChanged();
    void switchToCandidate();
    void showKeysForNextStart();

    theme::Mode m_mode;
    QString m_workerProgram;
    std::unique_ptr<DashboardSession> m_session;
    std::unique_ptr<MainWindow> m_window; ///< Declared after its session: it must be destroyed first.
    quint64 m_opening = 0; ///< counts the calls of open(): the last one counts
    std::unique_ptr<DashboardSession> m_candidate; ///< the session that is being opened; not shown yet
};

} // namespace lifeguard
