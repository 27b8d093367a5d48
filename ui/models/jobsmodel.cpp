// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/jobsmodel.h"

#include "core/base/futurecallbacks.h"

#include <algorithm>

namespace lifeguard {
namespace {

constexpr milliseconds shortestPause(250); ///< between two refreshes
constexpr milliseconds longestPause(20000);
constexpr int pausePerCost = 8; ///< refreshing may take at most a ninth of a core

} // namespace

JobsModel::JobsModel(QObject *parent)
    : QAbstractTableModel(parent)
{
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, &JobsModel::askNext);
}

void JobsModel::setSource(JobSource source)
{
    m_source = std::move(source);
    setQuestion(m_filter, m_sort);
}

void JobsModel::setQuestion(const JobFilter &filter, const JobSort &sort)
{
    m_filter = filter;
    m_sort = sort;
    m_answered = false;
    ++m_token; // what is under way answers the old one
    m_underWay = false;
    askNext();
    Q_EMIT summaryChanged();
}

void JobsModel::refresh()
{
    ++m_changes;
    askNext();
}

void JobsModel::setHeld(bool held)
{
    if (m_held == held) {
        return;
    }
    m_held = held;
    if (held) {
        m_order = ++m_lastOrder;
        return;
    }
    m_order = 0;
    m_newer = 0;
    if (m_orderAsOf < m_changes || !m_pages.isEmpty()) {
        ++m_changes;
        m_urgent = true; // whoever lets go wants to see what is there now
        askNext();
    }
    Q_EMIT summaryChanged();
}

void JobsModel::setSight(int first, int last)
{
    if (first != m_first) {
        m_direction = first > m_first ? 1 : -1;
    }
    m_first = std::max(0, first);
    m_last = std::max(m_first, last);
    for (int page = m_first / pageSize; page <= m_last / pageSize; ++page) {
        if (const auto seen = m_pages.find(page); seen != m_pages.end()) {
            seen->used = ++m_clock;
        }
    }
    askNext();
}

void JobsModel::tick()
{
    if (m_rowCount == 0) {
        return;
    }
    const int first = std::min(m_first, m_rowCount - 1);
    const int last = std::min(m_last, m_rowCount - 1);
    Q_EMIT dataChanged(index(first, int(JobCell::Waiting)), index(last, int(JobCell::Added)), {Qt::DisplayRole});
}

const Job *JobsModel::jobAt(int row) const
{
    if (row < 0 || row >= m_rowCount) {
        return nullptr;
    }
    if (row < m_head.size()) {
        return &m_head.at(row);
    }
    const auto page = m_pages.constFind(row / pageSize);
    const int place = row % pageSize;
    return page != m_pages.cend() && place < page->jobs.size() ? &page->jobs.at(place) : nullptr;
}

Job *JobsModel::find(int row)
{
    return const_cast<Job *>(std::as_const(*this).jobAt(row));
}

bool JobsModel::hasPage(int page) const
{
    return page * pageSize >= m_rowCount || jobAt(page * pageSize) != nullptr;
}

int JobsModel::wantedPage() const
{
    const int first = m_first / pageSize;
    const int last = std::min(m_last, std::max(0, m_rowCount - 1)) / pageSize;
    for (int page = first; page <= last; ++page) {
        if (!hasPage(page) && (m_held || page * pageSize == m_head.size())) {
            return page;
        }
    }
    // The neighbour that scrolling on will show.
    const int next = m_direction > 0 ? last + 1 : first - 1;
    // Live, only the rows that follow the head can be had: all others may move at any moment.
    const bool canBe = m_held || next * pageSize == m_head.size();
    return next >= 0 && canBe && !hasPage(next) ? next : -1;
}

bool JobsModel::isStale() const
{
    if (!m_held) {
        return m_headAsOf < m_changes;
    }
    if (m_lookAsOf < m_changes) {
        return true;
    }
    for (int page = m_first / pageSize; page <= m_last / pageSize; ++page) {
        const quint64 asOf = page * pageSize < m_head.size() ? m_headAsOf : m_pages.value(page).asOf;
        if (jobAt(page * pageSize) && asOf < m_changes) {
            return true;
        }
    }
    return false;
}

/// One request at a time, always the most wanted one: scrolling past a thousand pages asks for two of them.
void JobsModel::askNext()
{
    if (!m_source.page || m_underWay || (m_failing && m_pause.isActive())) {
        return;
    }
    if (!m_answered) {
        askHead(pageSize);
    } else if (isStale() && !m_held && (m_urgent || !m_pause.isActive())) {
        askHead(std::max<int>(1, (int(m_head.size()) + pageSize - 1) / pageSize) * pageSize); // whole pages
    } else if (const int page = wantedPage(); page >= 0) {
        askPage(page);
    } else if (isStale() && m_held && !m_pause.isActive()) {
        askLook();
    }
}

JobPageRequest JobsModel::request()
{
    m_underWay = true;
    JobPageRequest request;
    request.filter = m_filter;
    request.sort = m_sort;
    request.limit = pageSize;
    request.token = m_token;
    request.now = m_orderTime;
    if (m_held) {
        request.order = m_order;
        request.filter.maxId = m_newestId; // those that came since would push all others down
        request.head.reserve(m_head.size());
        for (const Job &job : std::as_const(m_head)) {
            request.head.append(job.id);
        }
    }
    return request;
}

template<typename T>
bool JobsModel::isGood(const Result<T> &answer)
{
    m_underWay = false;
    m_failing = !answer;
    if (m_failing) {
        m_pause.start(shortestPause * pausePerCost);
        Q_EMIT failed(answer.error());
    }
    return !m_failing;
}

void JobsModel::askHead(int limit)
{
    m_urgent = false;
    JobPageRequest asked = request();
    m_orderTime = asked.now = QDateTime::currentDateTimeUtc();
    asked.limit = limit;
    asked.withCounts = true;
    if (!m_answered) { // also where the old order is held
        asked.order = 0;
        asked.filter.maxId = 0;
        asked.head.clear();
    }
    whenFinished(m_source.page(asked), this, [this, token = m_token, asOf = m_changes, order = m_order, limit](const Result<JobPage> &page) {
        if (token != m_token || !isGood(page)) {
            return;
        }
        if (!m_answered) {
            reset(*page, asOf);
        } else if (order == m_order) { // else the order began to hold meanwhile: the user has reached for a row
            takeHead(*page, limit, asOf);
        }
        afterAnswer(page->cost);
    });
}

void JobsModel::askPage(int number)
{
    JobPageRequest asked = request();
    asked.offset = qint64(number) * pageSize;
    const bool follows = !m_held && asked.offset == m_head.size();
    if (follows) {
        asked.after = m_headEnd;
    }
    whenFinished(m_source.page(asked), this,
                 [this, token = m_token, asOf = m_changes, order = m_order, number, follows](const Result<JobPage> &page) {
                     if (token != m_token || !isGood(page)) {
                         return;
                     }
                     if (order == m_order && (m_held || follows)) {
                         takePage(number, *page, asOf);
                     }
                     afterAnswer(milliseconds(0)); // pages are no refreshing
                 });
}

void JobsModel::askLook()
{
    JobLookRequest asked;
    asked.filter = m_filter;
    asked.newerThan = m_newestId;
    asked.token = m_token;
    QList<int> rows;
    const int first = m_first / pageSize * pageSize;
    const int last = std::min(m_rowCount, (m_last / pageSize + 1) * pageSize);
    for (int row = first; row < last; ++row) {
        if (const Job *job = jobAt(row)) {
            asked.ids.append(job->id);
            rows.append(row);
        }
    }
    m_underWay = true;
    whenFinished(m_source.look(asked), this, [this, token = m_token, asOf = m_changes, order = m_order, rows](const Result<JobLook> &look) {
        if (token != m_token || !isGood(look)) {
            return;
        }
        if (order == m_order) {
            takeLook(*look, rows, asOf);
        }
        afterAnswer(look->cost);
    });
}

void JobsModel::afterAnswer(milliseconds cost)
{
    if (cost.count() > 0 || !m_pause.isActive()) {
        m_pause.start(std::clamp(cost * pausePerCost, shortestPause, longestPause));
    }
    askNext();
}

QFuture<Result<QList<Job>>> JobsModel::jobsIn(const QList<RowRange> &ranges, int most)
{
    const bool before = m_underWay;
    const JobPageRequest asked = request();
    m_underWay = before; // it stands beside what the table asks for
    return m_source.rows(asked, ranges, most);
}

} // namespace lifeguard
