// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/event.h"
#include "core/model/poolinfo.h"
#include "core/model/storesnapshot.h"
#include "core/model/workerinfo.h"
#include "ui/models/listrefresher.h"
#include "ui/recentdatabases.h"
#include "ui/theme/theme.h"
#include "ui/windowlayout.h"

#include <QMainWindow>

class QSplitter;
class QTabWidget;

namespace lifeguard {

class CommandBar;
class DialogLauncher;
class DropOverlay;
class MessageBar;
class EventsPage;
class JobsPage;
class DetailPane;
class PoolsPanel;
class PruningNotice;
class DashboardSession;
class SessionCloser;
class StatusStrip;
class WorkersPage;

/// The main window of the dashboard. Builds the pages and connects them with the session and with the dialogs.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(DashboardSession &session, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Stops the workers and closes the window without asking. A second call kills the workers.
    void quitNow();
    /// Stops the workers because another database is opened; readyToSwitch() follows.
    void switchDatabase();
    /// Returns whether the session is being closed.
    [[nodiscard]] bool isClosing() const;
    /// Shows that this database is being opened to replace the current one. An empty path hides this.
    void setOpening(const QString &path);
    void setTheme(theme::Mode mode);
    void showError(const Error &error);
    void showNotice(const QString &text);
    /// Saves the layout in the user's settings.
    void saveLayout() const;

Q_SIGNALS:
    void openRequested(const lifeguard::DatabaseChoice &choice);
    void themeRequested(lifeguard::theme::Mode mode);
    /// All workers are stopped; another session can replace this one.
    void readyToSwitch();

protected:
    void closeEvent(QCloseEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void build();
    void connectCommands();
    void connectPages();
    void connectSession();
    void updateReadiness();
    void updateRunning();
    void updatePruning();
    void onSnapshot(const StoreSnapshot &snapshot);
    void onWorkers(const QList<WorkerInfo> &workers);
    void onPools(const QList<PoolInfo> &pools);
    void onLockedChanged(bool locked);
    void showReplaced(const Error &error);
    void stopAll();
    void stopWorkers(const QStringList &executorIds);
    [[nodiscard]] WindowLayout layoutParts() const;

    DashboardSession &m_session;
    SessionCloser *m_closer;
    DialogLauncher *m_dialogs;
    CommandBar *m_commands = nullptr;
    MessageBar *m_messages = nullptr;
    PruningNotice *m_pruning = nullptr;
    StatusStrip *m_strip = nullptr;
    PoolsPanel *m_pools = nullptr;
    WorkersPage *m_workers = nullptr;
    JobsPage *m_jobs = nullptr;
    QString m_lockNotice; ///< the message about a locked database; empty if it is not locked
    EventsPage *m_events = nullptr;
    DetailPane *m_detail = nullptr;
    QTabWidget *m_tabs = nullptr;
    DropOverlay *m_drop = nullptr;
    QSplitter *m_side = nullptr;
    QSplitter *m_main = nullptr;
    ListRefresher<Event> *m_eventsRefresher = nullptr;
};

} // namespace lifeguard
