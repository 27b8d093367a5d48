// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/pooltable.h"

namespace lifeguard {

WorkerPool *PoolTable::find(const QString &name)
{
    const auto found = m_pools.find(name);
    return found == m_pools.end() ? nullptr : &found->second;
}

const WorkerPool *PoolTable::find(const QString &name) const
{
    const auto found = m_pools.find(name);
    return found == m_pools.end() ? nullptr : &found->second;
}

WorkerPool &PoolTable::add(WorkerPool pool)
{
    const QString name = pool.name();
    const auto [entry, isNew] = m_pools.emplace(name, std::move(pool));
    Q_ASSERT(isNew);
    return entry->second;
}

void PoolTable::removeStopped()
{
    std::erase_if(m_pools, [](const auto &entry) { return entry.second.isRemovable(); });
}

QString PoolTable::freeName(const QString &type) const
{
    QString name = type;
    for (int n = 2; m_pools.contains(name); ++n)
        name = type + u'-' + QString::number(n);
    return name;
}

} // namespace lifeguard
