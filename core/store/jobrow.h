// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "core/store/database.h"

#include <QList>
#include <QVariant>

#include <optional>

class QSqlQuery;

namespace lifeguard {

/// Reads the jobs in the rows of one execution of a statement on jobs. Columns that the statement or the file lacks
/// keep their defaults.
class JobRows
{
public:
    /// Returns the job in the current row.
    [[nodiscard]] Job jobOf(const QSqlQuery &row);

private:
    QList<int> m_indices; ///< of the columns, in the order of columnNames; -1: missing. Empty until the first row
};

/// Returns the values that identify a lease in statements: id, worker_id, attempt.
[[nodiscard]] Values leaseValues(const Lease &lease);
/// Returns the max_job_time of a job in lifeguard_jobs; std::nullopt if the job has none, or if another program has
/// stored a value outside of poollimits::workTime.
[[nodiscard]] std::optional<seconds> jobTimeOf(const QVariant &value);
/// Returns an empty text instead of a null one, for NOT NULL columns.
[[nodiscard]] QString notNull(const QString &text);

} // namespace lifeguard
