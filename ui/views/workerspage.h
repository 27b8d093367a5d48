// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/workersmodel.h"

#include <QWidget>

namespace lifeguard {

class EmptyState;
class LiveTable;
class SearchBar;

/// The table of workers with its context menu.
class WorkersPage : public QWidget
{
    Q_OBJECT

public:
    explicit WorkersPage(QWidget *parent = nullptr);

    void setWorkers(const QList<WorkerInfo> &workers);
    void setDisabledReason(const QString &reason);
    [[nodiscard]] QList<WorkerInfo> selected() const;
    [[nodiscard]] const WorkerInfo *worker(const QString &executorId) const { return m_model->find(executorId); }
    [[nodiscard]] QString nameOfWorker(qint64 workerId) const;
    /// The worker of that row of the database; null where it is not known any more.
    [[nodiscard]] const WorkerInfo *workerOfRow(qint64 workerId) const;
    /// The worker that the details are about; null: none is chosen.
    [[nodiscard]] const WorkerInfo *current() const;
    void focusSearch();

Q_SIGNALS:
    void launchRequested();
    /// The worker whose log is to be shown changed, or its facts did.
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
    void addContainerActions(QMenu &menu, const QString &executorId);
    void announceCurrent();
    void showCount();

    WorkersModel *m_model;
    WorkersProxy *m_proxy;
    LiveTable *m_table;
    EmptyState *m_empty;
    SearchBar *m_search;
    QString m_disabledReason;
    bool m_shownFirst = false; ///< the first worker was selected, so that its log is seen
};

/// Why the worker cannot be stopped or killed from here; empty: it can.
[[nodiscard]] QString whyUntouchable(const WorkerInfo &worker);

} // namespace lifeguard
