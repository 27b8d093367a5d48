// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/otherpools.h"

#include "core/config/poolspec.h"
#include "core/model/storesnapshot.h"

#include <QDateTime>
#include <QThread>

namespace lifeguard {
namespace {

PoolInfo infoOf(const PublishedPool &published)
{
    PoolInfo info;
    info.name = published.name;
    info.managerId = published.managerId;
    info.manager = published.managerName();
    // A newer version may know more keys. Only the type and the count are needed.
    info.config = parseStoredPoolSpec(published.spec, published.spec).value_or(WorkerConfig());
    info.config.type = published.type;
    info.config.count = published.count;
    info.state = poolStateFromString(published.state);
    info.reason = published.reason.translatedText();
    info.mode = published.mode;
    info.modeReason = published.modeReason;
    info.countSource = published.countSource;
    if (info.config.scaling) // all managers of a database are on this machine
        info.scalingBounds = info.config.scaling->boundsAt(QDateTime::currentDateTime(), QThread::idealThreadCount());
    return info;
}

} // namespace

QList<PoolInfo> otherPools(const StoreSnapshot &snapshot, const QString &managerId)
{
    QList<PoolInfo> pools;
    for (const PublishedPool &published : snapshot.pools) {
        if (published.managerId == managerId)
            continue;
        PoolInfo info = infoOf(published);
        for (const WorkerRow &worker : snapshot.workers) {
            const bool isAlive = worker.id > 0 && worker.status != WorkerStatus::Dead && !worker.endedAt.isValid();
            if (!isAlive || worker.managerId != published.managerId || worker.pool != published.name)
                continue;
            ++info.alive;
            info.busy += worker.status == WorkerStatus::Busy ? 1 : 0;
        }
        info.pendingJobs = snapshot.counts.value(published.type).pending;
        pools.append(info);
    }
    return pools;
}

} // namespace lifeguard
