// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pool/workerpool.h"

#include <QString>

#include <map>

namespace lifeguard {

/// The pools of a manager, by name. Also stores whether all of them are being stopped.
class PoolTable
{
public:
    using Pools = std::map<QString, WorkerPool>;

    /// Returns the pool; null if there is none with this name. The pointer stays valid until the pool is removed.
    [[nodiscard]] WorkerPool *find(const QString &name);
    [[nodiscard]] const WorkerPool *find(const QString &name) const;
    /// Adds a pool under its name, which must be free.
    WorkerPool &add(WorkerPool pool);
    /// Removes pools that have stopped and whose removal was requested.
    void removeStopped();
    /// Returns the name for a new pool: the type, or "type-2" and so on if there are pools of this type.
    [[nodiscard]] QString freeName(const QString &type) const;

    [[nodiscard]] const Pools &all() const { return m_pools; }
    [[nodiscard]] Pools &all() { return m_pools; }

    /// Marks all pools as being stopped. No worker is started until a pool is launched again.
    void beginShutdown() { m_isShuttingDown = true; }
    void cancelShutdown() { m_isShuttingDown = false; }
    [[nodiscard]] bool isShuttingDown() const { return m_isShuttingDown; }

private:
    Pools m_pools;
    bool m_isShuttingDown = false;
};

} // namespace lifeguard
