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
    /// Emits currentChanged() if there is a current worker.
    void announceCurrent();

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
    void updateSearchTexts();

    WorkersModel *m_model;
    WorkersProxyModel *m_proxy;
    LiveTable *m_table;
    EmptyState *m_empty;
    SearchBar *m_search;
    QString m_disabledReason;
    bool m_selectedFirst = false; ///< the first worker has been selected once, to show its log
    bool m_hasWideNames = false; ///< the column of the names was made wider for workers of other managers
};

} // namespace lifeguard
