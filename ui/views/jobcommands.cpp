// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/jobcommands.h"

#include "core/base/futurecallbacks.h"
#include "ui/dialogs/confirmationdialogs.h"
#include "ui/models/jobsmodel.h"
#include "ui/views/jobstableview.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMessageBox>

#include <algorithm>

namespace lifeguard {

namespace {

constexpr qint64 maxCancelledWithoutConfirmation = 20;

} // namespace

JobCommands::JobCommands(JobsModel &model, const JobsTableView &view, QWidget *parent)
    : QObject(parent)
    , m_model(model)
    , m_view(view)
    , m_dialogParent(parent)
{
}

JobSelection JobCommands::selection() const
{
    return JobSelection::fromRanges(m_view.selectedRanges(), m_model);
}

qint64 JobCommands::retryableCount() const
{
    return m_model.counts().failed + m_model.counts().cancelled;
}

qint64 JobCommands::rerunnableCount() const
{
    return m_model.counts().completed + retryableCount();
}

qint64 JobCommands::cancellableCount() const
{
    return m_model.counts().pending + m_model.counts().processing;
}

JobFilter JobCommands::boundedFilter() const
{
    JobFilter filter = m_model.filter();
    filter.maxId = m_model.newestId();
    return filter;
}

void JobCommands::withSelectedJobs(const JobSelection &selection,
                                   const std::function<void(const QList<Job> &jobs)> &use)
{
    if (selection.isComplete) {
        use(selection.jobs);
        return;
    }
    whenFinished(m_model.jobsInRows(selection.ranges, JobSelection::maxJobs), this,
                 [this, use](const Result<QList<Job>> &jobs) {
                     if (jobs) {
                         use(*jobs);
                     } else {
                         Q_EMIT failed(jobs.error());
                     }
                 });
}

void JobCommands::retrySelected(const JobSelection &selection)
{
    withSelectedJobs(selection, [this](const QList<Job> &jobs) { Q_EMIT retryRequested(idsWhere(jobs, isRetryable)); });
}

void JobCommands::rerunSelected(const JobSelection &selection)
{
    withSelectedJobs(selection, [this](const QList<Job> &jobs) { Q_EMIT rerunRequested(idsWhere(jobs, hasEnded)); });
}

void JobCommands::cancelSelected(const JobSelection &selection)
{
    withSelectedJobs(selection, [this](const QList<Job> &jobs) { cancelAfterConfirmation(jobs); });
}

void JobCommands::cancelAfterConfirmation(const QList<Job> &jobs)
{
    const QList<qint64> ids = idsWhere(jobs, isCancellable);
    if (ids.size() <= maxCancelledWithoutConfirmation) {
        Q_EMIT cancelRequested(ids);
        return;
    }
    const auto running = std::count_if(jobs.cbegin(), jobs.cend(), [](const Job &job) {
        return !isDeleted(job) && job.status == JobStatus::Processing;
    });
    cancelConfirmation(
        ids.size(), running, [this, ids] { Q_EMIT cancelRequested(ids); }, m_dialogParent)
        ->open();
}

void JobCommands::retryMatching()
{
    Q_EMIT retryMatchingRequested(boundedFilter());
}

void JobCommands::rerunMatching()
{
    Q_EMIT rerunMatchingRequested(boundedFilter());
}

void JobCommands::cancelMatching()
{
    const JobFilter filter = boundedFilter();
    if (cancellableCount() <= maxCancelledWithoutConfirmation) {
        Q_EMIT cancelMatchingRequested(filter);
        return;
    }
    cancelConfirmation(
        cancellableCount(), m_model.counts().processing, [this, filter] { Q_EMIT cancelMatchingRequested(filter); },
        m_dialogParent)
        ->open();
}

QString JobCommands::copyText(const Job &job, CopyFormat format) const
{
    switch (format) {
    case CopyFormat::Ids:
        return QString::number(job.id);
    case CopyFormat::InputPaths:
        return job.inputFile;
    case CopyFormat::OutputPaths:
        return job.outputFile;
    case CopyFormat::Rows:
        break;
    }
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const QHeaderView &header = *m_view.horizontalHeader();
    QStringList cells;
    for (int visual = 0; visual < header.count(); ++visual) {
        const int column = header.logicalIndex(visual);
        if (!header.isSectionHidden(column)) {
            cells.append(m_model.formatter().text(job, JobTableColumn(column), now));
        }
    }
    return cells.join(QLatin1Char('\t'));
}

void JobCommands::copySelected(CopyFormat format)
{
    const JobSelection selected = selection();
    if (selected.isTooLarge) {
        Q_EMIT failed(
            {ErrorCode::InvalidArgument,
             tr("At most %Ln job(s) can be copied at once. Select fewer jobs.", nullptr, JobSelection::maxJobs),
             {}});
        return;
    }
    withSelectedJobs(selected, [this, format](const QList<Job> &jobs) {
        QStringList lines;
        for (const Job &job : jobs) {
            lines.append(copyText(job, format));
        }
        if (!lines.isEmpty()) {
            QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
        }
    });
}

void JobCommands::openCurrentOutput()
{
    const Job *job = m_model.jobAt(m_view.currentIndex().row());
    if (job && job->status == JobStatus::Completed && !job->outputFile.isEmpty()) {
        Q_EMIT openRequested(job->outputFile);
    }
}

void JobCommands::open(const QStringList &paths)
{
    for (const QString &path : paths) {
        Q_EMIT openRequested(path);
    }
}

} // namespace lifeguard
