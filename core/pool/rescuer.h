// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/pool/heartbeattracker.h"
#include "core/store/database.h"
#include "core/store/jobqueue.h"
#include "core/store/workerregistry.h"

#include <QSet>

#include <functional>

namespace lifeguard {

/// From where a manager looks at others.
struct RescueView
{
    QString managerId; ///< its own
    milliseconds steadyNow{0};
    milliseconds storeNow{0}; ///< time that stands still while the database cannot be used
    int jumps = 0; ///< how often the clocks have jumped so far
    std::function<QString(const QString &executorId)> whyKilled; ///< of orphans that were lost (core/pool/orphans.h); empty: it was not. Any thread
};

/// What was put right.
struct RescueReport
{
    QStringList endedWorkers; ///< executor ids whose rows were closed
    QList<ReturnedJob> jobs;
    QSet<QString> managers; ///< that stand in the database afterwards
};

/// Takes over the workers that live on although their manager is gone (detach), so that no other manager does: they are those
/// answered. One transaction; only where the former manager is seen to be gone.
[[nodiscard]] Result<QList<OwnedWorker>> adoptDetached(Database &database, const Clock &clock, const QString &managerId);

/// Closes the rows of workers that are gone and have no manager that sees to it, kills what they left behind, and takes back their
/// jobs, as any live manager may (shared/PROTOCOL.md, "Jobs"). Workers that still live are never touched, nor are those of live
/// managers, but for one thing: where a manager lives and does not beat (it is stopped), the jobs of its dead are taken back. What
/// can be seen in the process table is known at once; what has to be judged by its heartbeat was watched for a while first
/// (heartbeats, kept from call to call). Synchronous, on the thread of the database that writes; cheap where there is nothing to do.
[[nodiscard]] Result<RescueReport> rescueStale(Database &database, const Clock &clock, const RescueView &view, HeartbeatTracker &heartbeats);

} // namespace lifeguard
