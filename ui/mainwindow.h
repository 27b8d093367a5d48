// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/event.h"
#include "core/model/poolinfo.h"
#include "core/model/storesnapshot.h"
#include "core/model/workerinfo.h"
#include "ui/models/listfeed.h"
#include "ui/recentdatabases.h"
#include "ui/theme.h"

#include <QMainWindow>
#include <QPointer>

class QMessageBox;
class QSplitter;
class QTabWidget;

namespace lifeguard {

class CommandBar;
class DropTarget;
class ErrorBar;
class EventsPage;
class JobsPage;
class DetailPane;
class PoolsPanel;
class DashboardSession;
class StatusStrip;
class WorkersPage;

/// The dashboard. Only wires pages and actions to the session.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(DashboardSession &session, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Stops the workers and closes, without asking: the session ends, or a signal came. Called again: kills them.
    void quitNow();
    /// Stops the workers, keeps the layout, and tells with left() when another session may take this place.
    void leave();
    [[nodiscard]] bool isLeaving() const { return m_leaving || m_quitting; }
    /// The database that is being opened in place of this one; empty: none any more.
    void setOpening(const QString &path);
    void setTheme(theme::Mode mode);
    void showError(const Error &error);
    void saveLayout() const;

Q_SIGNALS:
    void openRequested(const lifeguard::DatabaseChoice &choice);
    void themeRequested(lifeguard::theme::Mode mode);
    void left();

protected:
    void closeEvent(QCloseEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void build();
    void buildShortcuts();
    void connectSession();
    void connectPages();
    void showReadiness();
    void showRunning();
    void onSnapshot(const StoreSnapshot &snapshot);
    void onWorkers(const QList<WorkerInfo> &workers);
    void onPools(const QList<PoolInfo> &pools);
    void showJob(qint64 id);
    void launchPool();
    [[nodiscard]] QStringList servedTypes() const;
    void addJobs(const QStringList &paths = {});
    void stopAll();
    void askKill(const QList<WorkerInfo> &workers);
    void diagnose(const WorkerInfo &worker);
    void inspect(const WorkerInfo &worker);
    void openShell(const WorkerInfo &worker);
    void askQuit();
    void openPath(const QString &path);
    void restoreLayout();
    void askForDatabase();
    void focusNextPart();
    void showLocked(bool locked);

    DashboardSession &m_session;
    CommandBar *m_commands = nullptr;
    ErrorBar *m_errorBar = nullptr;
    StatusStrip *m_strip = nullptr;
    PoolsPanel *m_pools = nullptr;
    WorkersPage *m_workers = nullptr;
    JobsPage *m_jobs = nullptr;
    EventsPage *m_events = nullptr;
    DetailPane *m_detail = nullptr;
    QTabWidget *m_tabs = nullptr;
    DropTarget *m_drop = nullptr;
    QSplitter *m_side = nullptr;
    QSplitter *m_main = nullptr;
    ListFeed<Event> *m_eventsFeed = nullptr;
    QPointer<QMessageBox> m_question;
    qint64 m_currentJob = 0; ///< selected on the jobs page; 0: none
    bool m_leaving = false;
    bool m_quitting = false;
    bool m_mayClose = false;
};

} // namespace lifeguard
