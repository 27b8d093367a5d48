// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/detailpane.h"

#include "core/store/joberror.h"
#include "ui/format.h"
#include "ui/models/jobcellformatter.h"
#include "ui/theme/stateappearance.h"
#include "ui/theme/theme.h"
#include "ui/views/eventspage.h"
#include "ui/views/jobdetailview.h"
#include "ui/views/logpane.h"
#include "ui/views/workerscontextmenu.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTabWidget>
#include <QTimer>
#include <QVBoxLayout>

namespace lifeguard {

DetailPane::DetailPane(QWidget *parent)
    : QWidget(parent)
    , m_shape(new QLabel(this))
    , m_name(new QLabel(tr("Nothing selected"), this))
    , m_facts(new QLabel(this))
    , m_stop(new QPushButton(tr("Stop"), this))
    , m_kill(new QPushButton(tr("Kill…"), this))
    , m_tabs(new QTabWidget(this))
    , m_log(new LogPane(this))
    , m_jobView(new JobDetailView(this))
    , m_events(new EventsPage(EventsPage::Scope::Single, this))
    , m_refreshDelay(new QTimer(this))
{
    m_name->setObjectName(QStringLiteral("detailName"));
    m_name->setFont(theme::headingFont(font()));
    m_name->setTextFormat(Qt::PlainText);
    m_facts->setObjectName(QStringLiteral("detailFacts"));
    m_facts->setTextFormat(Qt::PlainText);
    m_facts->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    QPalette secondary = palette();
    secondary.setColor(QPalette::WindowText, theme::secondaryText(secondary));
    m_facts->setPalette(secondary);
    m_stop->setObjectName(QStringLiteral("stopWorkerButton"));
    m_stop->setAccessibleName(tr("Stop the selected worker"));
    m_kill->setObjectName(QStringLiteral("killWorkerButton"));
    m_kill->setAccessibleName(tr("Kill the selected worker"));
    m_shape->hide();
    m_stop->hide();
    m_kill->hide();
    m_tabs->setObjectName(QStringLiteral("detailTabs"));
    m_tabs->setAccessibleName(tr("Log, job and events of the selected worker or job"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_log, tr("Log"));
    m_tabs->addTab(m_jobView, tr("Job"));
    m_tabs->addTab(m_events, tr("Events"));
    m_jobView->copyButton()->setVisible(false);

    auto *bar = new QHBoxLayout;
    bar->setSpacing(theme::inside);
    bar->addWidget(m_shape);
    bar->addWidget(m_name);
    bar->addWidget(m_facts, 1);
    bar->addWidget(m_jobView->copyButton());
    bar->addWidget(m_stop);
    bar->addWidget(m_kill);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::inside, 0, 0);
    layout->setSpacing(theme::unit);
    layout->addLayout(bar);
    layout->addWidget(m_tabs, 1);

    m_refreshDelay->setSingleShot(true);
    m_refreshDelay->setInterval(std::chrono::milliseconds(400));
    connect(m_refreshDelay, &QTimer::timeout, this, &DetailPane::requestData);
    connect(m_tabs, &QTabWidget::currentChanged, this, [this](int tab) {
        (m_jobId ? m_jobTab : m_workerTab) = tab;
        m_jobView->copyButton()->setVisible(m_tabs->currentWidget() == m_jobView);
        requestData();
    });
    connect(m_jobView, &JobDetailView::openRequested, this, &DetailPane::openRequested);
    connect(m_stop, &QPushButton::clicked, this, [this] { Q_EMIT stopRequested({m_worker.executorId}); });
    connect(m_kill, &QPushButton::clicked, this, [this] { Q_EMIT killRequested({m_worker}); });
}

void DetailPane::showWorker(const WorkerInfo &worker)
{
    if (m_jobId != 0 || worker.executorId != m_worker.executorId) {
        m_jobId = 0;
        m_worker = worker;
        m_tabs->setCurrentIndex(m_workerTab);
        requestData();
    } else if (worker == m_worker) {
        return;
    }
    const bool hasAnotherJob = worker.jobId != m_worker.jobId;
    m_worker = worker;
    showWorkerHeader();
    m_log->setLog(worker.logPath,
                  worker.logPath.isEmpty() ? tr("The log file of this worker is not known.") : tr("The log is empty."));
    if (hasAnotherJob) {
        refresh();
    }
}

void DetailPane::showJob(qint64 id, const WorkerInfo *worker)
{
    if (id == 0) {
        return; // keep showing the last job, as with workers
    }
    if (id != m_jobId) {
        m_jobId = id;
        m_name->setText(tr("Job %1").arg(id));
        m_facts->clear();
        m_shape->hide();
        m_jobView->showPlaceholder(tr("Loading…"));
        m_tabs->setCurrentIndex(m_jobTab);
        requestData();
    }
    m_worker = worker ? *worker : WorkerInfo();
    m_stop->hide();
    m_kill->hide();
    m_log->setLog(m_worker.logPath, worker ? tr("The log is empty.") : tr("The worker of this job is not known."));
}

void DetailPane::refresh()
{
    if (!m_refreshDelay->isActive() && (m_jobId != 0 || !m_worker.executorId.isEmpty())) {
        m_refreshDelay->start();
    }
}

void DetailPane::requestData()
{
    const qint64 job = displayedJobId();
    const bool isInHeader = m_jobId != 0;
    if (job != 0 && (isInHeader || m_tabs->currentWidget() == m_jobView)) {
        Q_EMIT jobRequested(job);
    } else if (job == 0 && m_tabs->currentWidget() == m_jobView) {
        m_jobView->showPlaceholder(tr("This worker has no job."));
    }
    if (m_tabs->currentWidget() == m_events && (m_jobId != 0 || !m_worker.executorId.isEmpty())) {
        Q_EMIT eventsRequested(m_jobId, m_jobId ? QString() : m_worker.executorId);
    }
}

void DetailPane::setJob(qint64 requestedId, const Result<Job> &job)
{
    if (requestedId != displayedJobId()) {
        return;
    }
    if (!job) {
        m_jobView->showError(job.error());
        return;
    }
    const bool known = m_worker.workerId == job->workerId && job->workerId != 0;
    m_jobView->setJob(*job, known ? m_worker.name() : job->workerId ? tr("worker %1").arg(job->workerId) : QString());
    if (m_jobId != 0) {
        showJobHeader(*job);
    }
}

void DetailPane::setEvents(qint64 requestedJob, const QString &requestedWorker, const QList<Event> &events)
{
    if (requestedJob == m_jobId && (m_jobId != 0 || requestedWorker == m_worker.executorId)) {
        m_events->setEvents(events);
    }
}

void DetailPane::showShape(const theme::StateAppearance &appearance)
{
    m_shape->setPixmap(theme::shapePixmap(appearance.shape, appearance.hue, palette().color(QPalette::Window), 14,
                                          devicePixelRatio()));
    m_shape->show();
}

void DetailPane::showWorkerHeader()
{
    const auto appearance = theme::appearance(m_worker.state);
    showShape(appearance);
    m_name->setText(m_worker.name());
    QStringList facts{appearance.text};
    if (m_worker.jobId != 0) {
        //: %1 is the name of a job, %2 how long the worker has been working on it
        facts.append(m_worker.jobAge ? tr("%1 for %2").arg(m_worker.jobName, format::duration(*m_worker.jobAge))
                                     : m_worker.jobName);
    }
    if (m_worker.pid != 0 && m_worker.isAlive()) {
        facts.append(tr("PID %1").arg(m_worker.pid));
    }
    if (!m_worker.reason.isEmpty()) {
        facts.append(m_worker.reason);
    }
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    m_facts->setToolTip(m_worker.reason.isEmpty() ? m_worker.executorId
                                                  : m_worker.executorId + QLatin1Char('\n') + m_worker.reason);
    const QString reason = m_disabledReason.isEmpty() ? uncontrollableReason(m_worker) : m_disabledReason;
    for (QPushButton *button : {m_stop, m_kill}) {
        button->setVisible(m_worker.isAlive());
        button->setEnabled(reason.isEmpty());
        button->setToolTip(format::sentence(reason));
    }
}

void DetailPane::showJobHeader(const Job &job)
{
    const auto appearance = theme::appearance(job.status);
    showShape(appearance);
    const QString name = format::jobName(job.inputFile, job.id);
    m_name->setText(job.inputFile.isEmpty() ? name : tr("%1 (job %2)").arg(name).arg(job.id));
    QStringList facts{job.type, appearance.text};
    if (!job.error.isEmpty()) {
        facts.append(jobErrorMessage(job.error).simplified());
    }
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    m_facts->setToolTip(jobErrorMessage(job.error));
}

void DetailPane::setDisabledReason(const QString &reason)
{
    m_disabledReason = reason;
    if (m_jobId == 0 && !m_worker.executorId.isEmpty()) {
        showWorkerHeader();
    }
}

void DetailPane::focusLog()
{
    m_tabs->setCurrentWidget(m_log);
    m_log->focusLog();
}

void DetailPane::focusLogSearch()
{
    m_tabs->setCurrentWidget(m_log);
    m_log->focusSearch();
}

} // namespace lifeguard
