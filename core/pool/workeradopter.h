// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/store/workerregistry.h"

#include <QList>
#include <QStringList>

namespace lifeguard {

class PoolJournal;
class PoolTable;
class StoreClock;
class WorkerLauncher;
class WorkerTable;

/// Takes over the detached workers of managers that are gone, and adds their pools.
class WorkerAdopter
{
public:
    WorkerAdopter(const StoreClock &storeClock, PoolTable &pools, WorkerTable &workers, WorkerLauncher &launcher,
                  PoolJournal &journal)
        : m_storeClock(storeClock)
        , m_pools(pools)
        , m_workers(workers)
        , m_launcher(launcher)
        , m_journal(journal)
    {
    }

    /// Adds the workers, whose rows already belong to this manager (Rescuer::adoptDetached()). Returns the names of the
    /// added pools, which may have too few workers.
    [[nodiscard]] QStringList adopt(const QList<OwnedWorker> &rows);

private:
    const StoreClock &m_storeClock;
    PoolTable &m_pools;
    WorkerTable &m_workers;
    WorkerLauncher &m_launcher;
    PoolJournal &m_journal;
};

} // namespace lifeguard
