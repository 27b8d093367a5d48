// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QTabWidget;

namespace lifeguard {

class DashboardSession;
class DetailPane;
class JobsPage;
class WorkersPage;

/// Shows the worker or job that is selected on the current page in the detail pane, and answers the requests of the
/// pane with data of the session.
class DetailController : public QObject
{
    Q_OBJECT

public:
    /// The pages are pages of the tabs. All arguments must outlive this object.
    DetailController(DashboardSession &session, const WorkersPage &workers, const JobsPage &jobs,
                     const QTabWidget &tabs, DetailPane &pane, QObject *parent);

private:
    void onPageChanged();
    void showJob(qint64 id);
    void readJob(qint64 id);
    void readEvents(qint64 jobId, const QString &executorId);
    [[nodiscard]] bool isJobsPageCurrent() const;

    DashboardSession &m_session;
    const WorkersPage &m_workers;
    const JobsPage &m_jobs;
    const QTabWidget &m_tabs;
    DetailPane &m_pane;
    qint64 m_currentJob = 0; ///< the current job of the jobs page; 0: none
};

} // namespace lifeguard
