// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/jobsmodel.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace lifeguard {

class EmptyState;
class JobCommands;
class JobsTableView;
class SearchBar;

/// The table of jobs with its filters, search field, footer and context menu. Reads from a source and changes nothing
/// itself: commands are signals.
class JobsPage : public QWidget
{
    Q_OBJECT

public:
    explicit JobsPage(QWidget *parent = nullptr);
    ~JobsPage() override;

    /// Shows the jobs of an open database.
    void setSource(const JobSource &source);
    /// Reads the jobs again because the database has changed.
    void refresh();
    /// Sets the numbers of all jobs by type. The filter by type offers these types.
    void setCounts(const QHash<QString, JobCounts> &counts);
    /// Sets the function that returns the name of a worker, or an empty text if the worker is not known.
    void setWorkerName(std::function<QString(qint64 workerId)> workerName)
    {
        m_model->formatter().workerName = std::move(workerName);
    }
    void setWorkspace(const QString &workspace) { m_model->formatter().workspace = workspace; }
    /// Disables the commands that change jobs, for this reason: a clause without capital and full stop. An empty reason
    /// enables them.
    void setDisabledReason(const QString &reason);
    /// Updates ages. Call it once per second.
    void tick() { m_model->tick(); }
    void focusSearch();
    /// Saves or restores the sort column in the user's settings.
    void saveOrder() const;
    void restoreOrder();
    /// Returns the filter as it is set in the controls.
    [[nodiscard]] JobFilter filter() const;

Q_SIGNALS:
    void addRequested();
    void retryRequested(const QList<qint64> &ids);
    void rerunRequested(const QList<qint64> &ids);
    void rerunMatchingRequested(const lifeguard::JobFilter &filter);
    void cancelRequested(const QList<qint64> &ids);
    void retryMatchingRequested(const lifeguard::JobFilter &filter);
    void cancelMatchingRequested(const lifeguard::JobFilter &filter);
    void openRequested(const QString &path);
    /// Another job became the current one, whose details are shown; 0: none.
    void currentJobChanged(qint64 id);
    void failed(const lifeguard::Error &error);

private:
    void buildBar();
    void connectSignals();
    void updateQuery();
    void sortBy(int column);
    [[nodiscard]] int sortColumn() const;
    void showSort();
    void onLoaded();
    void updateHold();
    void updateCurrentJob();
    void showSummary();
    void showNewer();
    [[nodiscard]] bool isFiltered() const;

    [[nodiscard]] QString footerText() const;
    void openMenu(const QPoint &position);

    JobsModel *m_model;
    JobsTableView *m_table;
    EmptyState *m_empty;
    QComboBox *m_status;
    QComboBox *m_type;
    SearchBar *m_search;
    QLabel *m_footer;
    QPushButton *m_newer;
    JobCommands *m_commands;
    QString m_disabledReason;
    QList<qint64> m_reselect; ///< jobs to select when the rows of a new query arrive
    qint64 m_total = 0; ///< jobs in the database
    qint64 m_currentJob = 0;
};

} // namespace lifeguard
