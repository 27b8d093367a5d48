// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/poolinfobuilder.h"

#include "core/pool/pooltable.h"
#include "core/pool/snapshotindex.h"
#include "core/pool/workertable.h"

namespace lifeguard {

QList<PoolInfo> PoolInfoBuilder::build() const
{
    QList<PoolInfo> infos;
    for (const auto &[name, pool] : m_pools.all()) {
        PoolInfo info = pool.info(m_now);
        for (const ManagedWorker *worker : m_workers.liveOf(name)) {
            if (!worker->isRegistered())
                continue;
            ++info.alive;
            info.busy += worker->isBusy() ? 1 : 0;
        }
        info.pendingJobs = m_snapshot.snapshot().counts.value(info.config.type).pending;
        infos.append(info);
    }
    return infos;
}

} // namespace lifeguard
