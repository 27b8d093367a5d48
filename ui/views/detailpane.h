// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/model/workerinfo.h"
#include "ui/theme.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTabWidget;
class QTimer;

namespace lifeguard {

class EventsPage;
class JobDetail;
class LogPane;

/// What is selected, in detail: a worker (its log, its job, what happened to it) or a job (itself, its worker's log, what
/// happened to it). It is given workers; jobs and events it asks for, and takes the answer to the last question only.
class DetailPane : public QWidget
{
    Q_OBJECT

public:
    explicit DetailPane(QWidget *parent = nullptr);

    /// The worker that is selected, or new facts of it.
    void showWorker(const WorkerInfo &worker);
    /// The job that is selected; worker: who has it, where that is known. 0: none.
    void showJob(qint64 id, const WorkerInfo *worker);
    /// Something changed in the database: what is shown is asked for again, soon.
    void refresh();

    void setJob(qint64 asked, const Result<Job> &job);
    void setEvents(qint64 askedJob, const QString &askedWorker, const QList<Event> &events);

    void setDisabledReason(const QString &reason);
    void focusLog();
    void focusLogSearch();

Q_SIGNALS:
    void jobWanted(qint64 id);
    /// jobId 0: those of the worker.
    void eventsWanted(qint64 jobId, const QString &executorId);
    void openRequested(const QString &path);
    void stopRequested(const QStringList &executorIds);
    void killRequested(const QList<lifeguard::WorkerInfo> &workers);

private:
    void ask();
    void showShape(const theme::StateLook &look);
    void showHead();
    void showJobHead(const Job &job);
    [[nodiscard]] qint64 jobInQuestion() const { return m_jobId ? m_jobId : m_worker.jobId; }

    WorkerInfo m_worker; ///< the one selected, or the one of the job
    qint64 m_jobId = 0; ///< a job is selected; 0: a worker is
    int m_tabOfWorkers = 0; ///< which tab was last looked at
    int m_tabOfJobs = 1;

    QLabel *m_shape;
    QLabel *m_name;
    QLabel *m_facts;
    QPushButton *m_stop;
    QPushButton *m_kill;
    QTabWidget *m_tabs;
    LogPane *m_log;
    JobDetail *m_jobView;
    EventsPage *m_events;
    QTimer *m_soon;
    QString m_disabledReason;
};

} // namespace lifeguard
