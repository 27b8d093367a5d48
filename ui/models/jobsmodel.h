// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/jobcells.h"
#include "ui/models/jobsource.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QTimer>

namespace lifeguard {

/// A window on the jobs of a database: it has a row for every job that matches, and holds those rows that are or were in
/// sight, in pages. A row that is not there yet shows "…" and is fetched; nothing here ever waits. GUI thread.
///
/// The order is either live or held. Live, at the top of the table with nothing selected, the first rows are read again when
/// something changed: rows come, go and move. Held, no row does: the store keeps the order (JobPageRequest::order), and only
/// the values of the rows in sight are read again.
class JobsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    static constexpr int pageSize = 200;
    static constexpr int pagesKept = 50;

    explicit JobsModel(QObject *parent = nullptr);

    void setSource(JobSource source); ///< another database: begins anew
    void setCells(const JobCells &cells) { m_cells = cells; }
    [[nodiscard]] JobCells &cells() { return m_cells; }
    /// Asks anew; what was shown stays until the answer is there.
    void setQuestion(const JobFilter &filter, const JobSort &sort);
    [[nodiscard]] const JobFilter &filter() const { return m_filter; }
    [[nodiscard]] const JobSort &sorting() const { return m_sort; }

    /// Something in the database changed. Reads again now or a little later: the longer it took, the longer the pause.
    void refresh();
    /// The order holds still, or follows what happens.
    void setHeld(bool held);
    [[nodiscard]] bool isHeld() const { return m_held; }
    /// Which rows can be seen: they are fetched first.
    void setSight(int first, int last);
    /// Ages have grown: call once a second.
    void tick();

    [[nodiscard]] bool isAsking() const { return !m_answered; } ///< a new question is not answered yet
    [[nodiscard]] const JobCounts &counts() const { return m_counts; } ///< of all that match, now
    [[nodiscard]] qint64 newer() const { return m_newer; } ///< how many match that the held order does not have
    [[nodiscard]] qint64 newestId() const { return m_newestId; } ///< the newest job that can be among the rows
    /// Nothing where the row is not there yet.
    [[nodiscard]] const Job *jobAt(int row) const;
    /// The jobs in the rows, fetched where need be; fails where they are more than most. Hold the order before.
    [[nodiscard]] QFuture<Result<QList<Job>>> jobsIn(const QList<RowRange> &ranges, int most);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : m_rowCount; }
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(JobCell::Count); }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void answered(); ///< a new question was answered: all rows are others
    void summaryChanged(); ///< counts(), newer() or isAsking()
    void failed(const lifeguard::Error &error); ///< the rows stay as they were

private:
    /// Rows beyond the head, from page * pageSize on.
    struct Page
    {
        QList<Job> jobs;
        quint64 used = 0; ///< when it was in sight or read last: the least is dropped first
        quint64 asOf = 0; ///< m_changes when it was asked for
    };

    void askNext();
    void askHead(int limit);
    void askPage(int page);
    void askLook();
    template<typename T>
    bool isGood(const Result<T> &answer); ///< says what failed, and waits before the next try
    void afterAnswer(milliseconds cost);
    [[nodiscard]] JobPageRequest request();
    [[nodiscard]] int wantedPage() const; ///< -1: none
    [[nodiscard]] bool hasPage(int page) const;
    [[nodiscard]] bool isStale() const;
    void takeHead(const JobPage &page, int limit, quint64 asOf);
    void takePage(int number, const JobPage &page, quint64 asOf);
    void takeLook(const JobInspection &look, const QList<int> &rows, quint64 asOf);
    void reset(const JobPage &page, quint64 asOf);
    void follow(const QList<Job> &jobs, int total);
    void setRowCount(int count);
    void removeHead(int first, int last);
    void setValues(int firstRow, const QList<Job> &jobs);
    void tellChanged(const QList<int> &rows);
    Job *find(int row);

    JobSource m_source;
    JobCells m_cells;
    JobFilter m_filter;
    JobSort m_sort;
    QDateTime m_orderTime; ///< what "until now" means in this order
    QList<Job> m_head; ///< the first rows: whole pages, or all there are
    std::optional<JobKey> m_headEnd; ///< to go on behind them
    QHash<int, Page> m_pages;
    JobCounts m_counts;
    QTimer m_pause;
    int m_rowCount = 0;
    int m_first = 0; ///< in sight
    int m_last = 0;
    int m_direction = 1; ///< of the last scrolling
    qint64 m_newer = 0;
    qint64 m_newestId = 0;
    quint64 m_token = 0;
    quint64 m_order = 0; ///< of the held order; 0: live
    quint64 m_lastOrder = 0;
    quint64 m_clock = 0;
    quint64 m_changes = 1;
    quint64 m_headAsOf = 0; ///< m_changes when the values of the head were asked for
    quint64 m_orderAsOf = 0; ///< m_changes when its order was
    quint64 m_lookAsOf = 0;
    bool m_held = false;
    bool m_underWay = false;
    bool m_urgent = false; ///< the next refresh waits for no pause
    bool m_failing = false;
    bool m_answered = true;
};

} // namespace lifeguard
