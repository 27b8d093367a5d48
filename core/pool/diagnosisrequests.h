// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/health/diagnosis.h"
#include "core/model/workerrow.h"
#include "core/store/database.h"

namespace lifeguard {

/// The worker that somebody means by a word: an executor id, a number (workers.id), or a name such as "plantuml-0". Of
/// several with that name a living one is meant, else the one that ended last; NotFound when there is none,
/// InvalidArgument when several live. Pure.
[[nodiscard]] Result<WorkerRow> resolveWorker(const QString &word, const QList<WorkerRow> &workers);

/// What the database knows of a worker, for its diagnosis: whoever started it. Synchronous; on the thread of the
/// database.
[[nodiscard]] Result<DiagnosisRequest> diagnosisRequestOf(Database &database, const Clock &clock,
                                                          const WorkerRow &worker);

/// As above, by executor id. NotFound: it has no row any more.
[[nodiscard]] Result<DiagnosisRequest> diagnosisRequestOf(Database &database, const Clock &clock,
                                                          const QString &executorId);

} // namespace lifeguard
