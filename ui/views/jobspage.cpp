// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/jobspage.h"

#include "ui/delegates/celldelegate.h"
#include "ui/delegates/statedelegate.h"
#include "ui/theme.h"
#include "ui/views/emptystate.h"
#include "ui/views/livetable.h"

#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QTimer>

namespace lifeguard {

namespace {

constexpr int shownAtMost = 1000;

} // namespace

JobsPage::JobsPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new JobsModel(this))
    , m_table(new LiveTable(this))
    , m_status(new QComboBox(this))
    , m_search(new QLineEdit(this))
    , m_typed(new QTimer(this))
    , m_footer(new QLabel(this))
{
    m_table->setObjectName(QStringLiteral("jobsView"));
    m_table->setAccessibleName(tr("Jobs"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(new CellDelegate(CellDelegate::Kind::Text, this));
    m_table->setItemDelegateForColumn(JobsModel::StateColumn,
                                      new StateDelegate([](int state) { return theme::look(JobStatus(state)); }, this));
    const auto format = [this](int column, CellDelegate::Kind kind) {
        m_table->setItemDelegateForColumn(column, new CellDelegate(kind, this));
    };
    format(JobsModel::InputColumn, CellDelegate::Kind::Path);
    format(JobsModel::OutputColumn, CellDelegate::Kind::Path);
    format(JobsModel::CreatedColumn, CellDelegate::Kind::Since);
    format(JobsModel::TookColumn, CellDelegate::Kind::Precise);
    m_table->setWidths({108, 60, 80, 220, 0, 104, 56, 0, 80, 72, 240}, JobsModel::ErrorColumn);
    m_table->setHold([this](bool held) { m_model->setHeld(held); });
    m_table->setFillMenu([this](QMenu &menu) { fillMenu(menu); });
    m_empty = new EmptyState(m_table, {}, {}, tr("Add jobs…"));

    m_status->setObjectName(QStringLiteral("jobStatusFilter"));
    m_status->setAccessibleName(tr("Show jobs by state"));
    m_status->addItem(tr("All jobs"));
    for (const JobStatus status :
         {JobStatus::Pending, JobStatus::Processing, JobStatus::Completed, JobStatus::Failed, JobStatus::Cancelled}) {
        QString word = theme::look(status).word;
        word[0] = word.at(0).toUpper();
        m_status->addItem(word, int(status));
    }
    m_search->setObjectName(QStringLiteral("jobSearch"));
    m_search->setAccessibleName(tr("Search jobs"));
    m_search->setPlaceholderText(tr("Search paths and errors (Ctrl+F)"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(theme::icon(QStringLiteral("edit-find"), palette()), QLineEdit::LeadingPosition);
    m_search->setMaximumWidth(360);
    m_typed->setSingleShot(true);
    m_typed->setInterval(150);
    m_footer->setObjectName(QStringLiteral("jobsFooter"));
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, theme::secondaryText(quiet));
    m_footer->setPalette(quiet);

    auto *bar = new QHBoxLayout;
    bar->setSpacing(theme::inside);
    bar->addWidget(m_status);
    bar->addWidget(m_search, 1);
    bar->addStretch();
    bar->addWidget(m_footer);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::inside, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addLayout(bar);
    layout->addWidget(m_table, 1);

    connect(m_status, &QComboBox::currentIndexChanged, this, &JobsPage::filterChanged);
    connect(m_search, &QLineEdit::textChanged, m_typed, qOverload<>(&QTimer::start));
    connect(m_typed, &QTimer::timeout, this, &JobsPage::filterChanged);
    connect(m_empty, &EmptyState::activated, this, &JobsPage::addRequested);
    connect(m_table, &QAbstractItemView::doubleClicked, this, [this](const QModelIndex &index) {
        const Job &job = m_model->at(index.row());
        if (job.status == JobStatus::Completed && !job.outputFile.isEmpty()) {
            Q_EMIT openRequested(job.outputFile);
        }
    });
    showEmptyWords();
}

JobFilter JobsPage::filter() const
{
    JobFilter filter;
    if (m_status->currentData().isValid()) {
        filter.status = JobStatus(m_status->currentData().toInt());
    }
    filter.text = m_search->text().trimmed();
    filter.limit = shownAtMost;
    filter.activeFirst = true;
    return filter;
}

void JobsPage::setJobs(const QList<Job> &jobs)
{
    m_table->keepInPlace([this, &jobs] { m_model->setRows(jobs); });
    showEmptyWords();
    showFooter();
}

void JobsPage::setCounts(const JobCounts &counts)
{
    m_counts = counts;
    showFooter();
}

void JobsPage::setDisabledReason(const QString &reason)
{
    m_disabledReason = reason;
    m_empty->setDisabledReason(reason);
}

void JobsPage::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void JobsPage::showEmptyWords()
{
    const bool filtered = m_status->currentIndex() > 0 || !m_search->text().trimmed().isEmpty();
    m_empty->setWords(filtered ? tr("No job is like this") : tr("No jobs yet"),
                      filtered ? tr("Choose another state or search for something else.")
                               : tr("Add files or folders to convert: they wait here until a worker of their type takes them."),
                      !filtered);
}

void JobsPage::showFooter()
{
    const JobFilter asked = filter();
    qint64 total = m_counts.total();
    if (!asked.text.isEmpty()) {
        total = -1;
    } else if (asked.status) {
        switch (*asked.status) {
        case JobStatus::Pending: total = m_counts.pending; break;
        case JobStatus::Processing: total = m_counts.processing; break;
        case JobStatus::Completed: total = m_counts.completed; break;
        case JobStatus::Failed: total = m_counts.failed; break;
        case JobStatus::Cancelled: total = m_counts.cancelled; break;
        }
    }
    m_footer->setText(shownText(m_model->rowCount(), total, shownAtMost));
}

QList<Job> JobsPage::selected() const
{
    QList<Job> jobs;
    for (const int row : m_table->selectedRowNumbers()) {
        jobs.append(m_model->at(row));
    }
    return jobs;
}

void JobsPage::fillMenu(QMenu &menu)
{
    const QList<Job> jobs = selected();
    QList<qint64> retryable;
    QList<qint64> cancellable;
    QStringList ids;
    for (const Job &job : jobs) {
        ids.append(QString::number(job.id));
        if (job.status == JobStatus::Failed || job.status == JobStatus::Cancelled) {
            retryable.append(job.id);
        } else if (job.status != JobStatus::Completed) {
            cancellable.append(job.id);
        }
    }
    const auto add = [&](const QString &name, const QString &icon, const QString &verb, qsizetype count, const QString &why) {
        const bool able = why.isEmpty();
        QString text = able ? verb : tr("%1 – %2").arg(verb, why);
        if (able && count > 1) {
            text = tr("%1 %n job(s)", nullptr, int(count)).arg(verb);
        }
        QAction *action = menu.addAction(theme::icon(icon, palette()), text);
        action->setObjectName(name);
        action->setEnabled(able);
        action->setToolTip(why);
        return action;
    };
    const auto why = [&](const QList<qint64> &fitting, const QString &reason) {
        return !m_disabledReason.isEmpty() ? m_disabledReason : fitting.isEmpty() ? reason : QString();
    };
    connect(add(QStringLiteral("retryJobAction"), QStringLiteral("view-refresh"), tr("Retry"), retryable.size(),
                why(retryable, tr("only failed and cancelled jobs"))),
            &QAction::triggered, this, [this, retryable] { Q_EMIT retryRequested(retryable); });
    connect(add(QStringLiteral("cancelJobAction"), QStringLiteral("dialog-cancel"), tr("Cancel"), cancellable.size(),
                why(cancellable, tr("it has ended already"))),
            &QAction::triggered, this, [this, cancellable] { Q_EMIT cancelRequested(cancellable); });
    menu.addSeparator();

    const QString output = jobs.size() == 1 ? jobs.first().outputFile : QString();
    QString noOutput;
    if (jobs.size() > 1) {
        noOutput = tr("for one job at a time");
    } else if (output.isEmpty()) {
        noOutput = tr("this job has none");
    } else if (!QFileInfo::exists(output)) {
        noOutput = tr("it is not there yet");
    }
    connect(add(QStringLiteral("openOutputAction"), QStringLiteral("document-open"), tr("Open output"), 1, noOutput),
            &QAction::triggered, this, [this, output] { Q_EMIT openRequested(output); });
    connect(add(QStringLiteral("openFolderAction"), QStringLiteral("document-open-folder"), tr("Open its folder"), 1,
                noOutput.isEmpty() || (jobs.size() == 1 && !output.isEmpty() && QFileInfo(output).dir().exists()) ? QString() : noOutput),
            &QAction::triggered, this, [this, output] { Q_EMIT openRequested(QFileInfo(output).path()); });
    connect(add(QStringLiteral("copyJobAction"), QStringLiteral("edit-copy"), tr("Copy"), 1, {}), &QAction::triggered, this,
            [this] { m_table->copySelection(); });
}

} // namespace lifeguard
