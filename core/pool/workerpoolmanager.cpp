// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerpoolmanager.h"

#include "core/base/future.h"
#include "core/base/logging.h"
#include "core/base/paths.h"
#include "core/executor/directworkerexecutor.h"
#include "core/pool/rescuer.h"
#include "core/pool/workerviews.h"
#include "core/store/eventlog.h"
#include "core/store/store.h"
#include "core/store/workerregistry.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QUuid>
#include <QtConcurrent>

#include <algorithm>
#include <tuple>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr int beatSlots = 2048; ///< twice the workers of the largest pool
constexpr seconds storeInterval{5}; ///< between two mirrored beats (shared/PROTOCOL.md, "Beats")
constexpr milliseconds publishInterval{50};
constexpr int keptLogDays = 7;
constexpr int startsAtOnce = 4; ///< in one turn of the event loop; a fork takes a millisecond or two

QString uuid8()
{
    return QUuid::createUuid().toString(QUuid::WithoutBraces).left(8);
}

void removeOldLogs(const QString &folder)
{
    const QDateTime limit = QDateTime::currentDateTimeUtc().addDays(-keptLogDays);
    for (const QFileInfo &file : QDir(folder).entryInfoList({QStringLiteral("*.log")}, QDir::Files)) {
        if (file.lastModified() < limit)
            QFile::remove(file.absoluteFilePath());
    }
}

} // namespace

WorkerPoolManager::WorkerPoolManager(Store &store, const Clock &clock, ManagerPaths paths, QObject *parent)
    : QObject(parent), m_store(store), m_clock(clock), m_paths(std::move(paths)), m_managerId(QUuid::createUuid().toString(QUuid::WithoutBraces))
{
    qRegisterMetaType<QList<WorkerInfo>>();
    qRegisterMetaType<QList<PoolInfo>>();
    m_paths.workspace = QDir(m_paths.workspace).absolutePath();
    if (m_paths.workerProgram.isEmpty())
        m_paths.workerProgram = siblingProgram(QStringLiteral("lifeguard-worker"));
    if (m_paths.logFolder.isEmpty())
        m_paths.logFolder = stateFolder() + QStringLiteral("/logs");
    if (m_paths.runtimeFolder.isEmpty())
        m_paths.runtimeFolder = stateFolder() + QStringLiteral("/run");
    connect(&m_store, &Store::snapshotRead, this, &WorkerPoolManager::onSnapshot);
    m_publishTimer.setSingleShot(true);
    connect(&m_publishTimer, &QTimer::timeout, this, &WorkerPoolManager::publish);
    connect(&m_storeTimer, &QTimer::timeout, this, &WorkerPoolManager::tickStore);
}

WorkerPoolManager::~WorkerPoolManager()
{
    m_executor.reset(); // kills what is left; normally nothing is
    if (!m_beats)
        return;
    if (!hasLiveWorkers()) // else its slots still say which jobs had begun: the next manager reads them
        QFile::remove(m_beats->path());
    std::ignore = m_store.write<int>([id = m_managerId, clock = &m_clock, keep = hasLiveWorkers()](Database &db) -> Result<int> {
        if (!keep) {
            if (const Status removed = WorkerRegistry(db, *clock).removeManager(id); !removed)
                return tl::unexpected(removed.error());
        }
        return 0;
    });
}

void WorkerPoolManager::start()
{
    if (m_store.isReadOnly()) {
        m_ready = true; // only watches: makes nothing and writes nothing
        m_publishTimer.start(publishInterval);
        QMetaObject::invokeMethod(this, &WorkerPoolManager::ready, Qt::QueuedConnection);
        return;
    }
    const auto refuse = [this](const Error &error) {
        QMetaObject::invokeMethod(this, [this, error] { Q_EMIT failed(error); }, Qt::QueuedConnection);
    };
    for (const QString &folder : {m_paths.logFolder, m_paths.runtimeFolder}) {
        if (const Status made = makeFolder(folder); !made)
            return refuse(made.error());
    }
    Result<std::unique_ptr<BeatFile>> beats = BeatFile::create(m_paths.runtimeFolder + u'/' + m_managerId + QStringLiteral(".beats"), beatSlots);
    if (!beats)
        return refuse(beats.error());
    m_beats = std::move(*beats);
    for (int slot = beatSlots - 1; slot >= 0; --slot)
        m_freeSlots.append(slot);
    std::ignore = QtConcurrent::run([folder = m_paths.logFolder] { removeOldLogs(folder); });

    m_executor = std::make_unique<DirectWorkerExecutor>(m_paths.workerProgram);
    connect(m_executor.get(), &WorkerExecutor::workerStarted, this, &WorkerPoolManager::onStarted);
    connect(m_executor.get(), &WorkerExecutor::workerExited, this, &WorkerPoolManager::onExited);
    m_monitor = std::make_unique<HealthMonitor>(*m_executor, [this](const QHash<QString, WorkerStats> &stats) { return observe(stats); });
    connect(m_monitor.get(), &HealthMonitor::assessed, this, &WorkerPoolManager::onAssessed);

    const QString id = m_managerId;
    whenAnswered(m_store
        .write<RescueReport>([id, clock = &m_clock](Database &db) -> Result<RescueReport> {
            if (const Status added = WorkerRegistry(db, *clock).registerManager(id, QStringLiteral("manager")); !added)
                return tl::unexpected(added.error());
            return rescueStale(db, *clock, id);
        }), this, [this](const Result<RescueReport> &report) {
            if (!report) {
                Q_EMIT failed(report.error());
                return;
            }
            m_ready = true;
            m_monitor->start();
            m_storeTimer.start(storeInterval);
            if (!report->endedWorkers.isEmpty() || !report->jobs.isEmpty()) {
                note(QStringLiteral("cleaned_up"),
                     tr("Cleaned up after an earlier run: %1 workers gone, %2 jobs put back.").arg(report->endedWorkers.size()).arg(report->jobs.size()), {});
            }
            Q_EMIT ready();
            publishSoon();
        });
}

Result<QString> WorkerPoolManager::startPool(const WorkerConfig &wanted)
{
    if (m_store.isReadOnly())
        return failure(ErrorCode::ReadOnly, tr("The database is open read-only: no pool can be started. Open it without --read-only."));
    if (!m_ready)
        return failure(ErrorCode::Database, tr("No database is open yet."));
    WorkerConfig config = wanted;
    if (const Status checked = config.check(); !checked)
        return tl::unexpected(checked.error());
    if (config.mode == ExecutionMode::Auto)
        config.mode = ExecutionMode::Direct; // until the Docker executor exists (shared/PROTOCOL.md, "Modes")
    QString name = config.type;
    for (int n = 2; m_pools.count(name) > 0; ++n)
        name = config.type + u'-' + QString::number(n);
    Pool &pool = m_pools[name];
    pool.config = config;
    m_stoppingAll = false;
    m_allStopped = false;
    note(QStringLiteral("pool_starting"), tr("Pool %1 starts %2 workers (%3).").arg(name).arg(config.count).arg(toString(config.mode)), name);
    reconcile(name);
    return name;
}

void WorkerPoolManager::restartPool(const QString &name)
{
    const auto found = m_pools.find(name);
    if (found == m_pools.end())
        return;
    Pool &pool = found->second;
    m_stoppingAll = false;
    m_allStopped = false;
    pool.state = PoolState::Starting;
    pool.reason.clear();
    pool.deathsInARow = 0;
    pool.startAfter = milliseconds(0);
    pool.removeWhenEmpty = false;
    pool.config.count = std::max(1, pool.config.count);
    note(QStringLiteral("pool_starting"), tr("Pool %1 starts %2 workers again.").arg(name).arg(pool.config.count), name);
    reconcile(name);
}

void WorkerPoolManager::stopPool(const QString &name)
{
    const auto found = m_pools.find(name);
    if (found == m_pools.end() || found->second.state == PoolState::Stopped)
        return;
    found->second.state = PoolState::Stopping;
    found->second.reason.clear();
    note(QStringLiteral("pool_stopping"), tr("Pool %1 stops.").arg(name), name);
    for (ManagedWorker *worker : liveOf(name))
        endWorker(*worker, EndCause::Stop, tr("its pool was stopped"), worker->config.stopGrace);
    finishIfEmpty();
    publishSoon();
}

void WorkerPoolManager::removePool(const QString &name)
{
    const auto found = m_pools.find(name);
    if (found == m_pools.end())
        return;
    found->second.removeWhenEmpty = true;
    stopPool(name);
    finishIfEmpty();
}

void WorkerPoolManager::setPoolCount(const QString &name, int count)
{
    const auto found = m_pools.find(name);
    if (found == m_pools.end() || count == found->second.config.count)
        return;
    WorkerConfig changed = found->second.config;
    changed.count = count;
    if (!changed.check())
        return;
    found->second.config = changed;
    reconcile(name);
    publishSoon();
}

void WorkerPoolManager::stopWorker(const QString &executorId)
{
    const auto found = m_workers.find(executorId);
    if (found == m_workers.end() || found->second.ended || found->second.isEnding())
        return;
    ManagedWorker &worker = found->second;
    if (const auto pool = m_pools.find(worker.pool); pool != m_pools.end())
        pool->second.config.count = std::max(0, pool->second.config.count - 1);
    endWorker(worker, EndCause::Stop, tr("stopped by you"), worker.config.stopGrace);
    publishSoon();
}

void WorkerPoolManager::killWorker(const QString &executorId)
{
    const auto found = m_workers.find(executorId);
    if (found == m_workers.end() || found->second.ended)
        return;
    // A worker that is being stopped stays so: KILL only makes its end quicker.
    const EndCause cause = found->second.endCause == EndCause::Stop ? EndCause::Stop : EndCause::Kill;
    endWorker(found->second, cause, tr("killed by you"), 0s);
    publishSoon();
}

void WorkerPoolManager::stopAll(std::optional<seconds> grace)
{
    m_stoppingAll = true;
    m_allStopped = false;
    for (auto &[name, pool] : m_pools) {
        if (pool.state == PoolState::Stopped)
            continue;
        pool.state = PoolState::Stopping;
        note(QStringLiteral("pool_stopping"), tr("Pool %1 stops.").arg(name), name);
        for (ManagedWorker *worker : liveOf(name))
            endWorker(*worker, EndCause::Stop, tr("all pools were stopped"), grace.value_or(worker->config.stopGrace));
    }
    finishIfEmpty();
    publishSoon();
}

QList<ManagedWorker *> WorkerPoolManager::liveOf(const QString &poolName)
{
    QList<ManagedWorker *> live;
    for (auto &[id, worker] : m_workers) {
        if (worker.pool == poolName && !worker.ended)
            live.append(&worker);
    }
    return live;
}

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
    if (pool.state != PoolState::Starting && pool.state != PoolState::Running)
        return;
    int kept = 0;
    for (const ManagedWorker *worker : liveOf(poolName))
        kept += worker->isEnding() ? 0 : 1;
    const int missing = pool.config.count - kept;
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
        const bool aBusy = beatOf(*a).jobId > 0 || a->row.status == QStringLiteral("busy");
        const bool bBusy = beatOf(*b).jobId > 0 || b->row.status == QStringLiteral("busy");
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
        worker.executorId = QStringLiteral("direct-%1-%2-%3").arg(pool.config.type).arg(worker.index).arg(uuid8());
        worker.logPath = m_paths.logFolder + u'/' + worker.executorId + QStringLiteral(".log");
        worker.startedSteady = m_clock.steadyNow();
        worker.startedAt = m_clock.utcNow();
        if (pool.config.command.isEmpty() && !m_freeSlots.isEmpty()) {
            worker.beatSlot = m_freeSlots.takeLast();
            m_beats->clear(worker.beatSlot);
        }
        ids.append(worker.executorId);
        m_workers.emplace(worker.executorId, worker);
    }
    launch(ids);
    publishSoon();
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
        row.mode = QStringLiteral("direct");
        row.index = worker.index;
        row.logPath = worker.logPath;
        row.beatPath = worker.beatSlot >= 0 ? m_beats->path() : QString();
        row.beatSlot = worker.beatSlot;
        row.maxJobTime = worker.config.maxJobTime;
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
                if (written.error().code != ErrorCode::Busy)
                    Q_EMIT failed(written.error());
                QTimer::singleShot(500ms, this, [this, executorIds] { launch(executorIds); });
                return;
            }
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
        StartRequest request;
        request.executorId = id;
        request.config = worker.config;
        request.index = worker.index;
        request.databasePath = m_store.path();
        request.workspace = m_paths.workspace;
        request.logPath = worker.logPath;
        request.beatPath = worker.beatSlot >= 0 ? m_beats->path() : QString();
        request.beatSlot = worker.beatSlot;
        m_executor->startWorker(request);
    }
    if (!m_toStart.isEmpty())
        QTimer::singleShot(0, this, &WorkerPoolManager::startNext);
}

void WorkerPoolManager::endWorker(ManagedWorker &worker, EndCause cause, const QString &why, seconds grace)
{
    if (worker.ended)
        return;
    const bool first = !worker.isEnding();
    worker.endCause = cause;
    worker.endWhy = why;
    worker.killAtSteady = m_clock.steadyNow() + grace;
    if (first && grace > 0s)
        note(QStringLiteral("worker_stopping"), tr("%1: TERM sent, KILL in %2 s: %3").arg(worker.name()).arg(grace.count()).arg(why), worker.pool, &worker);
    if (!m_executor->isWorkerRunning(worker.executorId))
        return; // its start is still being written down: launch() sees that it is not wanted any more
    if (grace > 0s)
        m_executor->stopWorker(worker.executorId, grace);
    else
        m_executor->killWorker(worker.executorId);
}

void WorkerPoolManager::onStarted(const QString &executorId, const ProcessIdentity &process)
{
    const auto found = m_workers.find(executorId);
    if (found == m_workers.end())
        return;
    found->second.process = process;
    note(QStringLiteral("worker_starting"), tr("%1 was started (pid %2).").arg(found->second.name()).arg(process.pid), found->second.pool, &found->second);
    std::ignore = m_store.write<int>([executorId, process, clock = &m_clock](Database &db) -> Result<int> {
        const Status set = WorkerRegistry(db, *clock).setProcess(executorId, process);
        if (!set)
            return tl::unexpected(set.error());
        return 0;
    });
    publishSoon();
}

bool WorkerPoolManager::hasLiveWorkers() const
{
    return std::any_of(m_workers.cbegin(), m_workers.cend(), [](const auto &entry) { return !entry.second.ended; });
}

Beat WorkerPoolManager::beatOf(const ManagedWorker &worker) const
{
    return m_beats && worker.beatSlot >= 0 && !worker.ended ? m_beats->read(worker.beatSlot) : Beat();
}

void WorkerPoolManager::note(const QString &kind, const QString &message, const QString &pool, const ManagedWorker *worker, qint64 jobId)
{
    Event event;
    event.at = m_clock.utcNow();
    event.kind = kind;
    event.message = message;
    event.pool = pool;
    event.jobId = jobId;
    if (worker) {
        event.executorId = worker->executorId;
        event.workerType = worker->config.type;
        event.workerId = worker->workerId;
    } else if (const auto found = m_pools.find(pool); found != m_pools.end()) {
        event.workerType = found->second.config.type;
    }
    std::ignore = m_store.write<int>([event, clock = &m_clock](Database &db) -> Result<int> {
        const Status added = EventLog(db, *clock).add(event);
        if (!added)
            return tl::unexpected(added.error());
        return 0;
    });
    Q_EMIT eventHappened(event);
}

} // namespace lifeguard
