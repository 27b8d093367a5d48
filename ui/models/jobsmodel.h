// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/headchanges.h"
#include "ui/models/jobcellformatter.h"
#include "ui/models/jobrequester.h"
#include "ui/models/jobrowcache.h"

#include <QAbstractTableModel>

namespace lifeguard {

/// The jobs of a database as a table of any length. There is a row for every job that matches; only rows that are
/// visible, or were recently, are loaded, in pages. A row that is not loaded shows "…" until its page arrives; nothing
/// blocks. GUI thread.
///
/// The order of the rows is live or held. While it is live (at the top of the table, nothing selected), a refresh reads
/// the first rows again: rows appear, disappear and move. While it is held, rows keep their places: the store keeps the
/// order (JobPageRequest::order), and a refresh reads only the values of the visible rows.
class JobsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    static constexpr int pageSize = JobRowCache::pageSize;

    explicit JobsModel(QObject *parent = nullptr);

    /// Sets the database to read from, and loads its jobs.
    void setSource(JobSource source);
    [[nodiscard]] JobCellFormatter &formatter() { return m_formatter; }
    /// Loads other jobs, or the same in another order. The rows stay as they are until the new ones arrive.
    void setQuery(const JobFilter &filter, const JobSort &sort);
    [[nodiscard]] const JobFilter &filter() const { return m_requester.filter(); }
    [[nodiscard]] const JobSort &sorting() const { return m_requester.sorting(); }

    /// Reads the rows again, now or after a pause (RefreshPacer), because the database has changed.
    void refresh();
    /// Holds the order of the rows, or makes it live.
    void setHeld(bool held);
    [[nodiscard]] bool isHeld() const { return m_requester.isOrderHeld(); }
    /// Sets the visible rows, which are loaded first.
    void setVisibleRows(int first, int last);
    /// Updates ages. Call it once per second.
    void tick();

    /// Returns whether the rows of the newest query have not arrived yet.
    [[nodiscard]] bool isLoading() const { return !m_loaded; }
    /// Returns how many jobs match now, by status.
    [[nodiscard]] const JobCounts &counts() const { return m_counts; }
    /// Returns how many jobs match that the held order does not contain.
    [[nodiscard]] qint64 newerCount() const { return m_newerCount; }
    /// Returns the id of the newest job that can be among the rows.
    [[nodiscard]] qint64 newestId() const { return m_requester.newestId(); }
    /// Returns the job in a row; null if the row is not loaded.
    [[nodiscard]] const Job *jobAt(int row) const { return row < m_rowCount ? m_rows.at(row) : nullptr; }
    /// Returns the jobs in the rows, including rows that are not loaded. Fails if there are more than maxJobs. Call it
    /// while the order is held.
    [[nodiscard]] QFuture<Result<QList<Job>>> jobsInRows(const QList<RowRange> &ranges, int maxJobs) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : m_rowCount;
    }
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(JobTableColumn::Count);
    }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    /// The rows of a new query have arrived and replaced all rows.
    void loaded();
    /// The result of counts(), newerCount() or isLoading() has changed.
    void summaryChanged();
    /// A request failed. The rows stay as they are, and the request is repeated.
    void failed(const lifeguard::Error &error);

private:
    void requestNext();
    void requestHead(int limit);
    void requestPage(int number);
    void requestValues();
    [[nodiscard]] bool hasPage(int page) const { return page * pageSize >= m_rowCount || m_rows.hasPage(page); }
    [[nodiscard]] int nextPageToLoad() const; ///< -1: none
    [[nodiscard]] bool isStale() const;
    void applyNewQuery(const JobPage &page, quint64 revision);
    void applyHead(const JobPage &page, int limit, quint64 revision);
    void applyPage(int number, const JobPage &page, quint64 revision);
    void applyValues(const JobInspection &values, const QList<int> &rows, quint64 revision);
    void changeHead(const QList<Job> &jobs, int total);
    void setRowCount(int count);
    void updateHeadValues(const QList<Job> &jobs);
    /// Emits dataChanged() for rows in ascending order.
    void emitRowsChanged(const QList<int> &rows);

    JobCellFormatter m_formatter;
    JobRowCache m_rows;
    JobRequester m_requester{m_rows};
    std::optional<JobKey> m_headEnd; ///< where the page after the head begins
    JobCounts m_counts;
    int m_rowCount = 0;
    int m_firstVisible = 0;
    int m_lastVisible = 0;
    int m_scrollDirection = 1; ///< of the last movement: 1 down, -1 up
    qint64 m_newerCount = 0;
    quint64 m_revision = 1; ///< of the database: how often refresh() was called
    quint64 m_orderRevision = 0; ///< the revision at which the order of the head was read
    quint64 m_countsRevision = 0;
    bool m_loaded = true;
};

} // namespace lifeguard
