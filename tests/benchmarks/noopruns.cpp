// SPDX-License-Identifier: GPL-3.0-or-later
#include "noopruns.h"

#include "measuring.h"
#include "workerprocesses.h"

#include <QThread>

namespace lifeguard::bench {

NoopRun runNoopJobs(QueueFile &queue, int workers, int jobs, const QList<QPair<QByteArray, QByteArray>> &environment)
{
    constexpr int pollMs = 2;
    WorkerProcesses processes(queue, workers, environment);
    processes.waitUntilIdle();
    queue.add(jobs);
    const auto begin = std::chrono::steady_clock::now();
    const Stopwatch watch;
    BareConnection connection(queue.path());
    BareStatement completed(connection.handle(),
                            QStringLiteral("SELECT completed FROM lifeguard_job_counts WHERE job_type = 'noop'"));
    while (completed.run() < jobs)
        QThread::msleep(pollMs);
    return {begin, watch.seconds()};
}

} // namespace lifeguard::bench
