// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>

namespace lifeguard {

class PoolReconciler;
class PoolTable;
class WorkerStopper;
class WorkerTable;

/// Replaces the workers of pools one after another: drains one, waits until it has ended and the pool has all its
/// workers again, and drains the next. Gives up when the pool is stopped or paused, or crash-loops.
class RollingRecycle
{
public:
    RollingRecycle(PoolTable &pools, WorkerTable &workers, WorkerStopper &stopper, PoolReconciler &reconciler)
        : m_pools(pools)
        , m_workers(workers)
        , m_stopper(stopper)
        , m_reconciler(reconciler)
    {
    }

    /// Begins to replace the present workers of a pool, and returns their number.
    int begin(const QString &pool);
    [[nodiscard]] bool isRecycling(const QString &pool) const { return m_pending.contains(pool); }
    /// Continues with all pools. Call it when the state of workers may have changed.
    void update();

private:
    struct Pending
    {
        QString current; ///< the executor id of the worker that is being drained
        QStringList next; ///< executor ids
    };

    /// Returns whether the pool is finished, or cannot be continued.
    [[nodiscard]] bool advance(const QString &pool, Pending &pending);

    PoolTable &m_pools;
    WorkerTable &m_workers;
    WorkerStopper &m_stopper;
    PoolReconciler &m_reconciler;
    QHash<QString, Pending> m_pending; ///< by pool
};

} // namespace lifeguard
