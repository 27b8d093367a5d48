// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerrowtracker.h"

#include "core/pool/pooljournal.h"
#include "core/pool/poolreconciler.h"
#include "core/pool/pooltable.h"
#include "core/pool/workertable.h"

namespace lifeguard {

void WorkerRowTracker::apply(const StoreSnapshot &snapshot)
{
    for (const WorkerRow &row : snapshot.workers) {
        ManagedWorker *worker = row.id > 0 ? m_workers.find(row.executorId) : nullptr;
        if (!worker)
            continue;
        if (!worker->isRegistered() && !worker->hasEnded()) {
            worker->workerId = row.id;
            if (!worker->isAdopted)
                m_journal.recordEvent(EventKind::WorkerRegistered, Message("worker_registered", {worker->name()}),
                                      *worker);
        }
        if (WorkerPool *pool = m_pools.find(worker->pool)) {
            if (row.jobsProcessed + row.jobsFailed > worker->row.jobsProcessed + worker->row.jobsFailed)
                pool->handleFinishedJob();
            if (!worker->hasEnded() && pool->handleRegistration())
                m_journal.recordEvent(EventKind::PoolStarted, Message("pool_started", {pool->name()}), *pool);
        }
        worker->row = row;
        m_reconciler.recycleIfDue(*worker);
    }
}

} // namespace lifeguard
