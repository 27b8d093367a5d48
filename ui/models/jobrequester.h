// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/jobrowcache.h"
#include "ui/models/jobsource.h"
#include "ui/models/refreshpacer.h"

#include <QObject>

#include <functional>
#include <optional>

namespace lifeguard {

/// Composes the requests of the jobs table and sends them to its source, one at a time. Drops replies to requests of an
/// earlier query. Delays refreshes, and all requests after a failure (RefreshPacer). GUI thread.
///
/// A request reads from the live order of the jobs, or from an order that the store keeps while it is held
/// (JobPageRequest::order).
class JobRequester : public QObject
{
    Q_OBJECT

public:
    using ApplyPage = std::function<void(const JobPage &page)>;
    using ApplyValues = std::function<void(const JobInspection &values)>;

    /// The rows are those that the table has loaded. They must outlive this object.
    explicit JobRequester(const JobRowCache &rows, QObject *parent = nullptr);

    void setSource(JobSource source) { m_source = std::move(source); }
    /// Begins a new query. The reply to the current request will be dropped.
    void setQuery(const JobFilter &filter, const JobSort &sort);
    [[nodiscard]] const JobFilter &filter() const { return m_filter; }
    [[nodiscard]] const JobSort &sorting() const { return m_sort; }

    /// Holds the order that the jobs have now. It begins with the head of the loaded rows.
    void holdOrder() { m_order = ++m_lastOrder; }
    void releaseOrder() { m_order = 0; }
    [[nodiscard]] bool isOrderHeld() const { return m_order != 0; }
    /// Returns the number of the held order; 0 while the order is live.
    [[nodiscard]] quint64 order() const { return m_order; }
    /// Sets the id of the newest job that can be among the rows. A held order contains no newer jobs.
    void setNewestId(qint64 id) { m_newestId = id; }
    [[nodiscard]] qint64 newestId() const { return m_newestId; }

    /// Returns whether a request can be sent now: no other request is being answered, and none failed a moment ago.
    [[nodiscard]] bool canRequest() const;
    /// Returns whether rows that are loaded may be read again now.
    [[nodiscard]] bool mayRefresh() const { return m_pacer.mayRefresh(); }
    /// Lets the next refresh begin without waiting for the end of the pause.
    void skipPauseOnce() { m_pacer.skipPauseOnce(); }

    /// Reads the first rows of the live order, and the counts.
    void readHead(int limit, ApplyPage apply);
    /// Reads a page of the held order; or of the live order, where after is the position of the row before the page.
    void readPage(int page, const std::optional<JobKey> &after, ApplyPage apply);
    /// Reads the values of these jobs, the counts, and how many jobs are newer than newestId().
    void readValues(const QList<qint64> &ids, ApplyValues apply);
    /// Reads the jobs in these rows of the held order. Fails if there are more than maxJobs. Can be called at any time.
    [[nodiscard]] QFuture<Result<QList<Job>>> jobsInRows(const QList<RowRange> &ranges, int maxJobs) const;

Q_SIGNALS:
    /// The next request can be sent: the last one was answered, or a pause has ended.
    void ready();
    void failed(const lifeguard::Error &error);

private:
    enum class Kind { Refresh, NewPage };

    [[nodiscard]] JobPageRequest liveRequest() const;
    [[nodiscard]] JobPageRequest currentRequest() const; ///< in the held order, if there is one
    /// Waits for the reply to a request that was just sent, and passes it to apply.
    template<typename T>
    void awaitReply(const QFuture<Result<T>> &reply, Kind kind, std::function<void(const T &)> apply);

    const JobRowCache &m_rows;
    JobSource m_source;
    JobFilter m_filter;
    JobSort m_sort;
    QDateTime m_orderTime; ///< the "now" of the order, which sorts by age
    RefreshPacer m_pacer;
    qint64 m_newestId = 0;
    quint64 m_queryToken = 0; ///< of the newest query
    quint64 m_order = 0;
    quint64 m_lastOrder = 0;
    bool m_requesting = false;
};

} // namespace lifeguard
