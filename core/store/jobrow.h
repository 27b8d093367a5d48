// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "core/store/database.h"

#include <QVariant>

#include <optional>

class QSqlQuery;

namespace lifeguard {

/// Returns the job in a row of a statement on jobs. Columns that the statement or the file lacks keep their defaults.
[[nodiscard]] Job jobOf(const QSqlQuery &row);
/// Returns the values that identify a lease in statements: id, worker_id, attempt.
[[nodiscard]] Values leaseValues(const Lease &lease);
/// Returns the max_job_time of a job in lifeguard_jobs; std::nullopt if the job has none, or if another program has
/// stored a value outside of poollimits::workTime.
[[nodiscard]] std::optional<seconds> jobTimeOf(const QVariant &value);
/// Returns an empty text instead of a null one, for NOT NULL columns.
[[nodiscard]] QString notNull(const QString &text);

} // namespace lifeguard
