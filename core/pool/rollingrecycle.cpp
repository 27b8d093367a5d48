// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/rollingrecycle.h"

#include "core/pool/poolreconciler.h"
#include "core/pool/pooltable.h"
#include "core/pool/workerstopper.h"
#include "core/pool/workertable.h"

#include <algorithm>

namespace lifeguard {

int RollingRecycle::begin(const QString &pool)
{
    Pending pending;
    for (const ManagedWorker *worker : m_workers.liveOf(pool)) {
        if (!worker->isEnding())
            pending.next.append(worker->executorId);
    }
    const int count = int(pending.next.size());
    m_pending.insert(pool, pending);
    update();
    return count;
}

void RollingRecycle::update()
{
    m_pending.removeIf(
        [this](const QHash<QString, Pending>::iterator &entry) { return advance(entry.key(), entry.value()); });
}

bool RollingRecycle::advance(const QString &pool, Pending &pending)
{
    const WorkerPool *found = m_pools.find(pool);
    if (!found || (found->state() != PoolState::Running && found->state() != PoolState::Starting))
        return true;
    if (m_workers.findLive(pending.current))
        return false;
    const QList<ManagedWorker *> live = m_workers.liveOf(pool);
    const auto present = std::count_if(live.cbegin(), live.cend(), [](const ManagedWorker *worker) {
        return worker->isRegistered() && !worker->isEnding();
    });
    if (found->isBlocked() || (!pending.current.isEmpty() && present < found->config().count))
        return false;
    while (!pending.next.isEmpty()) {
        pending.current = pending.next.takeFirst();
        ManagedWorker *worker = m_workers.findLive(pending.current);
        if (!worker || worker->isEnding())
            continue;
        m_stopper.drain(*worker, EndCause::Recycle, Message("recycled_by_user"));
        m_reconciler.reconcile(pool);
        return false;
    }
    return true;
}

} // namespace lifeguard
