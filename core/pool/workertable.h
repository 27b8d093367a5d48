// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pool/managedworker.h"

#include <QHash>
#include <QList>

#include <map>

namespace lifeguard {

/// The workers of a manager by executor id, the living ones also by pool. Ended workers stay in the table for a while,
/// so that they can be shown. Pointers to a worker stay valid until the worker is removed.
class WorkerTable
{
public:
    using Workers = std::map<QString, ManagedWorker>;

    static constexpr seconds endedRetention{600}; ///< how long ended workers are kept
    static constexpr int maxEnded = 200; ///< how many ended workers are kept

    /// Returns the worker; null if there is none with this id.
    [[nodiscard]] ManagedWorker *find(const QString &executorId);
    [[nodiscard]] const ManagedWorker *find(const QString &executorId) const;
    /// Returns the worker unless it has ended; null otherwise.
    [[nodiscard]] ManagedWorker *findLive(const QString &executorId);
    [[nodiscard]] bool contains(const QString &executorId) const { return m_workers.contains(executorId); }

    /// Adds a living worker under its executor id, which must not be in the table.
    ManagedWorker &add(ManagedWorker worker);
    /// Sets the final executor id of a worker and returns the worker; null if it is not in the table.
    ManagedWorker *rename(const QString &from, const QString &to);
    /// Marks a living worker as ended. at: UTC.
    void markEnded(ManagedWorker &worker, WorkerState state, const Message &reason, const QDateTime &at);
    /// Marks an ended worker as closed: it is removed when the retention time is over.
    void markClosed(ManagedWorker &worker);
    /// Removes closed workers whose retention time is over, and the oldest ones if there are too many. utcNow: the
    /// present time.
    void removeExpired(const QDateTime &utcNow);

    /// Returns all workers, including ended ones, ordered by executor id.
    [[nodiscard]] const Workers &all() const { return m_workers; }
    [[nodiscard]] Workers &all() { return m_workers; }
    /// Returns the living workers of a pool, oldest first.
    [[nodiscard]] QList<ManagedWorker *> liveOf(const QString &pool) const { return m_live.value(pool); }
    [[nodiscard]] qsizetype liveCount() const { return m_liveCount; }
    [[nodiscard]] bool hasLive() const { return m_liveCount > 0; }
    /// Returns the lowest indexes that no living worker of the pool uses.
    [[nodiscard]] QList<int> freeIndexes(const QString &pool, int count) const;

private:
    Workers m_workers;
    QHash<QString, QList<ManagedWorker *>> m_live; ///< by pool
    qsizetype m_liveCount = 0;
    QList<QString> m_closed; ///< executor ids in the order in which their rows were closed
};

} // namespace lifeguard
