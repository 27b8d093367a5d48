// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workertable.h"

#include <QSet>

namespace lifeguard {

ManagedWorker *WorkerTable::find(const QString &executorId)
{
    const auto found = m_workers.find(executorId);
    return found == m_workers.end() ? nullptr : &found->second;
}

const ManagedWorker *WorkerTable::find(const QString &executorId) const
{
    const auto found = m_workers.find(executorId);
    return found == m_workers.end() ? nullptr : &found->second;
}

ManagedWorker *WorkerTable::findLive(const QString &executorId)
{
    ManagedWorker *worker = find(executorId);
    return worker && !worker->hasEnded() ? worker : nullptr;
}

ManagedWorker &WorkerTable::add(ManagedWorker worker)
{
    const QString executorId = worker.executorId;
    const auto [entry, isNew] = m_workers.emplace(executorId, std::move(worker));
    Q_ASSERT(isNew && !entry->second.hasEnded());
    m_live[entry->second.pool].append(&entry->second);
    ++m_liveCount;
    return entry->second;
}

ManagedWorker *WorkerTable::rename(const QString &from, const QString &to)
{
    auto node = m_workers.extract(from);
    if (node.empty())
        return nullptr;
    node.key() = to;
    node.mapped().executorId = to;
    const auto inserted = m_workers.insert(std::move(node)); // the worker keeps its address
    Q_ASSERT(inserted.inserted);
    return &inserted.position->second;
}

void WorkerTable::markEnded(ManagedWorker &worker, WorkerState state, const Message &reason, const QDateTime &at)
{
    Q_ASSERT(!worker.hasEnded());
    worker.phase = ManagedWorker::Phase::Ended;
    worker.endState = state;
    worker.endReason = reason;
    worker.endedAt = at;
    const auto live = m_live.find(worker.pool);
    live->removeOne(&worker);
    if (live->isEmpty())
        m_live.erase(live);
    --m_liveCount;
}

void WorkerTable::markClosed(ManagedWorker &worker)
{
    Q_ASSERT(worker.phase == ManagedWorker::Phase::Ended);
    worker.phase = ManagedWorker::Phase::Closed;
    m_closed.append(worker.executorId);
}

void WorkerTable::removeExpired(const QDateTime &utcNow)
{
    const QDateTime limit = utcNow.addSecs(-endedRetention.count());
    while (!m_closed.isEmpty()) {
        const auto oldest = m_workers.find(m_closed.first());
        if (m_closed.size() <= maxEnded && oldest->second.endedAt >= limit)
            break;
        m_workers.erase(oldest);
        m_closed.removeFirst();
    }
}

QList<int> WorkerTable::freeIndexes(const QString &pool, int count) const
{
    QSet<int> used;
    for (const ManagedWorker *worker : liveOf(pool))
        used.insert(worker->index);
    QList<int> free;
    for (int index = 0; free.size() < count; ++index) {
        if (!used.contains(index))
            free.append(index);
    }
    return free;
}

} // namespace lifeguard
