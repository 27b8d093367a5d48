// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/workerinfo.h"
#include "ui/recentdatabases.h"

#include <QObject>

#include <functional>

class QWidget;

namespace lifeguard {

class DashboardSession;

/// Opens the dialogs of the main window and passes their results to the session: launching pools, adding jobs, killing,
/// diagnosing and inspecting workers, choosing a database. Also opens files and terminals in other programs. GUI
/// thread.
class DialogLauncher : public QObject
{
    Q_OBJECT

public:
    /// Returns the current values of a worker; null if the worker is no longer known.
    using FindWorker = std::function<const WorkerInfo *(const QString &executorId)>;

    /// The window is the parent of the dialogs.
    DialogLauncher(DashboardSession &session, FindWorker findWorker, QWidget *window);

    void launchPools();
    /// Opens the dialog for adding jobs with these files and folders.
    void addJobs(const QStringList &paths = {});
    void chooseDatabase();
    /// Opens the dialog that edits the configuration file of the workspace.
    void editConfiguration();
    /// Asks whether to kill the workers, and kills them.
    void confirmKill(const QList<WorkerInfo> &workers);
    void diagnose(const WorkerInfo &worker);
    void inspectContainer(const WorkerInfo &worker);
    /// Opens a terminal with a shell in the worker's container.
    void openShell(const WorkerInfo &worker);
    /// Opens a file or folder in the program that the desktop uses for it.
    void openPath(const QString &path);

Q_SIGNALS:
    /// Jobs were passed to the session.
    void jobsSubmitted();
    void databaseChosen(const lifeguard::DatabaseChoice &choice);
    void errorHappened(const lifeguard::Error &error);

private:
    /// Returns the job types of running pools, also those of other managers.
    [[nodiscard]] QStringList servedTypes() const;

    DashboardSession &m_session;
    FindWorker m_findWorker;
    QWidget *m_window;
};

} // namespace lifeguard
