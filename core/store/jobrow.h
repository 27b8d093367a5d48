// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "core/store/database.h"

class QSqlQuery;

namespace lifeguard {

/// The job that a row of a statement on jobs holds; what the statement or the file lacks stays as it is by default.
[[nodiscard]] Job jobOf(const QSqlQuery &row);
/// What names a lease in statements: id, worker_id, attempt.
[[nodiscard]] Values leaseValues(const Lease &lease);
/// NOT NULL columns want an empty text, not NULL.
[[nodiscard]] QString notNull(const QString &text);

} // namespace lifeguard
