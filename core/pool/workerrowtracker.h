// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/storesnapshot.h"

namespace lifeguard {

class PoolJournal;
class PoolReconciler;
class PoolTable;
class WorkerTable;

/// Applies the rows that the store has read to the workers of this manager: registrations, finished jobs, states.
class WorkerRowTracker
{
public:
    WorkerRowTracker(PoolTable &pools, WorkerTable &workers, PoolReconciler &reconciler, PoolJournal &journal)
        : m_pools(pools)
        , m_workers(workers)
        , m_reconciler(reconciler)
        , m_journal(journal)
    {
    }

    void apply(const StoreSnapshot &snapshot);

private:
    PoolTable &m_pools;
    WorkerTable &m_workers;
    PoolReconciler &m_reconciler;
    PoolJournal &m_journal;
};

} // namespace lifeguard
