// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace lifeguard {

/// Returns the path in the environment variable DB_PATH, or else in CLM_JOBS_DB_PATH; empty if neither is set.
[[nodiscard]] QString databaseOfEnvironment();

/// Returns the database of a workspace for which no other is named: clx_jobs.db, or clm_jobs.db if only that file
/// exists. Fails if both exist, because they are different queues.
[[nodiscard]] Result<QString> defaultDatabase(const QString &workspace);

} // namespace lifeguard
