// SPDX-License-Identifier: GPL-3.0-or-later
// JobsModel: how answers become rows, and what rows say.
#include "ui/models/jobsmodel.h"
#include "ui/models/keyedtablemodel.h"
#include "ui/models/steadykeys.h"

#include <algorithm>

namespace lifeguard {

void JobsModel::reset(const JobPage &page, quint64 asOf)
{
    beginResetModel();
    m_answered = true;
    m_pages.clear();
    m_head = page.jobs;
    m_headEnd = page.last;
    m_headAsOf = m_orderAsOf = asOf;
    m_rowCount = int(std::max<qint64>(page.total, m_head.size()));
    m_counts = page.counts.value_or(JobCounts());
    m_newestId = page.newestId;
    m_newer = 0;
    m_first = 0;
    m_last = std::min(m_last, pageSize - 1);
    if (m_held) {
        m_order = ++m_lastOrder;
    }
    endResetModel();
    Q_EMIT answered();
    Q_EMIT summaryChanged();
}

void JobsModel::takeHead(const JobPage &page, int limit, quint64 asOf)
{
    m_pages.clear();
    // Page and count are read one after the other; where they disagree a little the rows are right.
    const bool isAll = page.jobs.size() < limit;
    follow(page.jobs, isAll ? int(page.jobs.size()) : int(std::max<qint64>(page.total, page.jobs.size())));
    m_headEnd = page.last;
    m_headAsOf = m_orderAsOf = asOf;
    m_counts = page.counts.value_or(m_counts);
    m_newestId = page.newestId;
    m_newer = 0;
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
        m_head.resize(std::min<qsizetype>(m_head.size(), count));
        endRemoveRows();
    }
}

void JobsModel::removeHead(int first, int last)
{
    beginRemoveRows({}, first, last);
    m_head.remove(first, last - first + 1);
    m_rowCount -= last - first + 1;
    endRemoveRows();
}

/// The head becomes these jobs, in few steps.
void JobsModel::follow(const QList<Job> &jobs, int total)
{
    QHash<qint64, int> places;
    for (int place = 0; place < jobs.size(); ++place) {
        places.insert(jobs.at(place).id, place);
    }
    const QSet<qint64> staying = steadyKeys(int(m_head.size()), [this](int row) { return m_head.at(row).id; }, places);
    // Behind the last row that stays nothing is known to be gone: those rows are only out of the head now.
    int behind = int(m_head.size());
    while (behind > 0 && !staying.contains(m_head.at(behind - 1).id)) {
        --behind;
    }
    m_head.resize(behind);
    for (int last = behind - 1; last >= 0; --last) {
        if (staying.contains(m_head.at(last).id)) {
            continue;
        }
        int first = last;
        while (first > 0 && !staying.contains(m_head.at(first - 1).id)) {
            --first;
        }
        removeHead(first, last);
        last = first;
    }
    // What remains stands in the new order; between, the others come in. Behind the last one there are rows already that
    // only have to be filled, unless the table is too short.
    for (int place = 0; place < jobs.size(); ++place) {
        if (place >= m_head.size()) {
            setRowCount(std::max(m_rowCount, int(jobs.size())));
            m_head += jobs.mid(place);
            Q_EMIT dataChanged(index(place, 0), index(int(jobs.size()) - 1, columnCount() - 1));
            break;
        }
        if (m_head.at(place).id == jobs.at(place).id) {
            continue;
        }
        int last = place;
        while (last + 1 < jobs.size() && !staying.contains(jobs.at(last + 1).id)) {
            ++last;
        }
        beginInsertRows({}, place, last);
        for (int row = place; row <= last; ++row) {
            m_head.insert(row, jobs.at(row));
        }
        m_rowCount += last - place + 1;
        endInsertRows();
        place = last;
    }
    m_head.resize(std::min(m_head.size(), jobs.size()));
    setRowCount(total);
    setValues(0, jobs);
}

void JobsModel::setValues(int firstRow, const QList<Job> &jobs)
{
    QList<int> changed;
    for (int i = 0; i < jobs.size(); ++i) {
        Job *job = find(firstRow + i);
        if (job && *job != jobs.at(i)) {
            *job = jobs.at(i);
            changed.append(firstRow + i);
        }
    }
    tellChanged(changed);
}

/// Tells of rows in ascending order in few ranges: small gaps are bridged, one spanning signal costs less than many.
void JobsModel::tellChanged(const QList<int> &rows)
{
    for (qsizetype i = 0; i < rows.size();) {
        qsizetype end = i;
        while (end + 1 < rows.size() && rows.at(end + 1) - rows.at(end) <= 8) {
            ++end;
        }
        Q_EMIT dataChanged(index(rows.at(i), 0), index(rows.at(end), columnCount() - 1));
        i = end + 1;
    }
}

void JobsModel::takePage(int number, const JobPage &page, quint64 asOf)
{
    const int first = number * pageSize;
    if (!m_held) { // it follows the head
        const auto known = [this](const Job &job) {
            return std::any_of(m_head.cbegin(), m_head.cend(), [&job](const Job &other) { return other.id == job.id; });
        };
        if (first != m_head.size() || std::any_of(page.jobs.cbegin(), page.jobs.cend(), known)) {
            ++m_changes; // they have moved meanwhile: read the head again
            return;
        }
        setRowCount(std::max(m_rowCount, first + int(page.jobs.size())));
        if (page.jobs.size() < pageSize) {
            setRowCount(first + int(page.jobs.size()));
        }
        m_head += page.jobs;
        m_headEnd = page.last ? page.last : m_headEnd;
        m_headAsOf = std::min(m_headAsOf, asOf);
    } else {
        setRowCount(int(std::max<qint64>(page.total, m_head.size())));
        m_pages.insert(number, {page.jobs, ++m_clock, asOf});
        while (m_pages.size() > pagesKept) {
            const auto oldest = std::min_element(m_pages.cbegin(), m_pages.cend(), [](const Page &a, const Page &b) { return a.used < b.used; });
            m_pages.erase(oldest);
        }
    }
    const int last = std::min(first + int(page.jobs.size()), m_rowCount) - 1;
    if (last >= first) {
        Q_EMIT dataChanged(index(first, 0), index(last, columnCount() - 1));
    }
}

void JobsModel::takeLook(const JobInspection &look, const QList<int> &rows, quint64 asOf)
{
    QList<int> changed;
    for (qsizetype i = 0; i < rows.size() && i < look.jobs.size(); ++i) {
        const int row = rows.at(i);
        Job *job = find(row);
        if (job && job->id == look.jobs.at(i).id && *job != look.jobs.at(i)) {
            *job = look.jobs.at(i);
            changed.append(row);
        }
        if (row < m_head.size()) {
            m_headAsOf = asOf;
        } else if (const auto page = m_pages.find(row / pageSize); page != m_pages.end()) {
            page->asOf = asOf;
            page->used = ++m_clock;
        }
    }
    tellChanged(changed);
    m_lookAsOf = asOf;
    m_counts = look.counts;
    // Those that came to match without being new (they failed lately) are missing as well.
    m_newer = std::max(look.newer, look.counts.total() - m_rowCount);
    Q_EMIT summaryChanged();
}

QVariant JobsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const auto cell = JobCell(index.column());
    if (role == Qt::TextAlignmentRole) {
        return int((JobCells::isNumber(cell) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    const Job *job = jobAt(index.row());
    if (!job) {
        // A placeholder says nothing of its state, so that no shape is drawn for it.
        const bool shows = (role == Qt::DisplayRole || role == Qt::AccessibleTextRole) && cell == JobCell::Input;
        return shows ? QVariant(QStringLiteral("…")) : QVariant();
    }
    switch (role) {
    case KeyRole: return job->id;
    case StateRole: return isGone(*job) ? QVariant() : QVariant(int(job->status));
    case Qt::DisplayRole: return m_cells.display(*job, cell, QDateTime::currentDateTimeUtc());
    case Qt::ToolTipRole: return m_cells.toolTip(*job, cell);
    case Qt::AccessibleTextRole: return m_cells.text(*job, cell, QDateTime::currentDateTimeUtc());
    default: return {};
    }
}

QVariant JobsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return int((JobCells::isNumber(JobCell(section)) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    return role == Qt::DisplayRole ? QVariant(JobCells::title(JobCell(section))) : QVariant();
}

} // namespace lifeguard
