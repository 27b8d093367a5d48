// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/jobrequester.h"

#include "core/base/futurecallbacks.h"

namespace lifeguard {

JobRequester::JobRequester(const JobRowCache &rows, QObject *parent) : QObject(parent), m_rows(rows)
{
    connect(&m_pacer, &RefreshPacer::pauseEnded, this, &JobRequester::ready);
}

void JobRequester::setQuery(const JobFilter &filter, const JobSort &sort)
{
    m_filter = filter;
    m_sort = sort;
    ++m_queryToken;
    m_requesting = false;
}

bool JobRequester::canRequest() const
{
    return m_source.jobPage && !m_requesting && !m_pacer.isBlockedByFailure();
}

JobPageRequest JobRequester::liveRequest() const
{
    JobPageRequest request;
    request.filter = m_filter;
    request.sort = m_sort;
    request.limit = JobRowCache::pageSize;
    request.token = m_queryToken;
    request.now = m_orderTime;
    return request;
}

JobPageRequest JobRequester::currentRequest() const
{
    JobPageRequest request = liveRequest();
    if (isOrderHeld()) {
        request.order = m_order;
        request.filter.maxId = m_newestId; // newer jobs would push all others down
        request.head = m_rows.headIds();
    }
    return request;
}

void JobRequester::readHead(int limit, ApplyPage apply)
{
    m_orderTime = QDateTime::currentDateTimeUtc();
    JobPageRequest request = liveRequest();
    request.limit = limit;
    request.withCounts = true;
    awaitReply(m_source.jobPage(request), Kind::Refresh, std::move(apply));
}

void JobRequester::readPage(int page, const std::optional<JobKey> &after, ApplyPage apply)
{
    JobPageRequest request = currentRequest();
    request.offset = qint64(page) * JobRowCache::pageSize;
    request.after = after;
    awaitReply(m_source.jobPage(request), Kind::NewPage, std::move(apply));
}

void JobRequester::readValues(const QList<qint64> &ids, ApplyValues apply)
{
    JobInspectionRequest request;
    request.ids = ids;
    request.filter = m_filter;
    request.newerThan = m_newestId;
    request.token = m_queryToken;
    awaitReply(m_source.inspectJobs(request), Kind::Refresh, std::move(apply));
}

QFuture<Result<QList<Job>>> JobRequester::jobsInRows(const QList<RowRange> &ranges, int maxJobs) const
{
    return m_source.jobsInRows(currentRequest(), ranges, maxJobs);
}

template<typename T>
void JobRequester::awaitReply(const QFuture<Result<T>> &reply, Kind kind, std::function<void(const T &)> apply)
{
    m_requesting = true;
    if (kind == Kind::Refresh) {
        m_pacer.refreshStarted();
    }
    whenFinished(reply, this, [this, token = m_queryToken, kind, apply = std::move(apply)](const Result<T> &result) {
        if (token != m_queryToken) {
            return;
        }
        if (!result) {
            m_requesting = false;
            m_pacer.requestFailed();
            Q_EMIT failed(result.error());
            return;
        }
        // Sends no request while the rows change: for a moment, the table shows other rows than those that it will
        // show.
        apply(*result);
        if (token != m_queryToken) // a new query has begun
            return;
        m_requesting = false;
        m_pacer.requestSucceeded(kind == Kind::Refresh ? result->cost : milliseconds(0));
        Q_EMIT ready();
    });
}

} // namespace lifeguard
