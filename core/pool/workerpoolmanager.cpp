// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerpoolmanager.h"

#include "core/base/durationtext.h"
#include "core/base/future.h"
#include "core/base/logging.h"
#include "core/base/paths.h"
#include "core/executor/routingworkerexecutor.h"
#include "core/pool/orphans.h"
#include "core/pool/rescuer.h"
#include "core/pool/workerinfobuilder.h"
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
constexpr seconds mirrorIntervalOfMany{15}; ///< the same for more than manyWorkers
constexpr int manyWorkers = 300;
constexpr milliseconds publishInterval{50};
constexpr int keptLogDays = 7;
constexpr seconds endedShown{600}; ///< ended workers stay in the list for that long
constexpr int mostEndedShown = 200;
constexpr qint64 largestLog = 64LL * 1024 * 1024; ///< bytes; a worker's log that grows past it begins anew

/// What a manager finds when it starts.
struct Found
{
    QList<OwnedWorker> adopted;
    RescueReport rescued;
};

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
    , m_heartbeats(std::make_shared<HeartbeatTracker>()), m_orphans(std::make_shared<OrphanWatch>())
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
    connect(&m_store, &Store::lockedChanged, this, [this](bool locked) {
        noticeJumps(); // the time until now is counted as what it was
        m_isLocked = locked;
    });
    connect(&m_store, &Store::readFailed, this, [this] {
        noticeJumps();
        m_readFails = true;
    });
    m_publishTimer.setSingleShot(true);
    connect(&m_publishTimer, &QTimer::timeout, this, &WorkerPoolManager::publish);
    connect(&m_storeTimer, &QTimer::timeout, this, &WorkerPoolManager::tickStore);
}

WorkerPoolManager::~WorkerPoolManager()
{
    m_executor.reset(); // kills what is left; normally nothing is
    if (!m_beats)
        return;
    const bool keep = hasLiveWorkers() || m_leftOpen; // its slots still say which jobs had begun: the next manager reads them
    if (!keep)
        QFile::remove(m_beats->path());
    std::ignore = m_store.write<int>([id = m_managerId, clock = &m_clock, keep](Database &db) -> Result<int> {
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

    m_executor = std::make_unique<RoutingWorkerExecutor>(m_paths.workerProgram, m_store.path(), m_managerId);
    connect(m_executor.get(), &WorkerExecutor::workerPrepared, this, &WorkerPoolManager::onPrepared);
    connect(m_executor.get(), &WorkerExecutor::preparing, this, &WorkerPoolManager::onPreparing);
    connect(m_executor.get(), &WorkerExecutor::engineReconnected, this, &WorkerPoolManager::onEngineReconnected);
    connect(m_executor.get(), &WorkerExecutor::workerStarted, this, &WorkerPoolManager::onStarted);
    connect(m_executor.get(), &WorkerExecutor::workerExited, this, &WorkerPoolManager::onExited);
    connect(m_executor.get(), &WorkerExecutor::limitIgnored, this, [this](const QString &executorId, const QString &what) {
        if (const auto worker = m_workers.find(executorId); worker != m_workers.end())
            recordEvent(QStringLiteral("worker_limit"), tr("%1: %2").arg(worker->second.name(), what), worker->second.pool, &worker->second);
    });
    m_monitor = std::make_unique<HealthMonitor>([this] { return m_executor->workerStats(); }, [this](const QHash<QString, WorkerStats> &stats) { return observe(stats); });
    connect(m_monitor.get(), &HealthMonitor::assessed, this, &WorkerPoolManager::onAssessed);

    noticeJumps(); // from now on
    m_storeTimer.start(storeInterval); // an orphan may keep the database locked, and is looked for meanwhile
    const QString id = m_managerId;
    const auto begin = [this, id] {
        return m_store.write<Found>([id, view = rescueView(), heartbeats = m_heartbeats, clock = &m_clock](Database &db) -> Result<Found> {
            if (const Status added = WorkerRegistry(db, *clock).registerManager(id, QStringLiteral("manager")); !added)
                return tl::unexpected(added.error());
            const Result<QList<OwnedWorker>> adopted = adoptDetached(db, *clock, id);
            if (!adopted)
                return tl::unexpected(adopted.error());
            const Result<RescueReport> rescued = rescueStale(db, *clock, view, *heartbeats);
            if (!rescued)
                return tl::unexpected(rescued.error());
            return Found{*adopted, *rescued};
        });
    };
    retryWhileBusy(begin, this, [this] { return !m_stoppingAll; }, [this](const Result<Found> &found) {
            if (!found) {
                m_storeTimer.stop();
                Q_EMIT failed(found.error());
                return;
            }
            const RescueReport *report = &found->rescued;
            tellManagers(*report);
            m_ready = true;
            m_monitor->start();
            if (!report->endedWorkers.isEmpty() || !report->jobs.isEmpty()) {
                recordEvent(QStringLiteral("cleaned_up"),
                     tr("Cleaned up after an earlier run: %1 workers gone, %2 jobs put back.").arg(report->endedWorkers.size()).arg(report->jobs.size()), {});
            }
            adopt(found->adopted);
            Q_EMIT ready();
            publishSoon();
        });
}

void WorkerPoolManager::onSnapshot(const StoreSnapshot &snapshot)
{
    if (m_readFails)
        noticeJumps();
    m_readFails = false;
    m_snapshot = snapshot;
    for (const WorkerRow &row : snapshot.workers) {
        const auto found = m_workers.find(row.executorId);
        if (found == m_workers.end() || row.id == 0)
            continue;
        ManagedWorker &worker = found->second;
        if (worker.workerId == 0 && !worker.ended) {
            worker.workerId = row.id;
            if (!worker.isAdopted)
                recordEvent(QStringLiteral("worker_registered"), tr("%1 is ready.").arg(worker.name()), worker.pool, &worker);
        }
        const auto pool = m_pools.find(worker.pool);
        if (pool != m_pools.end()) {
            const bool finishedMore = row.jobsProcessed + row.jobsFailed > worker.row.jobsProcessed + worker.row.jobsFailed;
            if (finishedMore)
                pool->second.history = {0, true};
            if (pool->second.state == PoolState::Starting && !worker.ended) {
                pool->second.state = PoolState::Running;
                recordEvent(QStringLiteral("pool_started"), tr("Pool %1 runs.").arg(worker.pool), worker.pool);
            }
        }
        worker.row = row;
        recycleIfDue(worker);
    }
    publishSoon();
}

/// Kills what other managers left behind and will never get on. This only reads, so that it works while the database is locked.
void WorkerPoolManager::lookForOrphans()
{
    if (std::exchange(m_lookUnderWay, true))
        return;
    whenAnswered(m_store
        .read<int>([view = rescueView(), orphans = m_orphans, clock = &m_clock](Database &db) {
            return orphans->look(db, *clock, view);
        }), this, [this](const Result<int> &) { m_lookUnderWay = false; }); // what was done is told when their rows are closed
}

/// Mirrors the beats, keeps this manager's own heartbeat, and rescues what other managers left behind.
void WorkerPoolManager::tickStore()
{
    lookForOrphans();
    if (!m_ready)
        return;
    QList<BeatRow> beats;
    const auto living = std::count_if(m_workers.cbegin(), m_workers.cend(), [](const auto &entry) { return !entry.second.ended; });
    const bool mirrors = living <= manyWorkers || m_clock.steadyNow() - m_mirroredAt >= mirrorIntervalOfMany;
    if (mirrors)
        m_mirroredAt = m_clock.steadyNow();
    for (const auto &[id, worker] : m_workers) {
        if (worker.ended || worker.workerId == 0 || !mirrors)
            continue;
        const bool fresh = worker.beatSlot >= 0 && m_clock.steadyNow() - worker.lastBeatSteady < 5s;
        beats.append({id, worker.stats.cpuPercent, double(worker.stats.memoryBytes) / (1024 * 1024), fresh});
        if (QFileInfo(worker.logPath).size() > largestLog)
            QFile::resize(worker.logPath, 0); // opened for appending: what follows is written at its new end
    }
    if (m_tickUnderWay)
        return;
    m_tickUnderWay = true;
    whenAnswered(m_store
        .write<RescueReport>([beats, id = m_managerId, view = rescueView(), heartbeats = m_heartbeats,
                              clock = &m_clock](Database &db) -> Result<RescueReport> {
            WorkerRegistry registry(db, *clock);
            const Status done = db.transaction([&]() -> Status {
                if (const Status mirrored = registry.mirror(beats); !mirrored)
                    return mirrored;
                return registry.beatManager(id);
            });
            if (!done)
                return tl::unexpected(done.error());
            return rescueStale(db, *clock, view, *heartbeats);
        }), this, [this](const Result<RescueReport> &report) {
            m_tickUnderWay = false;
            if (m_tickFails == report.has_value())
                noticeJumps();
            m_tickFails = !report;
            if (report)
                tellManagers(*report);
            if (report && (!report->endedWorkers.isEmpty() || !report->jobs.isEmpty())) {
                recordEvent(QStringLiteral("rescued"),
                     tr("Rescued what other managers left: %1 workers gone, %2 jobs put back.").arg(report->endedWorkers.size()).arg(report->jobs.size()), {});
            }
        });
}

/// What managers that are gone have left in Docker is looked for when something of them has changed.
void WorkerPoolManager::tellManagers(const RescueReport &report)
{
    if (report.endedWorkers.isEmpty() && m_managers == report.managers)
        return;
    m_managers = report.managers;
    m_executor->setManagers(report.managers);
}

bool WorkerPoolManager::hasLiveWorkers() const
{
    return std::any_of(m_workers.cbegin(), m_workers.cend(), [](const auto &entry) { return !entry.second.ended; });
}

Beat WorkerPoolManager::beatOf(const ManagedWorker &worker) const
{
    return worker.beats && !worker.ended ? worker.beats->read(worker.beatSlot) : Beat();
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

void WorkerPoolManager::recordEvent(const QString &kind, const QString &message, const QString &pool, const ManagedWorker *worker, qint64 jobId)
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
    writeWhenFree([event, clock = &m_clock](Database &db) { return EventLog(db, *clock).add(event); });
    Q_EMIT eventHappened(event);
}

RescueView WorkerPoolManager::rescueView() const
{
    return {m_managerId, m_clock.steadyNow(), storeNow(), m_jumpCount,
            [orphans = m_orphans](const QString &executorId) { return orphans->whyKilled(executorId); }};
}

/// Writes what nobody waits for; again while somebody else keeps the database locked.
void WorkerPoolManager::writeWhenFree(std::function<Status(Database &)> task)
{
    const auto command = [this, task = std::move(task)] {
        return m_store.write<int>([task](Database &db) -> Result<int> {
            if (const Status done = task(db); !done)
                return tl::unexpected(done.error());
            return 0;
        });
    };
    retryWhileBusy(command, this, [] { return true; }, [](const Result<int> &written) {
        if (!written)
            qCWarning(lcPool).noquote() << "not written:" << written.error().message;
    });
}

void WorkerPoolManager::forget()
{
    QList<QPair<QDateTime, QString>> ended;
    for (const auto &[id, worker] : m_workers) {
        if (worker.ended && worker.isClosed)
            ended.append({worker.endedAt, id});
    }
    std::sort(ended.begin(), ended.end());
    const QDateTime limit = m_clock.utcNow().addSecs(-endedShown.count());
    for (qsizetype i = 0; i < ended.size(); ++i) {
        if (ended.at(i).first < limit || ended.size() - i > mostEndedShown)
            m_workers.erase(ended.at(i).second);
    }
}

void WorkerPoolManager::finishIfEmpty()
{
    for (auto pool = m_pools.begin(); pool != m_pools.end();) {
        if (pool->second.state == PoolState::Stopping && liveOf(pool->first).isEmpty()) {
            pool->second.state = PoolState::Stopped;
            recordEvent(QStringLiteral("pool_stopped"), tr("Pool %1 is stopped.").arg(pool->first), pool->first);
            publishSoon();
        }
        pool = pool->second.state == PoolState::Stopped && pool->second.removeWhenEmpty ? m_pools.erase(pool) : std::next(pool);
    }
    if (!m_stoppingAll || m_allStopped || hasLiveWorkers() || m_closing > 0)
        return;
    m_allStopped = true;
    QMetaObject::invokeMethod(this, &WorkerPoolManager::allStopped, Qt::QueuedConnection);
}

void WorkerPoolManager::publishSoon()
{
    if (!m_publishTimer.isActive())
        m_publishTimer.start(publishInterval);
}

void WorkerPoolManager::publish()
{
    Q_EMIT workersChanged(workers());
    Q_EMIT poolsChanged(pools());
}

QList<PoolInfo> WorkerPoolManager::pools() const
{
    QList<PoolInfo> infos;
    for (const auto &[name, pool] : m_pools) {
        PoolInfo info;
        info.name = name;
        info.config = pool.config;
        info.state = pool.state;
        info.reason = pool.reason;
        info.mode = pool.isSettled ? toString(pool.config.mode) : QString();
        info.modeReason = pool.modeReason;
        if (const milliseconds wait = pool.startAfter - m_clock.steadyNow(); pool.state == PoolState::Running || pool.state == PoolState::Starting) {
            if (wait > 0ms) {
                info.reason = tr("the next worker is started in %1: %2 died in a row, the last: %3")
                                  .arg(durationText(std::chrono::ceil<seconds>(wait))).arg(pool.history.deathsInARow).arg(pool.lastDeathReason);
            }
        }
        for (const auto &[id, worker] : m_workers) {
            if (worker.pool != name || worker.ended || worker.workerId == 0)
                continue;
            ++info.alive;
            const bool busy = worker.beatSlot >= 0 ? beatOf(worker).jobId > 0 : worker.row.status == WorkerStatus::Busy;
            info.busy += busy ? 1 : 0;
        }
        info.pendingJobs = m_snapshot.counts.value(pool.config.type).pending;
        infos.append(info);
    }
    return infos;
}

UsageHistory WorkerPoolManager::historyOf(const QString &executorId) const
{
    const auto found = m_workers.find(executorId);
    return found == m_workers.end() ? UsageHistory() : found->second.history;
}

QList<WorkerInfo> WorkerPoolManager::workers() const
{
    const milliseconds now = m_clock.steadyNow();
    const QDateTime utcNow = m_clock.utcNow();
    QList<WorkerInfo> infos;
    for (const auto &[id, worker] : m_workers)
        infos.append(viewOf(worker, beatOf(worker), m_snapshot, now, utcNow));
    for (const WorkerRow &row : m_snapshot.workers) {
        if (m_workers.count(row.executorId) == 0)
            infos.append(viewOf(row, m_snapshot, utcNow));
    }
    return infos;
}

} // namespace lifeguard
