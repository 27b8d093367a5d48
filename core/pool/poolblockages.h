// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/workerrow.h"

#include <QHash>
#include <QString>

namespace lifeguard {

class PoolJournal;
class PoolTable;
class WorkerPool;
class WorkerTable;
struct ManagedWorker;

/// Pauses pools whose workers report that no job can be converted, for a reason that is not the fault of the jobs
/// (docs/protocol.md, rule 9), and resumes them. One worker of such a pool, the scout, keeps trying, with pauses that
/// it makes itself; all others are held. When the scout has converted a job, the pool is resumed.
class PoolBlockages
{
public:
    PoolBlockages(PoolTable &pools, WorkerTable &workers, PoolJournal &journal)
        : m_pools(pools)
        , m_workers(workers)
        , m_journal(journal)
    {
    }

    /// Call it after the rows of the workers were read.
    void update();

    /// Returns whether the worker reports that it can convert no job.
    [[nodiscard]] static bool isBlocked(const WorkerRow &row);

private:
    void updateBlocked(WorkerPool &pool);
    void findReport(WorkerPool &pool);
    void release(const WorkerPool &pool);
    /// Lets only the scout claim jobs.
    void holdOthers(const WorkerPool &pool);
    void unblock(WorkerPool &pool);
    /// Remembers how many jobs each worker has processed when the pool has no scout any more.
    void rememberProcessed(const WorkerPool &pool);
    /// Returns whether a worker has processed a job since then.
    [[nodiscard]] bool hasProcessedAny(const WorkerPool &pool) const;
    [[nodiscard]] ManagedWorker *nextScout(const WorkerPool &pool) const;

    PoolTable &m_pools;
    WorkerTable &m_workers;
    PoolJournal &m_journal;
    QHash<QString, QString> m_scouts; ///< executor ids, by the name of a blocked pool
    QHash<QString, qint64> m_processed; ///< numbers of jobs by executor id, of workers of pools without a scout
    QHash<QString, Message> m_handled; ///< reports, by executor id, that are older than the resumption of their pool
};

} // namespace lifeguard
