// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/jobspage.h"

#include "ui/delegates/celldelegate.h"
#include "ui/delegates/statedelegate.h"
#include "ui/format.h"
#include "ui/models/keyedtablemodel.h"
#include "ui/theme.h"
#include "ui/views/emptystate.h"
#include "ui/views/filterbox.h"
#include "ui/views/jobsview.h"
#include "ui/views/searchbar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QScrollBar>

namespace lifeguard {

namespace {

constexpr int reselectedAtMost = 100;

} // namespace

JobsPage::JobsPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new JobsModel(this))
    , m_table(new JobsView(this))
    , m_status(new QComboBox(this))
    , m_type(new QComboBox(this))
    , m_search(new SearchBar(QStringLiteral("job"), tr("Search paths, errors, job number (Ctrl+F)"), m_table, this))
    , m_footer(new QLabel(this))
    , m_newer(new QPushButton(this))
{
    m_table->setObjectName(QStringLiteral("jobsView"));
    m_table->setAccessibleName(tr("Jobs"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(new CellDelegate(CellDelegate::Kind::Text, this));
    m_table->setItemDelegateForColumn(int(JobCell::State),
                                      new StateDelegate([](int state) { return theme::look(JobStatus(state)); }, this));
    const auto format = [this](JobCell cell, CellDelegate::Kind kind) {
        m_table->setItemDelegateForColumn(int(cell), new CellDelegate(kind, this));
    };
    format(JobCell::Input, CellDelegate::Kind::Path);
    format(JobCell::Output, CellDelegate::Kind::Path);
    format(JobCell::Waiting, CellDelegate::Kind::Precise);
    format(JobCell::Running, CellDelegate::Kind::Precise);
    format(JobCell::Added, CellDelegate::Kind::Since);
    m_table->setWidths({96, 72, 76, 0, 176, 0, 48, 92, 68, 68, 92, 160}, int(JobCell::Error)); // priority and output are seldom wanted: hidden at first, for errors to be read
    m_empty = new EmptyState(m_table, {}, {}, tr("Add jobs…"));
    buildBar();

    auto *foot = new QHBoxLayout;
    foot->setSpacing(theme::between);
    foot->addWidget(m_footer);
    foot->addWidget(m_newer);
    foot->addStretch();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::inside, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addWidget(m_search);
    layout->addWidget(m_table, 1);
    layout->addLayout(foot);
    connectAll();
    showSort();
    showSummary();
}

JobsPage::~JobsPage()
{
    // Losing the keyboard while it is torn down, the table would tell a page that is half gone.
    m_table->disconnect(this);
    m_model->disconnect(this);
}

void JobsPage::buildBar()
{
    m_status->setObjectName(QStringLiteral("jobStatusFilter"));
    m_status->setAccessibleName(tr("Show jobs by state"));
    m_status->addItem(tr("All states"));
    for (const JobStatus status :
         {JobStatus::Pending, JobStatus::Processing, JobStatus::Completed, JobStatus::Failed, JobStatus::Cancelled}) {
        QString word = theme::look(status).word;
        word[0] = word.at(0).toUpper();
        m_status->addItem(word, int(status));
    }
    m_type->setObjectName(QStringLiteral("jobTypeFilter"));
    m_type->setAccessibleName(tr("Show jobs by type"));
    m_type->addItem(tr("All types"));
    m_type->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_search->box().setAccessibleName(tr("Search jobs"));
    m_search->add(m_status);
    m_search->add(m_type);

    m_footer->setObjectName(QStringLiteral("jobsFooter"));
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, theme::secondaryText(quiet));
    m_footer->setPalette(quiet);
    m_newer->setObjectName(QStringLiteral("showNewerButton"));
    m_newer->setAccessibleName(tr("Show newer jobs"));
    m_newer->setFlat(true);
    m_newer->setCursor(Qt::PointingHandCursor);
    m_newer->setToolTip(tr("The order holds still while rows are selected or the table is scrolled down. This clears the selection and goes to the top."));
    QPalette link = palette();
    link.setColor(QPalette::ButtonText, theme::readable(theme::accent(link), link.color(QPalette::Window)));
    m_newer->setPalette(link);
    // It comes and goes without moving anything.
    QSizePolicy keeps = m_newer->sizePolicy();
    keeps.setRetainSizeWhenHidden(true);
    m_newer->setSizePolicy(keeps);
    m_newer->hide();
}

void JobsPage::connectAll()
{
    connect(m_status, &QComboBox::currentIndexChanged, this, &JobsPage::ask);
    connect(m_type, &QComboBox::currentIndexChanged, this, &JobsPage::ask);
    connect(m_search, &SearchBar::filterChanged, this, &JobsPage::ask);
    connect(m_empty, &EmptyState::activated, this, &JobsPage::addRequested);
    connect(m_newer, &QPushButton::clicked, this, &JobsPage::showNewer);

    connect(m_model, &JobsModel::answered, this, &JobsPage::onAnswered);
    connect(m_model, &JobsModel::summaryChanged, this, &JobsPage::showSummary);
    connect(m_model, &JobsModel::failed, this, &JobsPage::failed);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &JobsPage::followCurrent);
    connect(m_table, &JobsView::holdChanged, this, &JobsPage::followHold);
    connect(m_table, &JobsView::sightChanged, this, [this] {
        const RowRange rows = m_table->sight();
        m_model->setSight(int(rows.first), int(rows.last));
    });
    connect(m_table, &JobsView::menuRequested, this, &JobsPage::openMenu);
    connect(m_table, &JobsView::copyRequested, this, [this] { copy(Copied::Rows); });
    connect(m_table, &JobsView::openRequested, this, &JobsPage::openOutput);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        followCurrent();
        showSummary();
    });
    connect(m_table->horizontalHeader(), &QHeaderView::sectionClicked, this, &JobsPage::sortBy);
}

void JobsPage::setSource(const JobSource &source)
{
    m_model->setSource(source);
}

void JobsPage::refresh()
{
    m_model->refresh();
}

void JobsPage::setCounts(const QHash<QString, JobCounts> &counts)
{
    m_total = 0;
    for (const JobCounts &entry : counts) {
        m_total += entry.total();
    }
    QStringList types = counts.keys();
    types.sort();
    for (const QString &type : std::as_const(types)) {
        if (m_type->findData(type) < 0) {
            int place = 1; // in the order of the alphabet; what is chosen stays
            while (place < m_type->count() && m_type->itemData(place).toString() < type) {
                ++place;
            }
            m_type->insertItem(place, type, type);
        }
    }
    showSummary();
}

void JobsPage::setDisabledReason(const QString &reason)
{
    m_disabledReason = reason;
    m_empty->setDisabledReason(reason);
}

void JobsPage::focusSearch()
{
    m_search->focusSearch();
}

JobFilter JobsPage::filter() const
{
    JobFilter filter;
    if (m_status->currentData().isValid()) {
        filter.status = JobStatus(m_status->currentData().toInt());
    }
    filter.type = m_type->currentData().toString();
    filter.text = m_search->text();
    return filter;
}

bool JobsPage::isFiltered() const
{
    return filter() != JobFilter();
}

void JobsPage::ask()
{
    if (filter() != m_model->filter()) {
        m_model->setQuestion(filter(), m_model->sorting());
    }
}

void JobsPage::sortBy(int column)
{
    const JobSort first = JobCells::firstSort(JobCell(column));
    JobSort sort = first;
    if (m_model->sorting().column == first.column) {
        sort.descending = !first.descending;
        if (m_model->sorting() == sort) {
            sort = JobSort();
        }
    }
    // What is selected is looked for again in the new order.
    m_reselect.clear();
    for (const RowRange &range : m_table->selectedRanges()) {
        for (qint64 row = range.first; row <= range.last && m_reselect.size() < reselectedAtMost; ++row) {
            if (const Job *job = m_model->jobAt(int(row))) {
                m_reselect.append(job->id);
            }
        }
    }
    m_model->setQuestion(m_model->filter(), sort);
    showSort();
}

int JobsPage::sortedCell() const
{
    const JobSort sort = m_model->sorting();
    for (int cell = 0; cell < int(JobCell::Count); ++cell) {
        if (sort.column != JobColumn::ActiveFirst && JobCells::firstSort(JobCell(cell)).column == sort.column) {
            return cell;
        }
    }
    return -1;
}

void JobsPage::showSort()
{
    const int column = sortedCell();
    m_table->horizontalHeader()->setSortIndicatorShown(column >= 0);
    m_table->horizontalHeader()->setSortIndicator(column, m_model->sorting().descending ? Qt::DescendingOrder : Qt::AscendingOrder);
}

void JobsPage::saveOrder() const
{
    QSettings settings;
    settings.beginGroup(QStringLiteral("tables/") + m_table->objectName());
    settings.setValue(QStringLiteral("sortedBy"), sortedCell());
    settings.setValue(QStringLiteral("descending"), m_model->sorting().descending);
}

void JobsPage::restoreOrder()
{
    QSettings settings;
    settings.beginGroup(QStringLiteral("tables/") + m_table->objectName());
    const int cell = settings.value(QStringLiteral("sortedBy"), -1).toInt();
    if (cell < 0 || cell >= int(JobCell::Count)) {
        return;
    }
    m_model->setQuestion(m_model->filter(), {JobCells::firstSort(JobCell(cell)).column, settings.value(QStringLiteral("descending")).toBool()});
    showSort();
}

void JobsPage::onAnswered()
{
    m_table->scrollToTop();
    const QList<qint64> wanted = std::exchange(m_reselect, {});
    bool first = true;
    for (int row = 0; row < m_model->rowCount() && row < JobsModel::pageSize && !wanted.isEmpty(); ++row) {
        const Job *job = m_model->jobAt(row);
        if (job && wanted.contains(job->id)) {
            m_table->selectionModel()->select(m_model->index(row, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);
            if (std::exchange(first, false)) {
                m_table->selectionModel()->setCurrentIndex(m_model->index(row, 0), QItemSelectionModel::NoUpdate);
                m_table->scrollTo(m_model->index(row, 0));
            }
        }
    }
    followCurrent();
}

void JobsPage::followHold()
{
    m_model->setHeld(m_table->mustHold());
}

void JobsPage::followCurrent()
{
    const QList<RowRange> ranges = m_table->selectedRanges();
    qint64 id = 0;
    if (!ranges.isEmpty()) {
        const QModelIndex current = m_table->currentIndex();
        const bool chosen = current.isValid() && m_table->selectionModel()->isRowSelected(current.row());
        const Job *job = m_model->jobAt(chosen ? current.row() : int(ranges.first().first));
        id = job ? job->id : m_currentJob; // told when it is there
    }
    if (id != m_currentJob) {
        m_currentJob = id;
        Q_EMIT currentJobChanged(id);
    }
}

void JobsPage::showSummary()
{
    const qint64 rows = m_model->rowCount();
    if (m_model->isAsking()) {
        m_empty->setWords(tr("Looking for jobs…"), {}, false);
    } else if (isFiltered()) {
        m_empty->setWords(tr("No job is like this"), tr("Choose another state or type, or search for something else."), false);
    } else {
        m_empty->setWords(tr("No jobs yet"), tr("Add files or folders to convert: they wait here until a worker of their type takes them."), true);
    }
    QString text;
    if (m_model->isAsking()) {
        text = tr("Searching…");
    } else if (rows > 0 && isFiltered()) {
        text = tr("%1 of %2 jobs match").arg(format::count(rows), format::count(std::max(m_total, rows)));
    } else if (rows > 0) {
        text = rows == 1 ? tr("1 job") : tr("%1 jobs").arg(format::count(rows));
    }
    qint64 selected = 0;
    for (const RowRange &range : m_table->selectedRanges()) {
        selected += range.last - range.first + 1;
    }
    if (selected > 1) {
        text += tr(", %1 selected").arg(format::count(selected));
    }
    m_footer->setText(text);
    const qint64 newer = m_model->newer();
    if (newer > 0) {
        m_newer->setText(newer == 1 ? tr("1 newer job – show it") : tr("%1 newer jobs – show them").arg(format::count(newer)));
    }
    m_newer->setAccessibleName(newer > 0 ? m_newer->text() : tr("Show newer jobs"));
    m_newer->setVisible(newer > 0);
}

void JobsPage::showNewer()
{
    m_table->clearSelection();
    m_table->setCurrentIndex({});
    m_table->scrollToTop();
    m_table->setFocus(Qt::OtherFocusReason);
    followHold();
}

} // namespace lifeguard
