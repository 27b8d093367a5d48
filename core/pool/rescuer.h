// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/store/database.h"
#include "core/store/jobqueue.h"

namespace lifeguard {

/// What was put right.
struct RescueReport
{
    QStringList endedWorkers; ///< executor ids whose rows were closed
    QList<ReturnedJob> jobs;
};

/// Closes the rows of workers that are gone and have no live manager, and takes back their jobs, as any live manager may
/// (shared/PROTOCOL.md, "Jobs"). Workers of live managers, and workers that still live, are never touched. Synchronous, on
/// the thread of the database; cheap where there is nothing to do.
[[nodiscard]] Result<RescueReport> rescueStale(Database &database, const Clock &clock, const QString &ownManagerId);

} // namespace lifeguard
