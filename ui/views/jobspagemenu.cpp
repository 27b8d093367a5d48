// SPDX-License-Identifier: GPL-3.0-or-later
// JobsPage: its context menu, and what can be done with the jobs that are selected.
#include "core/base/futurecallbacks.h"
#include "ui/dialogs/questions.h"
#include "ui/format.h"
#include "ui/theme.h"
#include "ui/views/jobspage.h"
#include "ui/views/jobsview.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QMessageBox>

namespace lifeguard {

namespace {

constexpr int handledAtMost = 10000; ///< jobs that are fetched to be copied or changed one by one
constexpr int openedAtMost = 10; ///< files at once
constexpr qint64 cancelledUnasked = 20;

bool canRetry(const Job &job)
{
    return job.status == JobStatus::Failed || job.status == JobStatus::Cancelled;
}

bool canCancel(const Job &job)
{
    return job.status == JobStatus::Pending || job.status == JobStatus::Processing;
}

QList<Job> filtered(const QList<Job> &jobs, bool (*fits)(const Job &))
{
    QList<Job> result;
    std::copy_if(jobs.cbegin(), jobs.cend(), std::back_inserter(result), [fits](const Job &job) { return !isGone(job) && fits(job); });
    return result;
}

QList<qint64> idsOf(const QList<Job> &jobs)
{
    QList<qint64> ids;
    for (const Job &job : jobs) {
        ids.append(job.id);
    }
    return ids;
}

} // namespace

/// What is selected, as far as it is known.
struct JobsPage::Selection
{
    QList<RowRange> ranges;
    qint64 count = 0;
    QList<Job> jobs; ///< those of its rows that are there
    bool isWhole = false; ///< all of them are there
    bool isAll = false; ///< every job that matches
    bool isTooMany = false; ///< to be fetched
};

JobsPage::Selection JobsPage::selection() const
{
    Selection selection;
    selection.ranges = m_table->selectedRanges();
    for (const RowRange &range : std::as_const(selection.ranges)) {
        selection.count += range.last - range.first + 1;
    }
    selection.isAll = selection.count > 0 && selection.count == m_model->rowCount();
    selection.isTooMany = selection.count > handledAtMost;
    if (selection.isTooMany) {
        return selection;
    }
    for (const RowRange &range : std::as_const(selection.ranges)) {
        for (qint64 row = range.first; row <= range.last; ++row) {
            if (const Job *job = m_model->jobAt(int(row))) {
                selection.jobs.append(*job);
            }
        }
    }
    selection.isWhole = selection.jobs.size() == selection.count;
    return selection;
}

void JobsPage::openMenu(const QPoint &position)
{
    const Selection chosen = selection();
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("jobsViewMenu"));
    menu->setToolTipsVisible(true);
    addRetry(*menu, chosen);
    addCancel(*menu, chosen);
    menu->addSeparator();
    addOpen(*menu, chosen);
    addCopy(*menu, chosen);
    if (!chosen.isAll) {
        menu->addSeparator();
        addMatching(*menu, chosen);
    }
    m_table->popUp(menu, position);
}

QAction *JobsPage::addAction(QMenu &menu, const char *name, const char *icon, const QString &text, const QString &why)
{
    QAction *action = menu.addAction(theme::icon(QString::fromLatin1(icon), palette()), why.isEmpty() ? text : tr("%1 – %2").arg(text, why));
    action->setObjectName(QString::fromLatin1(name));
    action->setEnabled(why.isEmpty());
    action->setToolTip(why);
    return action;
}

void JobsPage::addRetry(QMenu &menu, const Selection &selection)
{
    const auto add = [&](const QString &text, const QString &why) {
        return addAction(menu, "retryJobAction", "view-refresh", text, m_disabledReason.isEmpty() ? why : m_disabledReason);
    };
    if (selection.isWhole) {
        const QList<qint64> ids = idsOf(filtered(selection.jobs, canRetry));
        const QString text = ids.size() > 1 ? tr("Retry %1 jobs").arg(format::count(ids.size())) : tr("Retry");
        connect(add(text, ids.isEmpty() ? tr("only failed and cancelled jobs") : QString()), &QAction::triggered, this,
                [this, ids] { Q_EMIT retryRequested(ids); });
    } else if (selection.isAll) {
        connect(add(retryAllText(), retryable() == 0 ? tr("none of them failed or was cancelled") : QString()), &QAction::triggered, this,
                [this] { Q_EMIT retryMatchingRequested(boundFilter()); });
    } else {
        const QString why = selection.isTooMany ? tr("select all (Ctrl+A), or at most %1").arg(format::count(handledAtMost)) : QString();
        connect(add(tr("Retry what failed or was cancelled of %1 jobs").arg(format::count(selection.count)), why), &QAction::triggered, this,
                [this, selection] {
                    withJobs(selection, [this](const QList<Job> &jobs) { Q_EMIT retryRequested(idsOf(filtered(jobs, canRetry))); });
                });
    }
}

void JobsPage::addCancel(QMenu &menu, const Selection &selection)
{
    const auto add = [&](const QString &text, const QString &why) {
        return addAction(menu, "cancelJobAction", "dialog-cancel", text, m_disabledReason.isEmpty() ? why : m_disabledReason);
    };
    if (selection.isWhole) {
        const QList<Job> jobs = filtered(selection.jobs, canCancel);
        const QString text = jobs.size() > 1 ? tr("Cancel %1 jobs").arg(format::count(jobs.size())) : tr("Cancel");
        const QString ended = selection.count == 1 ? tr("it has ended already") : tr("they have ended already");
        connect(add(text, jobs.isEmpty() ? ended : QString()), &QAction::triggered, this, [this, jobs] { cancelSome(jobs); });
    } else if (selection.isAll) {
        connect(add(cancelAllText(), cancellable() == 0 ? tr("they have ended already") : QString()), &QAction::triggered, this,
                &JobsPage::cancelAllMatching);
    } else {
        const QString why = selection.isTooMany ? tr("select all (Ctrl+A), or at most %1").arg(format::count(handledAtMost)) : QString();
        connect(add(tr("Cancel what has not ended of %1 jobs").arg(format::count(selection.count)), why), &QAction::triggered, this,
                [this, selection] { withJobs(selection, [this](const QList<Job> &jobs) { cancelSome(filtered(jobs, canCancel)); }); });
    }
}

void JobsPage::addOpen(QMenu &menu, const Selection &selection)
{
    QStringList files;
    QStringList folders;
    QString why;
    if (selection.count > openedAtMost) {
        why = tr("at most %1 at once").arg(openedAtMost);
    } else {
        for (const Job &job : selection.jobs) {
            const QFileInfo output(job.outputFile);
            if (!job.outputFile.isEmpty() && output.exists()) {
                files.append(job.outputFile);
            }
            if (!job.outputFile.isEmpty() && !folders.contains(output.path()) && QFileInfo(output.path()).isDir()) {
                folders.append(output.path());
            }
        }
    }
    const bool none = std::all_of(selection.jobs.cbegin(), selection.jobs.cend(), [](const Job &job) { return job.outputFile.isEmpty(); });
    const QString missing = !why.isEmpty() ? why : none ? tr("there is none") : tr("it is not there yet");
    const auto open = [this](const QStringList &paths) {
        for (const QString &path : paths) {
            Q_EMIT openRequested(path);
        }
    };
    connect(addAction(menu, "openOutputAction", "document-open",
                      files.size() > 1 ? tr("Open %1 outputs").arg(files.size()) : tr("Open output"),
                      files.isEmpty() ? missing : QString()),
            &QAction::triggered, this, [open, files] { open(files); });
    connect(addAction(menu, "openFolderAction", "document-open-folder",
                      folders.size() > 1 ? tr("Show in %1 folders").arg(folders.size()) : tr("Show in folder"),
                      folders.isEmpty() ? missing : QString()),
            &QAction::triggered, this, [open, folders] { open(folders); });
}

void JobsPage::addCopy(QMenu &menu, const Selection &selection)
{
    const QString why = selection.isTooMany ? tr("at most %1 jobs at once").arg(format::count(handledAtMost)) : QString();
    QMenu *submenu = menu.addMenu(theme::icon(QStringLiteral("edit-copy"), palette()), why.isEmpty() ? tr("Copy") : tr("Copy – %1").arg(why));
    submenu->setObjectName(QStringLiteral("copyJobMenu"));
    submenu->menuAction()->setObjectName(QStringLiteral("copyJobAction"));
    submenu->setEnabled(why.isEmpty());
    const auto add = [&](const char *name, const QString &text, Copied what) {
        QAction *action = submenu->addAction(text);
        action->setObjectName(QString::fromLatin1(name));
        connect(action, &QAction::triggered, this, [this, what] { copy(what); });
        return action;
    };
    QAction *rows = add("copyRowsAction", selection.count > 1 ? tr("Rows as text") : tr("Row as text"), Copied::Rows);
    rows->setShortcut(QKeySequence::Copy);
    rows->setShortcutContext(Qt::WidgetShortcut); // shown only: the table does it
    add("copyIdsAction", selection.count > 1 ? tr("Job numbers") : tr("Job number"), Copied::Ids);
    add("copyInputsAction", selection.count > 1 ? tr("Input paths") : tr("Input path"), Copied::Inputs);
    add("copyOutputsAction", selection.count > 1 ? tr("Output paths") : tr("Output path"), Copied::Outputs);
}

void JobsPage::addMatching(QMenu &menu, const Selection &)
{
    // Only where there is more to be had than the selection.
    if (retryable() > 1) {
        connect(addAction(menu, "retryAllAction", "view-refresh", retryAllText(), m_disabledReason), &QAction::triggered, this,
                [this] { Q_EMIT retryMatchingRequested(boundFilter()); });
    }
    if (cancellable() > 1) {
        connect(addAction(menu, "cancelAllAction", "dialog-cancel", cancelAllText(), m_disabledReason), &QAction::triggered, this,
                &JobsPage::cancelAllMatching);
    }
}

qint64 JobsPage::retryable() const
{
    return m_model->counts().failed + m_model->counts().cancelled;
}

qint64 JobsPage::cancellable() const
{
    return m_model->counts().pending + m_model->counts().processing;
}

QString JobsPage::retryAllText() const
{
    const JobCounts &counts = m_model->counts();
    const QString number = format::count(retryable());
    QString text = counts.cancelled == 0 ? tr("Retry all %1 failed jobs") : counts.failed == 0 ? tr("Retry all %1 cancelled jobs")
                                                                                                : tr("Retry all %1 failed and cancelled jobs");
    return isFiltered() ? tr("%1 that match").arg(text.arg(number)) : text.arg(number);
}

QString JobsPage::cancelAllText() const
{
    const JobCounts &counts = m_model->counts();
    const QString number = format::count(cancellable());
    QString text = counts.processing == 0 ? tr("Cancel all %1 waiting jobs") : counts.pending == 0 ? tr("Cancel all %1 running jobs")
                                                                                                   : tr("Cancel all %1 waiting and running jobs");
    return isFiltered() ? tr("%1 that match").arg(text.arg(number)) : text.arg(number);
}

/// The jobs that match, without those added since: they were not seen.
JobFilter JobsPage::boundFilter() const
{
    JobFilter bound = m_model->filter();
    bound.maxId = m_model->newestId();
    return bound;
}

void JobsPage::withJobs(const Selection &selection, const Use &use)
{
    if (selection.isWhole) {
        use(selection.jobs);
        return;
    }
    whenFinished(m_model->jobsIn(selection.ranges, handledAtMost), this, [this, use](const Result<QList<Job>> &jobs) {
        if (jobs) {
            use(*jobs);
        } else {
            Q_EMIT failed(jobs.error());
        }
    });
}

void JobsPage::cancelSome(const QList<Job> &jobs)
{
    const QList<qint64> ids = idsOf(jobs);
    if (ids.size() <= cancelledUnasked) {
        Q_EMIT cancelRequested(ids);
        return;
    }
    const auto running = std::count_if(jobs.cbegin(), jobs.cend(), [](const Job &job) { return job.status == JobStatus::Processing; });
    cancelQuestion(ids.size(), running, [this, ids] { Q_EMIT cancelRequested(ids); }, this)->open();
}

void JobsPage::cancelAllMatching()
{
    const JobFilter bound = boundFilter();
    const auto cancel = [this, bound] { Q_EMIT cancelMatchingRequested(bound); };
    if (cancellable() <= cancelledUnasked) {
        cancel();
    } else {
        cancelQuestion(cancellable(), m_model->counts().processing, cancel, this)->open();
    }
}

void JobsPage::copy(Copied what)
{
    const Selection chosen = selection();
    if (chosen.isTooMany) {
        Q_EMIT failed({ErrorCode::InvalidArgument, tr("At most %1 jobs can be copied at once. Select fewer.").arg(format::count(handledAtMost)), {}});
        return;
    }
    withJobs(chosen, [this, what](const QList<Job> &jobs) {
        const QDateTime now = QDateTime::currentDateTimeUtc();
        const QHeaderView *header = m_table->horizontalHeader();
        QStringList lines;
        for (const Job &job : jobs) {
            QStringList cells;
            switch (what) {
            case Copied::Ids: cells.append(QString::number(job.id)); break;
            case Copied::Inputs: cells.append(job.inputFile); break;
            case Copied::Outputs: cells.append(job.outputFile); break;
            case Copied::Rows:
                for (int visual = 0; visual < header->count(); ++visual) {
                    if (!header->isSectionHidden(header->logicalIndex(visual))) {
                        cells.append(m_model->cells().text(job, JobCell(header->logicalIndex(visual)), now));
                    }
                }
                break;
            }
            lines.append(cells.join(QLatin1Char('\t')));
        }
        if (!lines.isEmpty()) {
            QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
        }
    });
}

void JobsPage::openOutput()
{
    const Job *job = m_model->jobAt(m_table->currentIndex().row());
    if (job && job->status == JobStatus::Completed && !job->outputFile.isEmpty()) {
        Q_EMIT openRequested(job->outputFile);
    }
}

} // namespace lifeguard
