// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/jobsmodel.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QMenu;
class QPushButton;

namespace lifeguard {

class EmptyState;
class JobsView;
class SearchBar;

/// The table of jobs with its filters, search box, footer and context menu. Reads from a source, changes nothing itself: what
/// a user wants done is a signal.
class JobsPage : public QWidget
{
    Q_OBJECT

public:
    explicit JobsPage(QWidget *parent = nullptr);
    ~JobsPage() override;

    void setSource(const JobSource &source); ///< of a database that is open
    void refresh(); ///< the database changed
    /// Of the whole database, by type: what the type filter offers.
    void setCounts(const QHash<QString, JobCounts> &counts);
    void setNameOfWorker(std::function<QString(qint64)> nameOfWorker) { m_model->cells().nameOfWorker = std::move(nameOfWorker); }
    void setWorkspace(const QString &workspace) { m_model->cells().workspace = workspace; }
    void setDisabledReason(const QString &reason);
    void tick() { m_model->tick(); }
    void focusSearch();
    /// What the table is sorted by, in the user's settings.
    void saveOrder() const;
    void restoreOrder();
    /// What is asked for.
    [[nodiscard]] JobFilter filter() const;

Q_SIGNALS:
    void addRequested();
    void retryRequested(const QList<qint64> &ids);
    void cancelRequested(const QList<qint64> &ids);
    void retryMatchingRequested(const lifeguard::JobFilter &filter);
    void cancelMatchingRequested(const lifeguard::JobFilter &filter);
    void openRequested(const QString &path);
    /// The job to tell more about; 0: none.
    void currentJobChanged(qint64 id);
    void failed(const lifeguard::Error &error);

private:
    struct Selection;
    enum class Copied { Rows, Ids, Inputs, Outputs };
    using Use = std::function<void(const QList<Job> &jobs)>;

    void buildBar();
    void connectAll();
    void ask();
    void sortBy(int column);
    [[nodiscard]] int sortedCell() const;
    void showSort();
    void onAnswered();
    void followHold();
    void followCurrent();
    void showSummary();
    void showNewer();
    [[nodiscard]] bool isFiltered() const;

    // The menu and what it does (jobspagemenu.cpp).
    [[nodiscard]] Selection selection() const;
    void openMenu(const QPoint &position);
    QAction *addAction(QMenu &menu, const char *name, const char *icon, const QString &text, const QString &why);
    void addRetry(QMenu &menu, const Selection &selection);
    void addCancel(QMenu &menu, const Selection &selection);
    void addOpen(QMenu &menu, const Selection &selection);
    void addCopy(QMenu &menu, const Selection &selection);
    void addMatching(QMenu &menu, const Selection &selection);
    void withJobs(const Selection &selection, const Use &use);
    void cancelSome(const QList<Job> &jobs);
    void cancelAllMatching();
    void copy(Copied what);
    void openOutput();
    [[nodiscard]] JobFilter boundFilter() const;
    [[nodiscard]] qint64 retryable() const;
    [[nodiscard]] qint64 cancellable() const;
    [[nodiscard]] QString retryAllText() const;
    [[nodiscard]] QString cancelAllText() const;

    JobsModel *m_model;
    JobsView *m_table;
    EmptyState *m_empty;
    QComboBox *m_status;
    QComboBox *m_type;
    SearchBar *m_search;
    QLabel *m_footer;
    QPushButton *m_newer;
    QString m_disabledReason;
    QList<qint64> m_reselect; ///< what was selected before the question changed
    qint64 m_total = 0; ///< of the whole database
    qint64 m_currentJob = 0;
};

} // namespace lifeguard
