// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/jobsmodel.h"

#include "ui/models/modelroles.h"

#include <algorithm>

namespace lifeguard {

JobsModel::JobsModel(QObject *parent) : QAbstractTableModel(parent)
{
    connect(&m_requester, &JobRequester::ready, this, &JobsModel::requestNext);
    connect(&m_requester, &JobRequester::failed, this, &JobsModel::failed);
}

void JobsModel::setSource(JobSource source)
{
    m_requester.setSource(std::move(source));
    setQuery(filter(), sorting());
}

void JobsModel::setQuery(const JobFilter &filter, const JobSort &sort)
{
    m_requester.setQuery(filter, sort);
    m_loaded = false;
    requestNext();
    Q_EMIT summaryChanged();
}

void JobsModel::refresh()
{
    ++m_revision;
    requestNext();
}

void JobsModel::setHeld(bool held)
{
    if (isHeld() == held) {
        return;
    }
    if (held) {
        m_requester.holdOrder();
        return;
    }
    m_requester.releaseOrder();
    m_newerCount = 0;
    if (m_orderRevision < m_revision || m_rows.hasPages()) {
        ++m_revision;
        m_requester.skipPauseOnce(); // the user returned to the live order to see the newest jobs
        requestNext();
    }
    Q_EMIT summaryChanged();
}

void JobsModel::setVisibleRows(int first, int last)
{
    if (first != m_firstVisible) {
        m_scrollDirection = first > m_firstVisible ? 1 : -1;
    }
    m_firstVisible = std::max(0, first);
    m_lastVisible = std::max(m_firstVisible, last);
    for (int page = m_firstVisible / pageSize; page <= m_lastVisible / pageSize; ++page) {
        m_rows.touchPage(page);
    }
    requestNext();
}

void JobsModel::tick()
{
    if (m_rowCount == 0) {
        return;
    }
    const int first = std::min(m_firstVisible, m_rowCount - 1);
    const int last = std::min(m_lastVisible, m_rowCount - 1);
    Q_EMIT dataChanged(index(first, int(JobTableColumn::Waiting)), index(last, int(JobTableColumn::Added)),
                       {Qt::DisplayRole});
}

int JobsModel::nextPageToLoad() const
{
    // While the order is live, only the page after the head can be read: rows further down may move at any moment.
    const auto isReadable = [this](int page) { return isHeld() || page * pageSize == m_rows.headSize(); };
    const int first = m_firstVisible / pageSize;
    const int last = std::min(m_lastVisible, std::max(0, m_rowCount - 1)) / pageSize;
    for (int page = first; page <= last; ++page) {
        if (!hasPage(page) && isReadable(page)) {
            return page;
        }
    }
    // The page that becomes visible if the user keeps scrolling in the same direction.
    const int next = m_scrollDirection > 0 ? last + 1 : first - 1;
    return next >= 0 && isReadable(next) && !hasPage(next) ? next : -1;
}

bool JobsModel::isStale() const
{
    if (!isHeld()) {
        return m_rows.headRevision() < m_revision;
    }
    if (m_countsRevision < m_revision) {
        return true;
    }
    for (int page = m_firstVisible / pageSize; page <= m_lastVisible / pageSize; ++page) {
        if (jobAt(page * pageSize) && m_rows.pageRevision(page) < m_revision) {
            return true;
        }
    }
    return false;
}

/// Sends the most urgent request, if none is being answered. Scrolling past a thousand pages therefore requests two of
/// them.
void JobsModel::requestNext()
{
    if (!m_requester.canRequest()) {
        return;
    }
    if (!m_loaded) {
        requestHead(pageSize);
    } else if (!isHeld() && isStale() && m_requester.mayRefresh()) {
        requestHead(std::max(1, (m_rows.headSize() + pageSize - 1) / pageSize) * pageSize); // whole pages
    } else if (const int page = nextPageToLoad(); page >= 0) {
        requestPage(page);
    } else if (isHeld() && isStale() && m_requester.mayRefresh()) {
        requestValues();
    }
}

void JobsModel::requestHead(int limit)
{
    m_requester.readHead(limit, [this, revision = m_revision, order = m_requester.order(), limit](const JobPage &page) {
        if (!m_loaded) {
            applyNewQuery(page, revision);
        } else if (order == m_requester.order()) { // otherwise the order was held or released since
            applyHead(page, limit, revision);
        }
    });
}

void JobsModel::requestPage(int number)
{
    const bool followsHead = !isHeld() && number * pageSize == m_rows.headSize();
    m_requester.readPage(number, followsHead ? m_headEnd : std::nullopt,
                         [this, revision = m_revision, order = m_requester.order(), number,
                          followsHead](const JobPage &page) {
                             if (order == m_requester.order() && (isHeld() || followsHead)) {
                                 applyPage(number, page, revision);
                             }
                         });
}

void JobsModel::requestValues()
{
    QList<qint64> ids;
    QList<int> rows;
    const int first = m_firstVisible / pageSize * pageSize;
    const int last = std::min(m_rowCount, (m_lastVisible / pageSize + 1) * pageSize);
    for (int row = first; row < last; ++row) {
        if (const Job *job = jobAt(row)) {
            ids.append(job->id);
            rows.append(row);
        }
    }
    m_requester.readValues(ids, [this, revision = m_revision, order = m_requester.order(),
                                 rows](const JobInspection &values) {
        if (order == m_requester.order()) {
            applyValues(values, rows, revision);
        }
    });
}

QFuture<Result<QList<Job>>> JobsModel::jobsInRows(const QList<RowRange> &ranges, int maxJobs) const
{
    return m_requester.jobsInRows(ranges, maxJobs);
}

void JobsModel::applyNewQuery(const JobPage &page, quint64 revision)
{
    beginResetModel();
    m_loaded = true;
    m_rows.clearPages();
    m_rows.setHead(page.jobs);
    m_rows.setHeadRevision(revision);
    m_orderRevision = revision;
    m_headEnd = page.last;
    m_rowCount = int(std::max<qint64>(page.total, m_rows.headSize()));
    m_counts = page.counts.value_or(JobCounts());
    m_requester.setNewestId(page.newestId);
    m_newerCount = 0;
    m_firstVisible = 0;
    m_lastVisible = std::min(m_lastVisible, pageSize - 1);
    if (isHeld()) {
        m_requester.holdOrder();
    }
    endResetModel();
    Q_EMIT loaded();
    Q_EMIT summaryChanged();
}

void JobsModel::applyHead(const JobPage &page, int limit, quint64 revision)
{
    m_rows.clearPages();
    // The rows and the count are read one after the other; if they differ, the rows are right.
    const bool isComplete = page.jobs.size() < limit;
    changeHead(page.jobs, isComplete ? int(page.jobs.size()) : int(std::max<qint64>(page.total, page.jobs.size())));
    m_headEnd = page.last;
    m_rows.setHeadRevision(revision);
    m_orderRevision = revision;
    m_counts = page.counts.value_or(m_counts);
    m_requester.setNewestId(page.newestId);
    m_newerCount = 0;
    Q_EMIT summaryChanged();
}

void JobsModel::setRowCount(int count)
{
    if (count > m_rowCount) {
        beginInsertRows({}, m_rowCount, count - 1);
        m_rowCount = count;
        endInsertRows();
    } else if (count < m_rowCount) {
        beginRemoveRows({}, count, m_rowCount - 1);
        m_rowCount = count;
        m_rows.truncateHead(count);
        endRemoveRows();
    }
}

/// Replaces the head with these jobs, with few row signals, and sets the number of rows.
void JobsModel::changeHead(const QList<Job> &jobs, int total)
{
    QList<qint64> newIds;
    newIds.reserve(jobs.size());
    for (const Job &job : jobs) {
        newIds.append(job.id);
    }
    const HeadChanges changes = headChanges(m_rows.headIds(), newIds);
    m_rows.truncateHead(changes.keptRows);
    for (const RowSpan &span : changes.removals) {
        beginRemoveRows({}, span.first, span.last);
        m_rows.removeFromHead(span.first, span.last);
        m_rowCount -= span.last - span.first + 1;
        endRemoveRows();
    }
    for (const RowSpan &span : changes.insertions) {
        beginInsertRows({}, span.first, span.last);
        m_rows.insertIntoHead(span.first, jobs.mid(span.first, span.last - span.first + 1));
        m_rowCount += span.last - span.first + 1;
        endInsertRows();
    }
    if (changes.appendFrom >= 0) {
        // The table may already have rows after the head, which only need values.
        setRowCount(std::max(m_rowCount, int(jobs.size())));
        m_rows.appendToHead(jobs.mid(changes.appendFrom));
        Q_EMIT dataChanged(index(changes.appendFrom, 0), index(int(jobs.size()) - 1, columnCount() - 1));
    }
    setRowCount(total);
    updateHeadValues(jobs);
}

void JobsModel::updateHeadValues(const QList<Job> &jobs)
{
    QList<int> changed;
    for (int row = 0; row < jobs.size(); ++row) {
        Job *job = m_rows.at(row);
        if (job && *job != jobs.at(row)) {
            *job = jobs.at(row);
            changed.append(row);
        }
    }
    emitRowsChanged(changed);
}

void JobsModel::emitRowsChanged(const QList<int> &rows)
{
    for (const RowSpan &span : mergedSpans(rows)) {
        Q_EMIT dataChanged(index(span.first, 0), index(span.last, columnCount() - 1));
    }
}

void JobsModel::applyPage(int number, const JobPage &page, quint64 revision)
{
    const int first = number * pageSize;
    if (isHeld()) {
        setRowCount(int(std::max<qint64>(page.total, m_rows.headSize())));
        m_rows.insertPage(number, page.jobs, revision);
    } else { // the page follows the head
        const bool hasMoved = std::any_of(page.jobs.cbegin(), page.jobs.cend(),
                                          [this](const Job &job) { return m_rows.isInHead(job.id); });
        if (first != m_rows.headSize() || hasMoved) {
            ++m_revision; // rows moved while the page was read: read the head again
            return;
        }
        setRowCount(std::max(m_rowCount, first + int(page.jobs.size())));
        if (page.jobs.size() < pageSize) {
            setRowCount(first + int(page.jobs.size()));
        }
        m_rows.appendToHead(page.jobs);
        m_headEnd = page.last ? page.last : m_headEnd;
        m_rows.setHeadRevision(std::min(m_rows.headRevision(), revision));
    }
    const int last = std::min(first + int(page.jobs.size()), m_rowCount) - 1;
    if (last >= first) {
        Q_EMIT dataChanged(index(first, 0), index(last, columnCount() - 1));
    }
}

void JobsModel::applyValues(const JobInspection &values, const QList<int> &rows, quint64 revision)
{
    QList<int> changed;
    for (qsizetype i = 0; i < rows.size() && i < values.jobs.size(); ++i) {
        const int row = rows.at(i);
        Job *job = row < m_rowCount ? m_rows.at(row) : nullptr;
        if (job && job->id == values.jobs.at(i).id && *job != values.jobs.at(i)) {
            *job = values.jobs.at(i);
            changed.append(row);
        }
        m_rows.setRowRevision(row, revision);
    }
    emitRowsChanged(changed);
    m_countsRevision = revision;
    m_counts = values.counts;
    // Jobs that match now although they are not new, for example because they failed, are missing in the held order as
    // well.
    m_newerCount = std::max(values.newer, values.counts.total() - m_rowCount);
    Q_EMIT summaryChanged();
}

QVariant JobsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const auto column = JobTableColumn(index.column());
    if (role == Qt::TextAlignmentRole) {
        return int((JobCellFormatter::isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    const Job *job = jobAt(index.row());
    if (!job) {
        // A placeholder has no state, so that no shape is painted for it.
        const bool isText = role == Qt::DisplayRole || role == Qt::AccessibleTextRole;
        return isText && column == JobTableColumn::Input ? QVariant(QStringLiteral("…")) : QVariant();
    }
    switch (role) {
    case KeyRole:
        return job->id;
    case StateRole:
        return isDeleted(*job) ? QVariant() : QVariant(int(job->status));
    case Qt::DisplayRole:
        return m_formatter.value(*job, column, QDateTime::currentDateTimeUtc());
    case Qt::ToolTipRole:
        return m_formatter.toolTip(*job, column);
    case Qt::AccessibleTextRole:
        return m_formatter.text(*job, column, QDateTime::currentDateTimeUtc());
    default:
        return {};
    }
}

QVariant JobsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return int((JobCellFormatter::isNumber(JobTableColumn(section)) ? Qt::AlignRight : Qt::AlignLeft)
                   | Qt::AlignVCenter);
    }
    return role == Qt::DisplayRole ? QVariant(JobCellFormatter::title(JobTableColumn(section))) : QVariant();
}

} // namespace lifeguard
