// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/model/workerinfo.h"
#include "ui/theme/stateappearance.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTabWidget;
class QTimer;

namespace lifeguard {

class EventsPage;
class JobDetailView;
class LogPane;

/// The details of the selected worker or job: log, job and events. The owner passes workers. Jobs and events are
/// requested by signals; replies to outdated requests are ignored.
class DetailPane : public QWidget
{
    Q_OBJECT

public:
    explicit DetailPane(QWidget *parent = nullptr);

    /// Shows this worker, or its new values.
    void showWorker(const WorkerInfo &worker);
    /// Shows this job. worker is the worker that has or had the job; null if it is not known. Does nothing if id is 0.
    void showJob(qint64 id, const WorkerInfo *worker);
    /// Requests the displayed job and events again after a short delay, because the database has changed.
    void refresh();

    /// Replies to jobRequested().
    void setJob(qint64 requestedId, const Result<Job> &job);
    /// Replies to eventsRequested().
    void setEvents(qint64 requestedJob, const QString &requestedWorker, const QList<Event> &events);

    void setDisabledReason(const QString &reason);
    void focusLog();
    void focusLogSearch();

Q_SIGNALS:
    void jobRequested(qint64 id);
    /// The events of the job are needed, or those of the worker if jobId is 0.
    void eventsRequested(qint64 jobId, const QString &executorId);
    void openRequested(const QString &path);
    void stopRequested(const QStringList &executorIds);
    void killRequested(const QList<lifeguard::WorkerInfo> &workers);

private:
    void requestData();
    void showShape(const theme::StateAppearance &appearance);
    void showWorkerHeader();
    void showJobHeader(const Job &job);
    /// Returns the selected job, or the job of the selected worker; 0: none.
    [[nodiscard]] qint64 displayedJobId() const { return m_jobId ? m_jobId : m_worker.jobId; }

    WorkerInfo m_worker; ///< the selected worker, or the worker of the selected job
    qint64 m_jobId = 0; ///< the selected job; 0 if a worker is selected
    int m_workerTab = 0; ///< the tab that was last shown for a worker
    int m_jobTab = 1; ///< the tab that was last shown for a job

    QLabel *m_shape;
    QLabel *m_name;
    QLabel *m_facts;
    QPushButton *m_stop;
    QPushButton *m_kill;
    QTabWidget *m_tabs;
    LogPane *m_log;
    JobDetailView *m_jobView;
    EventsPage *m_events;
    QTimer *m_refreshDelay;
    QString m_disabledReason;
};

} // namespace lifeguard
