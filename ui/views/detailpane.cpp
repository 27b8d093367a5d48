// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/detailpane.h"

#include "core/store/joberror.h"
#include "ui/format.h"
#include "ui/models/jobcells.h"
#include "ui/views/eventspage.h"
#include "ui/views/jobdetail.h"
#include "ui/views/logpane.h"
#include "ui/views/workerspage.h"

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
    , m_name(new QLabel(tr("Nothing is selected"), this))
    , m_facts(new QLabel(this))
    , m_stop(new QPushButton(tr("Stop"), this))
    , m_kill(new QPushButton(tr("Kill…"), this))
    , m_tabs(new QTabWidget(this))
    , m_log(new LogPane(this))
    , m_jobView(new JobDetail(this))
    , m_events(new EventsPage(EventsPage::Scope::OfOne, this))
    , m_soon(new QTimer(this))
{
    m_name->setObjectName(QStringLiteral("detailName"));
    m_name->setFont(theme::headingFont(font()));
    m_name->setTextFormat(Qt::PlainText);
    m_facts->setObjectName(QStringLiteral("detailFacts"));
    m_facts->setTextFormat(Qt::PlainText);
    m_facts->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, theme::secondaryText(quiet));
    m_facts->setPalette(quiet);
    m_stop->setObjectName(QStringLiteral("stopWorkerButton"));
    m_stop->setAccessibleName(tr("Stop the selected worker"));
    m_kill->setObjectName(QStringLiteral("killWorkerButton"));
    m_kill->setAccessibleName(tr("Kill the selected worker"));
    m_shape->hide();
    m_stop->hide();
    m_kill->hide();
    m_tabs->setObjectName(QStringLiteral("detailTabs"));
    m_tabs->setAccessibleName(tr("Log, job and events of what is selected"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_log, tr("Log"));
    m_tabs->addTab(m_jobView, tr("Job"));
    m_tabs->addTab(m_events, tr("What happened"));
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

    m_soon->setSingleShot(true);
    m_soon->setInterval(400);
    connect(m_soon, &QTimer::timeout, this, &DetailPane::ask);
    connect(m_tabs, &QTabWidget::currentChanged, this, [this](int tab) {
        (m_jobId ? m_tabOfJobs : m_tabOfWorkers) = tab;
        m_jobView->copyButton()->setVisible(m_tabs->currentWidget() == m_jobView);
        ask();
    });
    connect(m_jobView, &JobDetail::openRequested, this, &DetailPane::openRequested);
    connect(m_stop, &QPushButton::clicked, this, [this] { Q_EMIT stopRequested({m_worker.executorId}); });
    connect(m_kill, &QPushButton::clicked, this, [this] { Q_EMIT killRequested({m_worker}); });
}

void DetailPane::showWorker(const WorkerInfo &worker)
{
    if (m_jobId != 0 || worker.executorId != m_worker.executorId) {
        m_jobId = 0;
        m_worker = worker;
        m_tabs->setCurrentIndex(m_tabOfWorkers);
        ask();
    } else if (worker == m_worker) {
        return;
    }
    const bool anotherJob = worker.jobId != m_worker.jobId;
    m_worker = worker;
    showHead();
    m_log->setLog(worker.logPath, worker.logPath.isEmpty() ? tr("It is not known where this worker writes a log.") : tr("Nothing was written yet."));
    if (anotherJob) {
        refresh();
    }
}

void DetailPane::showJob(qint64 id, const WorkerInfo *worker)
{
    if (id == 0) {
        return; // what was shown stays, as it does when a worker is unselected
    }
    if (id != m_jobId) {
        m_jobId = id;
        m_name->setText(tr("job %1").arg(id));
        m_facts->clear();
        m_shape->hide();
        m_jobView->setNothing(tr("Reading…"));
        m_tabs->setCurrentIndex(m_tabOfJobs);
        ask();
    }
    m_worker = worker ? *worker : WorkerInfo();
    m_stop->hide();
    m_kill->hide();
    m_log->setLog(m_worker.logPath, worker ? tr("Nothing was written yet.") : tr("No worker that is known here has this job."));
}

void DetailPane::refresh()
{
    if (!m_soon->isActive() && (m_jobId != 0 || !m_worker.executorId.isEmpty())) {
        m_soon->start();
    }
}

void DetailPane::ask()
{
    const qint64 job = jobInQuestion();
    const bool head = m_jobId != 0; // the head line says how the job is
    if (job != 0 && (head || m_tabs->currentWidget() == m_jobView)) {
        Q_EMIT jobWanted(job);
    } else if (job == 0 && m_tabs->currentWidget() == m_jobView) {
        m_jobView->setNothing(tr("This worker has no job at the moment."));
    }
    if (m_tabs->currentWidget() == m_events && (m_jobId != 0 || !m_worker.executorId.isEmpty())) {
        Q_EMIT eventsWanted(m_jobId, m_jobId ? QString() : m_worker.executorId);
    }
}

void DetailPane::setJob(qint64 asked, const Result<Job> &job)
{
    if (asked != jobInQuestion()) {
        return;
    }
    if (!job) {
        m_jobView->setError(job.error());
        return;
    }
    const bool known = m_worker.workerId == job->workerId && job->workerId != 0;
    m_jobView->setJob(*job, known ? m_worker.name() : job->workerId ? tr("worker %1").arg(job->workerId) : QString());
    if (m_jobId != 0) {
        showJobHead(*job);
    }
}

void DetailPane::setEvents(qint64 askedJob, const QString &askedWorker, const QList<Event> &events)
{
    if (askedJob == m_jobId && (m_jobId != 0 || askedWorker == m_worker.executorId)) {
        m_events->setEvents(events);
    }
}

void DetailPane::showShape(const theme::StateLook &look)
{
    m_shape->setPixmap(theme::shapePixmap(look.shape, look.hue, palette().color(QPalette::Window), 14, devicePixelRatio()));
    m_shape->show();
}

void DetailPane::showHead()
{
    const auto look = theme::look(m_worker.state);
    showShape(look);
    m_name->setText(m_worker.name());
    QStringList facts{look.word};
    if (m_worker.jobId != 0) {
        facts.append(m_worker.jobAge ? tr("%1 for %2").arg(m_worker.jobName, format::duration(*m_worker.jobAge)) : m_worker.jobName);
    }
    if (m_worker.pid != 0 && m_worker.isAlive()) {
        facts.append(tr("pid %1").arg(m_worker.pid));
    }
    if (!m_worker.reason.isEmpty()) {
        facts.append(m_worker.reason);
    }
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    m_facts->setToolTip(m_worker.reason.isEmpty() ? m_worker.executorId : m_worker.executorId + QLatin1Char('\n') + m_worker.reason);
    const QString why = m_disabledReason.isEmpty() ? whyUntouchable(m_worker) : m_disabledReason;
    for (QPushButton *button : {m_stop, m_kill}) {
        button->setVisible(m_worker.isAlive());
        button->setEnabled(why.isEmpty());
        button->setToolTip(why);
    }
}

void DetailPane::showJobHead(const Job &job)
{
    const auto look = theme::look(job.status);
    showShape(look);
    const QString name = format::jobName(job.inputFile, job.id);
    m_name->setText(job.inputFile.isEmpty() ? name : tr("%1 (job %2)").arg(name).arg(job.id));
    QStringList facts{job.type, look.word};
    if (!job.error.isEmpty()) {
        facts.append(errorText(job.error).simplified());
    }
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    m_facts->setToolTip(errorText(job.error));
}

void DetailPane::setDisabledReason(const QString &reason)
{
    m_disabledReason = reason;
    if (m_jobId == 0 && !m_worker.executorId.isEmpty()) {
        showHead();
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
