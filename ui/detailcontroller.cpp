// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detailcontroller.h"

#include "core/base/futurecallbacks.h"
#include "ui/dashboardsession.h"
#include "ui/views/detailpane.h"
#include "ui/views/eventspage.h"
#include "ui/views/jobspage.h"
#include "ui/views/workerspage.h"

#include <QTabWidget>

namespace lifeguard {

DetailController::DetailController(DashboardSession &session, const WorkersPage &workers, const JobsPage &jobs,
                                   const QTabWidget &tabs, DetailPane &pane, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_workers(workers)
    , m_jobs(jobs)
    , m_tabs(tabs)
    , m_pane(pane)
{
    connect(&workers, &WorkersPage::currentChanged, this, [this](const WorkerInfo &worker) {
        if (!isJobsPageCurrent()) {
            m_pane.showWorker(worker);
        }
    });
    connect(&workers, &WorkersPage::logRequested, &pane, &DetailPane::focusLog);
    connect(&jobs, &JobsPage::currentJobChanged, this, &DetailController::showJob);
    connect(&tabs, &QTabWidget::currentChanged, this, &DetailController::onPageChanged);
    connect(&pane, &DetailPane::jobRequested, this, &DetailController::readJob);
    connect(&pane, &DetailPane::eventsRequested, this, &DetailController::readEvents);
}

bool DetailController::isJobsPageCurrent() const
{
    return m_tabs.currentWidget() == &m_jobs;
}

void DetailController::onPageChanged()
{
    if (isJobsPageCurrent()) {
        showJob(m_currentJob);
    } else if (const WorkerInfo *worker = m_workers.current(); worker && m_tabs.currentWidget() == &m_workers) {
        m_pane.showWorker(*worker);
    }
}

void DetailController::showJob(qint64 id)
{
    m_currentJob = id;
    if (isJobsPageCurrent()) {
        m_pane.showJob(id, nullptr);
    }
}

void DetailController::readJob(qint64 id)
{
    whenFinished(m_session.store().job(id), this, [this, id](const Result<Job> &job) {
        m_pane.setJob(id, job);
        if (job && id == m_currentJob) {
            m_pane.showJob(id, m_workers.workerById(job->workerId));
        }
    });
}

void DetailController::readEvents(qint64 jobId, const QString &executorId)
{
    const auto read = jobId != 0 ? m_session.store().eventsOfJob(jobId)
                                 : m_session.store().events(EventsPage::maxEvents, executorId);
    whenFinished(read, this, [this, jobId, executorId](const Result<QList<Event>> &events) {
        if (events) {
            m_pane.setEvents(jobId, executorId, *events);
        }
    });
}

} // namespace lifeguard
