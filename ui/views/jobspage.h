// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/jobsmodel.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QTimer;

namespace lifeguard {

class EmptyState;
class LiveTable;

/// The table of jobs with its status filter, search box, footer and context menu. It is given lists; what to ask for is in
/// filter().
class JobsPage : public QWidget
{
    Q_OBJECT

public:
    explicit JobsPage(QWidget *parent = nullptr);

    [[nodiscard]] JobFilter filter() const;
    void setJobs(const QList<Job> &jobs);
    void setCounts(const JobCounts &counts);
    void setNameOfWorker(JobsModel::NameOfWorker nameOfWorker) { m_model->setNameOfWorker(std::move(nameOfWorker)); }
    void setWorkspace(const QString &workspace) { m_model->setWorkspace(workspace); }
    void setDisabledReason(const QString &reason);
    void tick() { m_model->tick(); }
    void focusSearch();

Q_SIGNALS:
    void filterChanged();
    void addRequested();
    void retryRequested(const QList<qint64> &ids);
    void cancelRequested(const QList<qint64> &ids);
    void openRequested(const QString &path);

private:
    [[nodiscard]] QList<Job> selected() const;
    void fillMenu(QMenu &menu);
    void showFooter();
    void showEmptyWords();

    JobsModel *m_model;
    LiveTable *m_table;
    EmptyState *m_empty;
    QComboBox *m_status;
    QLineEdit *m_search;
    QTimer *m_typed;
    QLabel *m_footer;
    JobCounts m_counts;
    QString m_disabledReason;
};

} // namespace lifeguard
