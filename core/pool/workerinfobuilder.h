// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/model/storesnapshot.h"
#include "core/model/workerinfo.h"
#include "core/model/workerrow.h"
#include "core/pool/managedworker.h"

namespace lifeguard {

/// A worker of this manager as the views show it. Pure.
[[nodiscard]] WorkerInfo viewOf(const ManagedWorker &worker, const Beat &beat, const StoreSnapshot &snapshot, milliseconds steadyNow,
                                const QDateTime &utcNow);

/// A worker that is not this manager's (another manager's, CLX's, one of an earlier run) as the views show it. Pure.
[[nodiscard]] WorkerInfo viewOf(const WorkerRow &row, const StoreSnapshot &snapshot, const QDateTime &utcNow);

/// "classes.puml", or "job 12" where it has no input.
[[nodiscard]] QString jobNameOf(const StoreSnapshot &snapshot, qint64 jobId);

} // namespace lifeguard
