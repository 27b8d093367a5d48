// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/recentdatabases.h"
#include "ui/dashboardsession.h"
#include "ui/theme.h"

#include <QObject>

#include <memory>

namespace lifeguard {

class MainWindow;

/// The running program: one session with its window, and what leads from one to the next. Another database is opened beside
/// the one that is shown, which stays until the other one is known to be good; a file that is refused changes nothing.
class Dashboard : public QObject
{
    Q_OBJECT

public:
    explicit Dashboard(theme::Mode mode, QObject *parent = nullptr);
    ~Dashboard() override;

    /// Shows the window and opens the first database.
    void start(const DashboardOptions &options);
    /// Opens another one: asks first when workers would have to be stopped.
    void open(const DatabaseChoice &choice);
    void setTheme(theme::Mode mode);
    /// Stops the workers and closes, without asking; called again: kills them.
    void quitNow();

    [[nodiscard]] MainWindow &window() { return *m_window; }
    [[nodiscard]] DashboardSession &session() { return *m_session; }

Q_SIGNALS:
    /// Another window took the place of the one before: another database, or another theme.
    void windowReplaced();

private:
    void makeWindow();
    void considerCandidate();
    void takeCandidate();

    theme::Mode m_mode;
    QString m_workerProgram;
    std::unique_ptr<DashboardSession> m_session;
    std::unique_ptr<MainWindow> m_window; ///< goes before its session
    std::unique_ptr<DashboardSession> m_candidate; ///< being opened; nothing of it is shown
};

} // namespace lifeguard
