// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/jobplanner.h"

#include <QWidget>

#include <memory>

class QComboBox;
class QProgressBar;
class QTableView;

namespace lifeguard {

struct AddJobsContext;
class InlineMessage;
class PlanModel;

/// The preview of the jobs that would be added: a summary, a filter, a table of jobs and skipped files, and a warning about job types
/// without a running pool.
class PlanPreview : public QWidget
{
    Q_OBJECT

public:
    explicit PlanPreview(const AddJobsContext &context, QWidget *parent = nullptr);
    ~PlanPreview() override;

    [[nodiscard]] const std::shared_ptr<const JobPlan> &plan() const;
    /// Shows a plan for paths that the user selected.
    void setPlan(std::shared_ptr<const JobPlan> plan);
    /// Shows an empty plan, because no paths are selected.
    void clear();
    /// Shows an empty plan, because the search failed.
    void setError(const QString &message);
    /// Shows that folders are being searched, and how many files were found.
    void showSearchProgress(qint64 filesFound);

private:
    void build();
    void buildTable();
    void replacePlan(std::shared_ptr<const JobPlan> plan);
    void updateFilter();
    [[nodiscard]] QString summaryText() const;

    QStringList m_servedTypes;
    PlanModel *m_model;
    InlineMessage *m_summary;
    InlineMessage *m_unservedMessage;
    QProgressBar *m_progress;
    QComboBox *m_filter;
    QTableView *m_table;
};

} // namespace lifeguard
