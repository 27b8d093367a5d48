// SPDX-License-Identifier: GPL-3.0-or-later
// WorkerPoolManager: bringing pools to their count.
#include "core/pool/workerpoolmanager.h"

#include "core/base/future.h"
#include "core/config/poolspec.h"
#include "core/executor/routingworkerexecutor.h"
#include "core/store/store.h"
#include "core/store/workerregistry.h"

#include <QSet>
#include <QUuid>

#include <algorithm>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr int startsAtOnce = 4; ///< in one turn of the event loop; a fork takes a millisecond or two

QString uuid8()
{
    return QUuid::createUuid().toString(QUuid::WithoutBraces).left(8);
}

} // namespace

int WorkerPoolManager::nextIndex(const QString &poolName) const
{
    QSet<int> used;
    for (const auto &[id, worker] : m_workers) {
        if (worker.pool == poolName && !worker.ended)
            used.insert(worker.index);
    }
    int index = 0;
    while (used.contains(index))
        ++index;
    return index;
}

void WorkerPoolManager::reconcile(const QString &poolName)
{
    const auto found = m_pools.find(poolName);
    if (found == m_pools.end() || m_stoppingAll)
        return;
    Pool &pool = found->second;
    if (!pool.isSettled || (pool.state != PoolState::Starting && pool.state != PoolState::Running))
        return;
    int kept = 0;
    for (const ManagedWorker *worker : liveOf(poolName))
        kept += worker->isEnding() ? 0 : 1;
    const int missing = pool.config.count - pool.unreplaced - kept;
    if (missing < 0) {
        stopSurplus(poolName, -missing);
    } else if (missing > 0) {
        const milliseconds wait = pool.startAfter - m_clock.steadyNow();
        if (wait > 0ms)
            QTimer::singleShot(wait, this, [this, poolName] { reconcile(poolName); });
        else
            startWorkers(poolName, missing);
    }
}

void WorkerPoolManager::stopSurplus(const QString &poolName, int surplus)
{
    QList<ManagedWorker *> candidates;
    for (ManagedWorker *worker : liveOf(poolName)) {
        if (!worker->isEnding())
            candidates.append(worker);
    }
    // Those that interrupt nothing go first, then the highest index.
    std::sort(candidates.begin(), candidates.end(), [this](const ManagedWorker *a, const ManagedWorker *b) {
        const bool aBusy = beatOf(*a).jobId > 0 || a->row.status == WorkerStatus::Busy;
        const bool bBusy = beatOf(*b).jobId > 0 || b->row.status == WorkerStatus::Busy;
        return aBusy != bBusy ? bBusy : a->index > b->index;
    });
    for (ManagedWorker *worker : candidates.mid(0, surplus))
        endWorker(*worker, EndCause::Stop, tr("the pool was made smaller"), worker->config.stopGrace);
}

void WorkerPoolManager::startWorkers(const QString &poolName, int count)
{
    const Pool &pool = m_pools.at(poolName);
    QStringList ids;
    for (int i = 0; i < count; ++i) {
        ManagedWorker worker;
        worker.pool = poolName;
        worker.index = nextIndex(poolName);
        worker.config = pool.config;
        // A container's own id takes the place of this when it is made.
        worker.executorId = QStringLiteral("%1-%2-%3-%4").arg(toString(pool.config.mode), pool.config.type).arg(worker.index).arg(uuid8());
        worker.logPath = m_paths.logFolder + u'/' + worker.executorId + QStringLiteral(".log");
        worker.startedSteady = m_clock.steadyNow();
        worker.startedAt = m_clock.utcNow();
        if (pool.config.mode == ExecutionMode::Direct && pool.config.command.isEmpty() && !m_freeSlots.isEmpty()) {
            worker.beatSlot = m_freeSlots.takeLast();
            m_beats->clear(worker.beatSlot);
            worker.beats = m_beats;
        }
        ids.append(worker.executorId);
        m_workers.emplace(worker.executorId, worker);
    }
    for (const QString &id : std::as_const(ids))
        m_executor->prepareWorker(requestFor(m_workers.at(id)));
    publishSoon();
}

void WorkerPoolManager::onPrepared(const QString &preparedId, const QString &executorId)
{
    auto entry = m_workers.extract(preparedId);
    if (entry.empty())
        return;
    ManagedWorker &worker = entry.mapped();
    worker.executorId = executorId;
    const bool isUnwanted = worker.ended || worker.isEnding();
    entry.key() = executorId;
    m_workers.insert(std::move(entry));
    publishSoon();
    if (isUnwanted && m_executor->isWorkerRunning(executorId)) { // stopped while its container was made
        m_executor->killWorker(executorId);
        return;
    }
    // All that are prepared in one turn of the event loop are written down together.
    if (m_prepared.isEmpty())
        QTimer::singleShot(0, this, [this] { launch(std::exchange(m_prepared, {})); });
    m_prepared.append(executorId);
}

StartRequest WorkerPoolManager::requestFor(const ManagedWorker &worker) const
{
    StartRequest request;
    request.executorId = worker.executorId;
    request.config = worker.config;
    request.index = worker.index;
    request.databasePath = m_store.path();
    request.workspace = m_paths.workspace;
    request.logPath = worker.logPath;
    request.beatPath = worker.beats ? worker.beats->path() : QString();
    request.beatSlot = worker.beatSlot;
    request.pool = worker.pool;
    request.managerId = m_managerId;
    return request;
}

/// Takes over the workers that a manager left behind which crashed; their pools come back with them.
void WorkerPoolManager::adopt(const QList<OwnedWorker> &workers)
{
    QHash<QString, std::shared_ptr<BeatFile>> files;
    QStringList pools;
    for (const OwnedWorker &row : workers) {
        const Result<WorkerConfig> config = parsePoolSpec(row.spec);
        if (!config)
            continue; // adoptDetached() has looked
        ManagedWorker worker;
        worker.executorId = row.executorId;
        worker.pool = row.pool;
        worker.index = row.index;
        worker.config = *config;
        if (worker.config.mode == ExecutionMode::Auto)
            worker.config.mode = row.mode == toString(ExecutionMode::Docker) ? ExecutionMode::Docker : ExecutionMode::Direct;
        worker.logPath = row.logPath;
        worker.process = row.process;
        worker.isAdopted = true;
        worker.startedAt = row.startedAt;
        worker.startedSteady = m_clock.steadyNow();
        worker.startedStore = storeNow();
        if (!row.beatPath.isEmpty() && row.beatSlot >= 0) {
            if (!files.contains(row.beatPath)) {
                if (Result<std::unique_ptr<BeatFile>> file = BeatFile::open(row.beatPath, true))
                    files.insert(row.beatPath, std::shared_ptr<BeatFile>(std::move(*file)));
            }
            worker.beats = files.value(row.beatPath); // gone: its heartbeat in the database has to do
            worker.beatSlot = worker.beats ? row.beatSlot : -1;
        }
        if (worker.beats)
            worker.beats->setHold(worker.beatSlot, false); // should its pool have been paused
        if (m_pools.count(row.pool) == 0) {
            Pool &pool = m_pools[row.pool];
            pool.config = worker.config;
            pool.wantedMode = worker.config.mode;
            pool.wantedImage = worker.config.image;
            pool.isSettled = true;
            pool.isAdopted = true;
            pools.append(row.pool);
        }
        const auto [entry, added] = m_workers.emplace(worker.executorId, worker);
        recordEvent(QStringLiteral("worker_adopted"), tr("%1 was taken over from a manager that is gone (pid %2).").arg(worker.name()).arg(row.process.pid),
             row.pool, &entry->second);
        m_executor->adoptWorker(requestFor(worker), row.process);
    }
    for (const QString &pool : std::as_const(pools))
        reconcile(pool);
}

/// Keeps what an adopter has to know, as it is now.
void WorkerPoolManager::storeSpec(const QString &poolName)
{
    const WorkerConfig &config = m_pools.at(poolName).config;
    if (!config.detach)
        return;
    writeWhenFree([manager = m_managerId, poolName, spec = toPoolSpec(config), clock = &m_clock](Database &db) {
        return WorkerRegistry(db, *clock).setSpec(manager, poolName, spec);
    });
}

/// Writes the workers' rows of lifeguard_workers, then starts them, all at once.
void WorkerPoolManager::launch(const QStringList &executorIds)
{
    QList<OwnedWorker> rows;
    for (const QString &id : executorIds) {
        const auto found = m_workers.find(id);
        if (found == m_workers.end() || found->second.ended)
            continue;
        const ManagedWorker &worker = found->second;
        OwnedWorker row;
        row.executorId = id;
        row.managerId = m_managerId;
        row.pool = worker.pool;
        row.type = worker.config.type;
        row.mode = toString(worker.config.mode);
        row.index = worker.index;
        row.logPath = worker.logPath;
        row.beatPath = worker.beats ? worker.beats->path() : QString();
        row.beatSlot = worker.beatSlot;
        row.maxJobTime = worker.config.maxJobTime;
        row.spec = toPoolSpec(worker.config);
        rows.append(row);
    }
    if (rows.isEmpty())
        return;
    whenAnswered(m_store
        .write<int>([rows, clock = &m_clock](Database &db) -> Result<int> {
            const Status added = WorkerRegistry(db, *clock).addOwned(rows);
            if (!added)
                return tl::unexpected(added.error());
            return 0;
        }), this, [this, executorIds](const Result<int> &written) {
            if (!written) {
                reportWriteError(written.error());
                QTimer::singleShot(500ms, this, [this, executorIds] { launch(executorIds); });
                return;
            }
            m_hasReportedWriteError = false;
            const bool idle = m_toStart.isEmpty();
            m_toStart += executorIds;
            if (idle)
                startNext();
        });
}

/// Starts some of those that wait for it, then lets the event loop run: each start is a fork of this process, and a window
/// must stay alive while hundreds are started.
void WorkerPoolManager::startNext()
{
    for (int i = 0; i < startsAtOnce && !m_toStart.isEmpty(); ++i) {
        const QString id = m_toStart.takeFirst();
        const auto found = m_workers.find(id);
        if (found == m_workers.end() || found->second.ended)
            continue;
        ManagedWorker &worker = found->second;
        if (worker.isEnding()) { // stopped before it was started
            onExited({id, WorkerExit::Kind::Unknown, 0, tr("was not started yet"), {}});
            continue;
        }
        worker.startedSteady = m_clock.steadyNow();
        worker.startedStore = storeNow();
        m_executor->startWorker(requestFor(worker));
    }
    if (!m_toStart.isEmpty())
        QTimer::singleShot(0, this, &WorkerPoolManager::startNext);
}

void WorkerPoolManager::onStarted(const QString &executorId, const ProcessIdentity &process)
{
    const auto found = m_workers.find(executorId);
    if (found == m_workers.end())
        return;
    found->second.process = process;
    recordEvent(QStringLiteral("worker_starting"), tr("%1 was started (pid %2).").arg(found->second.name()).arg(process.pid), found->second.pool, &found->second);
    writeWhenFree([executorId, process, clock = &m_clock](Database &db) { return WorkerRegistry(db, *clock).setProcess(executorId, process); });
    publishSoon();
}

} // namespace lifeguard
