// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/health/diagnosis.h"
#include "core/model/workerrow.h"
#include "core/store/database.h"

namespace lifeguard {

/// Returns the worker that a word on the command line names: an executor id, a number (workers.id), or a name such as
/// "plantuml-0". If several workers have had that name, the living one is meant, otherwise the one that ended last.
/// NotFound: there is none; InvalidArgument: several live. A pure function.
[[nodiscard]] Result<WorkerRow> resolveWorker(const QString &word, const QList<WorkerRow> &workers);

/// Returns what the database knows about a worker, for its diagnosis, whichever program started it. Synchronous, on the
/// thread of the database.
[[nodiscard]] Result<DiagnosisRequest> diagnosisRequestOf(Database &database, const Clock &clock,
                                                          const WorkerRow &worker);

/// As above, by executor id. NotFound: the worker has no row any more.
[[nodiscard]] Result<DiagnosisRequest> diagnosisRequestOf(Database &database, const Clock &clock,
                                                          const QString &executorId);

} // namespace lifeguard
