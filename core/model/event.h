// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>

namespace lifeguard {

/// What happened to pools, workers and jobs, and why. Stored in lifeguard_events.
struct Event
{
    qint64 id = 0;
    QDateTime at;
    QString kind; ///< "pool_started", "worker_dead", "job_returned", …
    QString pool;
    QString executorId;
    QString workerType;
    qint64 workerId = 0;
    qint64 jobId = 0;
    QString message; ///< in words a user can read

    bool operator==(const Event &) const = default;
};

} // namespace lifeguard
