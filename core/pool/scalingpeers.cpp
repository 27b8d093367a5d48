// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/scalingpeers.h"

#include "core/model/countsource.h"
#include "core/model/poolstate.h"
#include "core/store/managerpools.h"

namespace lifeguard {

Result<QList<ScalingPeers::Manager>> ScalingPeers::read(Database &database)
{
    const Result<QList<ManagerPools>> rows = readManagerPools(database);
    if (!rows)
        return failure(rows.error());
    const QString boot = ProcessIdentity::self().bootId;
    QList<Manager> managers;
    for (const ManagerPools &row : *rows) {
        Manager manager;
        manager.id = row.manager.id;
        manager.heartbeat = row.manager.heartbeatAt;
        manager.presence = presenceOf(row.manager.process);
        manager.isOnThisMachine = row.manager.process.bootId == boot;
        manager.livingWorkers = row.livingWorkers;
        manager.isPublishing = !row.pools.isEmpty();
        for (const ManagerPoolRow &pool : row.pools) {
            if (pool.state != toString(PoolState::Starting) && pool.state != toString(PoolState::Running))
                continue;
            manager.claiming[pool.type] += pool.count;
            if (pool.countSource == toString(CountSource::Scaling) && !manager.scaledTypes.contains(pool.type))
                manager.scaledTypes.append(pool.type);
        }
        managers.append(manager);
    }
    return managers;
}

void ScalingPeers::setManagers(const QList<Manager> &managers, const QString &ownId, milliseconds storeNow)
{
    m_isKnown = true;
    m_publishing.clear();
    m_published.clear();
    m_ranks.clear();
    m_machineWorkers = 0;
    for (const Manager &manager : managers) {
        if (manager.id == ownId)
            continue;
        const bool isLive = manager.presence != ProcessPresence::Gone
                         && !m_silentManagers.isSilent(manager.id, manager.heartbeat, storeNow);
        if (manager.isPublishing)
            m_publishing.insert(manager.id, isLive);
        if (!isLive)
            continue;
        if (manager.isOnThisMachine)
            m_machineWorkers += manager.livingWorkers;
        for (auto it = manager.claiming.cbegin(); it != manager.claiming.cend(); ++it)
            m_published[it.key()] += it.value();
        for (const QString &type : manager.scaledTypes)
            m_ranks[type] += manager.id < ownId ? 1 : 0;
    }
    m_silentManagers.forgetOthers();
}

void ScalingPeers::setWorkers(const QList<WorkerRow> &workers, const std::function<bool(const QString &)> &isOwn,
                              milliseconds storeNow)
{
    m_living.clear();
    for (const WorkerRow &row : workers) {
        const bool isBusy = row.status == WorkerStatus::Busy;
        if ((!isBusy && row.status != WorkerStatus::Idle) || row.endedAt.isValid() || isOwn(row.executorId))
            continue;
        if (m_publishing.value(row.managerId, false))
            continue; // counted with the pools of its manager
        // Workers of other programs do not beat while they are busy.
        const bool isSilent = m_silentWorkers.isSilent(row.executorId, row.lastHeartbeat, storeNow);
        if (!isSilent || (isBusy && row.managerId.isEmpty()))
            ++m_living[row.type];
    }
    m_silentWorkers.forgetOthers();
}

int ScalingPeers::claimingWorkers(const QString &type) const
{
    return m_published.value(type) + m_living.value(type);
}

bool ScalingPeers::Silence::isSilent(const QString &id, const QDateTime &heartbeat, milliseconds storeNow)
{
    auto found = m_entries.find(id);
    if (found == m_entries.end())
        found = m_entries.insert(id, {heartbeat, storeNow, true});
    found->isUsed = true;
    if (found->heartbeat != heartbeat) {
        found->heartbeat = heartbeat;
        found->changedAt = storeNow;
    }
    return storeNow - found->changedAt >= silenceLimit;
}

void ScalingPeers::Silence::forgetOthers()
{
    m_entries.removeIf([](const auto &entry) { return !entry.value().isUsed; });
    for (Entry &entry : m_entries)
        entry.isUsed = false;
}

} // namespace lifeguard
