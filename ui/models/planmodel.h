// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/jobplanner.h"

#include <QAbstractTableModel>

#include <memory>

namespace lifeguard {

/// What a plan would make, and what it leaves out and why. Reads the plan where it is: a hundred thousand rows cost nothing until
/// they are looked at.
class PlanModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { InputColumn, TypeColumn, OutputColumn, NoteColumn, ColumnCount };
    enum class Show { All, Made, Replaced, Copied, Skipped };

    PlanModel(const QString &workspace, QObject *parent = nullptr);

    void setPlan(std::shared_ptr<const JobPlan> plan);
    [[nodiscard]] const std::shared_ptr<const JobPlan> &plan() const { return m_plan; }
    void setShown(Show show);
    /// How many rows there would be.
    [[nodiscard]] qsizetype count(Show show) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void fill();
    [[nodiscard]] QString below(const QString &path) const;
    [[nodiscard]] QString noteOf(const PlannedJob &planned) const;

    QString m_workspace;
    std::shared_ptr<const JobPlan> m_plan;
    Show m_show = Show::All;
    QList<int> m_rows; ///< of the plan's jobs, then -1 - of the skipped
};

} // namespace lifeguard
