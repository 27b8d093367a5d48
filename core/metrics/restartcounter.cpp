// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/restartcounter.h"

namespace lifeguard {

void RestartCounter::add(const Event &event)
{
    switch (event.kind) {
    case EventKind::WorkerFailed:
        ++m_counts[event.workerType].failures;
        if (!event.pool.isEmpty())
            ++m_failedNow[event.pool];
        break;
    case EventKind::WorkerStarting:
        if (int &failed = m_failedNow[event.pool]; failed > 0) {
            --failed;
            ++m_counts[event.workerType].restarts;
        }
        break;
    case EventKind::PoolStopped:
        m_failedNow.remove(event.pool);
        break;
    default:
        break;
    }
}

} // namespace lifeguard
