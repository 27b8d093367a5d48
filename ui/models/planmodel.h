// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/jobplanner.h"

#include <QAbstractTableModel>

#include <memory>

namespace lifeguard {

/// The jobs that a plan would add, and the files that it skips, with the reason. Reads the plan in place, so that a hundred thousand rows
/// cost nothing until they are displayed.
class PlanModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { InputColumn, TypeColumn, OutputColumn, NoteColumn, ColumnCount };
    enum class Filter { All, Jobs, Replacing, Copied, Skipped };

    explicit PlanModel(const QString &workspace, QObject *parent = nullptr);

    void setPlan(std::shared_ptr<const JobPlan> plan);
    [[nodiscard]] const std::shared_ptr<const JobPlan> &plan() const { return m_plan; }
    void setFilter(Filter filter);
    /// Returns how many rows the filter would show.
    [[nodiscard]] qsizetype count(Filter filter) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void updateRows();
    /// Returns the path relative to the workspace if it is in the workspace.
    [[nodiscard]] QString shortPath(const QString &path) const;
    [[nodiscard]] QString noteText(const PlannedJob &planned) const;

    QString m_workspace;
    std::shared_ptr<const JobPlan> m_plan;
    Filter m_filter = Filter::All;
    QList<int> m_rows; ///< index of a job in the plan, or -1 - index of a skipped path
};

} // namespace lifeguard
