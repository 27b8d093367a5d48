// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "queuefile.h"

#include <QByteArray>
#include <QList>
#include <QPair>

#include <chrono>

namespace lifeguard::bench {

/// What idle worker processes did after jobs were added.
struct NoopRun
{
    std::chrono::steady_clock::time_point begin; ///< the commit that added the jobs
    double seconds; ///< until the last job was completed
};

/// Adds noop jobs to a queue with idle worker processes, and waits until all are completed and the workers have ended.
/// environment: added to that of the workers.
[[nodiscard]] NoopRun runNoopJobs(QueueFile &queue, int workers, int jobs,
                                  const QList<QPair<QByteArray, QByteArray>> &environment);

} // namespace lifeguard::bench
