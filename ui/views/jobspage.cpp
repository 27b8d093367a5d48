// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/jobspage.h"

#include "ui/delegates/celldelegate.h"
#include "ui/delegates/statedelegate.h"
#include "ui/format.h"
#include "ui/theme/stateappearance.h"
#include "ui/theme/theme.h"
#include "ui/views/emptystate.h"
#include "ui/views/jobcommands.h"
#include "ui/views/jobscontextmenu.h"
#include "ui/views/jobstableview.h"
#include "ui/views/searchbar.h"
#include "ui/views/searchfield.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QSettings>

namespace lifeguard {

namespace {

constexpr int maxReselected = 100;

} // namespace

JobsPage::JobsPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new JobsModel(this))
    , m_table(new JobsTableView(this))
    , m_status(new QComboBox(this))
    , m_type(new QComboBox(this))
    , m_search(new SearchBar(QStringLiteral("job"), tr("Search paths, errors, job numbers (Ctrl+F)"), m_table, this))
    , m_footer(new QLabel(this))
    , m_newer(new QPushButton(this))
    , m_commands(new JobCommands(*m_model, *m_table, this))
{
    m_table->setObjectName(QStringLiteral("jobsView"));
    m_table->setAccessibleName(tr("Jobs"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(new CellDelegate(CellDelegate::Kind::Text, this));
    m_table->setItemDelegateForColumn(int(JobTableColumn::State),
                                      new StateDelegate([](int state) { return theme::appearance(JobStatus(state)); },
                                                        this));
    const auto format = [this](JobTableColumn cell, CellDelegate::Kind kind) {
        m_table->setItemDelegateForColumn(int(cell), new CellDelegate(kind, this));
    };
    format(JobTableColumn::Input, CellDelegate::Kind::Path);
    format(JobTableColumn::Output, CellDelegate::Kind::Path);
    format(JobTableColumn::Waiting, CellDelegate::Kind::PreciseDuration);
    format(JobTableColumn::Running, CellDelegate::Kind::PreciseDuration);
    format(JobTableColumn::Added, CellDelegate::Kind::TimeAgo);
    // Priority and output are hidden at first, which leaves more room for errors.
    m_table->setWidths({96, 72, 76, 0, 176, 0, 72, 92, 72, 72, 92, 160}, int(JobTableColumn::Error));
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
    connectSignals();
    showSort();
    showSummary();
}

JobsPage::~JobsPage()
{
    // The table loses the focus when it is destroyed, and would emit signals to a page that is partly destroyed.
    m_table->disconnect(this);
    m_model->disconnect(this);
}

void JobsPage::buildBar()
{
    m_status->setObjectName(QStringLiteral("jobStatusFilter"));
    m_status->setAccessibleName(tr("Filter jobs by state"));
    m_status->addItem(tr("All states"));
    for (const JobStatus status :
         {JobStatus::Pending, JobStatus::Processing, JobStatus::Completed, JobStatus::Failed, JobStatus::Cancelled}) {
        QString text = theme::appearance(status).text;
        text[0] = text.at(0).toUpper();
        m_status->addItem(text, int(status));
    }
    m_type->setObjectName(QStringLiteral("jobTypeFilter"));
    m_type->setAccessibleName(tr("Filter jobs by type"));
    m_type->addItem(tr("All types"));
    m_type->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_search->field().setAccessibleName(tr("Search jobs"));
    m_search->addFilter(m_status);
    m_search->addFilter(m_type);

    m_footer->setObjectName(QStringLiteral("jobsFooter"));
    QPalette secondary = palette();
    secondary.setColor(QPalette::WindowText, theme::secondaryText(secondary));
    m_footer->setPalette(secondary);
    m_newer->setObjectName(QStringLiteral("showNewerButton"));
    m_newer->setAccessibleName(tr("Show newer jobs"));
    m_newer->setFlat(true);
    m_newer->setCursor(Qt::PointingHandCursor);
    m_newer->setToolTip(tr("New jobs are not inserted while rows are selected or the table is scrolled down. Click to "
                           "clear the selection and go to the top."));
    QPalette link = palette();
    link.setColor(QPalette::ButtonText, theme::readable(theme::accent(link), link.color(QPalette::Window)));
    m_newer->setPalette(link);
    QSizePolicy policy = m_newer->sizePolicy();
    policy.setRetainSizeWhenHidden(true); // so that the layout does not change
    m_newer->setSizePolicy(policy);
    m_newer->hide();
}

void JobsPage::connectSignals()
{
    connect(m_status, &QComboBox::currentIndexChanged, this, &JobsPage::updateQuery);
    connect(m_type, &QComboBox::currentIndexChanged, this, &JobsPage::updateQuery);
    connect(m_search, &SearchBar::filterChanged, this, &JobsPage::updateQuery);
    connect(m_empty, &EmptyState::activated, this, &JobsPage::addRequested);
    connect(m_newer, &QPushButton::clicked, this, &JobsPage::showNewer);

    connect(m_model, &JobsModel::loaded, this, &JobsPage::onLoaded);
    connect(m_model, &JobsModel::summaryChanged, this, &JobsPage::showSummary);
    connect(m_model, &JobsModel::failed, this, &JobsPage::failed);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &JobsPage::updateCurrentJob);
    connect(m_table, &JobsTableView::holdConditionChanged, this, &JobsPage::updateHold);
    connect(m_table, &JobsTableView::visibleRowsChanged, this, [this] {
        const RowRange rows = m_table->visibleRows();
        m_model->setVisibleRows(int(rows.first), int(rows.last));
    });
    connect(m_table, &JobsTableView::menuRequested, this, &JobsPage::openMenu);
    connect(m_table, &JobsTableView::copyRequested, this,
            [this] { m_commands->copySelected(JobCommands::CopyFormat::Rows); });
    connect(m_table, &JobsTableView::openRequested, m_commands, &JobCommands::openCurrentOutput);
    connect(m_commands, &JobCommands::retryRequested, this, &JobsPage::retryRequested);
    connect(m_commands, &JobCommands::rerunRequested, this, &JobsPage::rerunRequested);
    connect(m_commands, &JobCommands::rerunMatchingRequested, this, &JobsPage::rerunMatchingRequested);
    connect(m_commands, &JobCommands::cancelRequested, this, &JobsPage::cancelRequested);
    connect(m_commands, &JobCommands::retryMatchingRequested, this, &JobsPage::retryMatchingRequested);
    connect(m_commands, &JobCommands::cancelMatchingRequested, this, &JobsPage::cancelMatchingRequested);
    connect(m_commands, &JobCommands::openRequested, this, &JobsPage::openRequested);
    connect(m_commands, &JobCommands::failed, this, &JobsPage::failed);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        updateCurrentJob();
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
            int position = 1; // in alphabetical order; the selected item stays selected
            while (position < m_type->count() && m_type->itemData(position).toString() < type) {
                ++position;
            }
            m_type->insertItem(position, type, type);
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

void JobsPage::updateQuery()
{
    if (filter() != m_model->filter()) {
        m_model->setQuery(filter(), m_model->sorting());
    }
}

void JobsPage::sortBy(int column)
{
    const JobSort first = JobCellFormatter::initialSort(JobTableColumn(column));
    JobSort sort = first;
    if (m_model->sorting().column == first.column) {
        sort.descending = !first.descending;
        if (m_model->sorting() == sort) {
            sort = JobSort();
        }
    }
    // Select the same jobs again in the new order.
    m_reselect.clear();
    for (const RowRange &range : m_table->selectedRanges()) {
        for (qint64 row = range.first; row <= range.last && m_reselect.size() < maxReselected; ++row) {
            if (const Job *job = m_model->jobAt(int(row))) {
                m_reselect.append(job->id);
            }
        }
    }
    m_model->setQuery(m_model->filter(), sort);
    showSort();
}

int JobsPage::sortColumn() const
{
    const JobSort sort = m_model->sorting();
    for (int column = 0; column < int(JobTableColumn::Count); ++column) {
        if (sort.column != JobColumn::ActiveFirst
            && JobCellFormatter::initialSort(JobTableColumn(column)).column == sort.column) {
            return column;
        }
    }
    return -1;
}

void JobsPage::showSort()
{
    const int column = sortColumn();
    m_table->horizontalHeader()->setSortIndicatorShown(column >= 0);
    m_table->horizontalHeader()->setSortIndicator(column, m_model->sorting().descending ? Qt::DescendingOrder
                                                                                        : Qt::AscendingOrder);
}

void JobsPage::saveOrder() const
{
    QSettings settings;
    settings.beginGroup(QStringLiteral("tables/") + m_table->objectName());
    settings.setValue(QStringLiteral("sortedBy"), sortColumn());
    settings.setValue(QStringLiteral("descending"), m_model->sorting().descending);
}

void JobsPage::restoreOrder()
{
    QSettings settings;
    settings.beginGroup(QStringLiteral("tables/") + m_table->objectName());
    const int column = settings.value(QStringLiteral("sortedBy"), -1).toInt();
    if (column < 0 || column >= int(JobTableColumn::Count)) {
        return;
    }
    m_model->setQuery(m_model->filter(), {JobCellFormatter::initialSort(JobTableColumn(column)).column,
                                          settings.value(QStringLiteral("descending")).toBool()});
    showSort();
}

void JobsPage::onLoaded()
{
    m_table->scrollToTop();
    const QList<qint64> wanted = std::exchange(m_reselect, {});
    bool first = true;
    for (int row = 0; row < m_model->rowCount() && row < JobsModel::pageSize && !wanted.isEmpty(); ++row) {
        const Job *job = m_model->jobAt(row);
        if (job && wanted.contains(job->id)) {
            m_table->selectionModel()->select(m_model->index(row, 0),
                                              QItemSelectionModel::Select | QItemSelectionModel::Rows);
            if (std::exchange(first, false)) {
                m_table->selectionModel()->setCurrentIndex(m_model->index(row, 0), QItemSelectionModel::NoUpdate);
                m_table->scrollTo(m_model->index(row, 0));
            }
        }
    }
    updateCurrentJob();
}

void JobsPage::updateHold()
{
    m_model->setHeld(m_table->mustHoldOrder());
}

void JobsPage::updateCurrentJob()
{
    const QList<RowRange> ranges = m_table->selectedRanges();
    qint64 id = 0;
    if (!ranges.isEmpty()) {
        const QModelIndex current = m_table->currentIndex();
        const bool isCurrentSelected = current.isValid() && m_table->selectionModel()->isRowSelected(current.row());
        const Job *job = m_model->jobAt(isCurrentSelected ? current.row() : int(ranges.first().first));
        id = job ? job->id : m_currentJob; // emitted when the job is loaded
    }
    if (id != m_currentJob) {
        m_currentJob = id;
        Q_EMIT currentJobChanged(id);
    }
}

void JobsPage::showSummary()
{
    if (m_model->isLoading()) {
        m_empty->setTexts(tr("Loading jobs…"), {}, false);
    } else if (isFiltered()) {
        m_empty->setTexts(tr("No matching jobs"), tr("Select another state or type, or search for something else."),
                          false);
    } else {
        m_empty->setTexts(
            tr("No jobs yet"),
            tr("Add files or folders to convert. Their jobs wait here until a worker of their type is free."), true);
    }
    m_footer->setText(footerText());
    const qint64 newer = m_model->newerCount();
    m_newer->setText(newer > 0 ? tr("Show %Ln newer job(s)", nullptr, int(newer)) : QString());
    m_newer->setAccessibleName(newer > 0 ? m_newer->text() : tr("Show newer jobs"));
    m_newer->setVisible(newer > 0);
}

QString JobsPage::footerText() const
{
    if (m_model->isLoading()) {
        return tr("Loading…");
    }
    const qint64 rows = m_model->rowCount();
    if (rows == 0) {
        return {};
    }
    QStringList facts;
    if (isFiltered()) {
        facts.append(tr("%1 of %Ln job(s)", nullptr, int(std::max(m_total, rows))).arg(format::count(rows)));
    } else {
        facts.append(tr("%Ln job(s)", nullptr, int(rows)));
    }
    if (const qint64 selected = lifeguard::rowCount(m_table->selectedRanges()); selected > 1) {
        facts.append(tr("%Ln selected", nullptr, int(selected)));
    }
    return facts.join(QStringLiteral(", "));
}

void JobsPage::openMenu(const QPoint &position)
{
    m_table->openMenu(new JobsContextMenu(*m_commands, *m_model, m_disabledReason, this), position);
}

void JobsPage::showNewer()
{
    m_table->clearSelection();
    m_table->setCurrentIndex({});
    m_table->scrollToTop();
    m_table->setFocus(Qt::OtherFocusReason);
    updateHold();
}

} // namespace lifeguard
