// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/workersmodel.h"
#include "ui/models/workersproxymodel.h"

#include <QWidget>

namespace lifeguard {

class EmptyState;
class LiveTable;
class SearchBar;

/// The table of workers with its search field and context menu. Commands are signals.
class WorkersPage : public QWidget
{
    Q_OBJECT

public:
    explicit WorkersPage(QWidget *parent = nullptr);

    void setWorkers(const QList<WorkerInfo> &workers);
    /// Disables all commands, for this reason: a clause without capital and full stop. An empty reason enables them.
    void setDisabledReason(const QString &reason);
    [[nodiscard]] QList<WorkerInfo> selected() const;
    [[nodiscard]] const WorkerInfo *worker(const QString &executorId) const { return m_model->find(executorId); }
    [[nodiscard]] QString workerName(qint64 workerId) const;
    /// Returns the worker with this id in the database; null if the worker is no longer known.
    [[nodiscard]] const WorkerInfo *workerById(qint64 workerId) const;
    /// Returns the worker whose details are shown; null if there is none.
    [[nodiscard]] const WorkerInfo *current() const;
    void focusSearch();

Q_SIGNALS:
    void launchRequested();
    /// Another worker became the current one, or its values changed.
    void currentChanged(const lifeguard::WorkerInfo &worker);
    void stopRequested(const QStringList &executorIds);
    void drainRequested(const QStringList &executorIds);
    void killRequested(const QList<lifeguard::WorkerInfo> &workers);
    void logRequested();
    void diagnoseRequested(const lifeguard::WorkerInfo &worker);
    void inspectRequested(const lifeguard::WorkerInfo &worker);
    void shellRequested(const lifeguard::WorkerInfo &worker);

private:
    void fillMenu(QMenu &menu);
    /// Returns the executor id of the worker to which the single-worker actions of the menu apply: the worker in the
    /// details if it is selected, otherwise the first selected worker.
    [[nodiscard]] QString menuTarget(const QList<WorkerInfo> &selected) const;
    /// Adds the actions for workers in containers that this manager started.
    void addContainerActions(QMenu &menu, const QString &executorId);
    void announceCurrent();
    void updateSearchTexts();

    WorkersModel *m_model;
    WorkersProxyModel *m_proxy;
    LiveTable *m_table;
    EmptyState *m_empty;
    SearchBar *m_search;
    QString m_disabledReason;
    bool m_selectedFirst = false; ///< the first worker has been selected once, to show its log
};

/// Returns why the worker cannot be stopped or killed from here, as a clause without capital and full stop; empty if it
/// can be.
[[nodiscard]] QString uncontrollableReason(const WorkerInfo &worker);

} // namespace lifeguard
