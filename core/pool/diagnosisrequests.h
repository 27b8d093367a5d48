// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/health/diagnosis.h"
#include "core/model/workerrow.h"
#include "core/store/database.h"

namespace lifeguard {

/// Returns the worker that an argument of the command line names: an executor id, a number (workers.id), or a name such
/// as "plantuml-0". Of several workers with this name, returns the living one, or else the one that ended last.
/// NotFound: no worker matches; InvalidArgument: several living workers match. A pure function.
[[nodiscard]] Result<WorkerRow> resolveWorker(const QString &word, const QList<WorkerRow> &workers);

/// Returns the facts in the database that the diagnosis of a worker needs. Any program may have started the worker.
/// Synchronous, on the thread of the database.
[[nodiscard]] Result<DiagnosisRequest> diagnosisRequestOf(Database &database, const Clock &clock, const WorkerRow &row);

/// As above, by executor id. NotFound: the row of the worker was deleted.
[[nodiscard]] Result<DiagnosisRequest> diagnosisRequestOf(Database &database, const Clock &clock,
                                                          const QString &executorId);

} // namespace lifeguard
