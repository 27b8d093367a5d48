// SPDX-License-Identifier: GPL-3.0-or-later
// What WorkerPoolManager does about the lives of its workers: their end, their health, and what is shown of them.
#include "core/base/logging.h"
#include "core/base/future.h"
#include "core/pool/rescuer.h"
#include "core/pool/workerpoolmanager.h"
#include "core/pool/workerviews.h"
#include "core/store/jobqueue.h"
#include "core/store/store.h"
#include "core/store/workerregistry.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <tuple>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds publishInterval{50};
constexpr seconds endedShown{600}; ///< ended workers stay in the list for that long
constexpr int mostEndedShown = 200;
constexpr qint64 largestLog = 64LL * 1024 * 1024; ///< bytes; a worker's log that grows past it begins anew
constexpr milliseconds storeRetry{500};
constexpr int closeTriesWhenStopping = 3; ///< then the next manager closes the rows
constexpr int shownOutputLines = 3;

/// Why a worker ended, in words for its row.
QString reasonOf(const ManagedWorker &worker, const WorkerExit &exit, const QString &job)
{
    QString reason;
    switch (worker.endCause) {
    case EndCause::Stop:
        return worker.endWhy + (exit.kind == WorkerExit::Kind::Signalled ? WorkerPoolManager::tr("; killed (%1) after its grace").arg(exit.message) : QString());
    case EndCause::Kill:
        reason = worker.endWhy;
        break;
    case EndCause::Monitor:
        reason = worker.endWhy + QStringLiteral("; ") + exit.message;
        break;
    case EndCause::None:
        reason = exit.isClean() ? WorkerPoolManager::tr("ended by itself (exit code 0)") : exit.message;
        break;
    }
    if (!job.isEmpty())
        reason += WorkerPoolManager::tr(" while it worked on %1").arg(job);
    if (worker.endCause != EndCause::Kill && !exit.lastLines.isEmpty()) {
        const qsizetype shown = std::min<qsizetype>(shownOutputLines, exit.lastLines.size());
        reason += WorkerPoolManager::tr(". Last output: %1").arg(exit.lastLines.mid(exit.lastLines.size() - shown).join(QStringLiteral(" | ")));
    }
    return reason;
}

} // namespace

void WorkerPoolManager::onExited(const WorkerExit &exit)
{
    const auto found = m_workers.find(exit.executorId);
    if (found == m_workers.end() || found->second.ended)
        return;
    ManagedWorker &worker = found->second;
    // Read before it counts as ended: the slot still says which job it had begun.
    const Beat beat = beatOf(worker);
    qint64 begun = 0; // unknown: a command of the user's own
    if (worker.beatSlot >= 0)
        begun = beat.jobId > 0 ? beat.jobId : -1;
    QString job;
    if (begun > 0) {
        job = jobNameOf(m_snapshot, begun);
        if (job != tr("job %1").arg(begun))
            job += tr(" (job %1)").arg(begun);
    }

    // One that leaves without a fault (CLX's delete their row then) has not died: it wanted to end.
    const bool orderly = worker.endCause == EndCause::None && exit.isClean();
    worker.ended = true;
    worker.endedAt = m_clock.utcNow();
    worker.endState = worker.endCause == EndCause::Stop || orderly ? WorkerState::Stopped : WorkerState::Dead;
    worker.endReason = reasonOf(worker, exit, job);
    const bool isDeath = worker.endCause == EndCause::None || worker.endCause == EndCause::Monitor;
    const QString poolName = worker.pool;
    const QString reason = worker.endReason;
    note(worker.endState == WorkerState::Stopped ? QStringLiteral("worker_stopped") : QStringLiteral("worker_failed"),
         (worker.endState == WorkerState::Stopped ? tr("%1 stopped: %2") : tr("%1 is dead: %2")).arg(worker.name(), reason), poolName, &worker,
         std::max<qint64>(0, begun));
    ++m_closing;
    closeRows(exit.executorId, begun, 0);
    if (isDeath && !orderly) // otherwise closeRows() looks first whether it finished a job
        afterDeath(poolName, exit.kind != WorkerExit::Kind::FailedToStart, reason);
    else if (!orderly)
        reconcile(poolName);
    forget();
    finishIfEmpty();
    publishSoon();
}

/// Marks the worker dead and puts its jobs back, in one transaction; tries again until the database takes it.
void WorkerPoolManager::closeRows(const QString &executorId, qint64 begunJob, int tries)
{
    const auto found = m_workers.find(executorId);
    if (found == m_workers.end())
        return;
    const ManagedWorker &worker = found->second;
    const bool wanted = worker.endState == WorkerState::Stopped;
    const bool orderly = wanted && worker.endCause == EndCause::None;
    const ReturnPolicy policy{begunJob, worker.endCause != EndCause::Stop, worker.name() + QStringLiteral(": ") + worker.endReason};
    whenAnswered(m_store
        .write<bool>([executorId, policy, wanted, orderly, knownId = worker.workerId, type = worker.config.type, since = worker.startedAt,
                      reason = worker.endReason, clock = &m_clock](Database &db) -> Result<bool> {
            bool finishedAny = false;
            const Status done = db.transaction([&]() -> Status {
                WorkerRegistry registry(db, *clock);
                const auto id = registry.idOf(executorId);
                if (!id)
                    return tl::unexpected(id.error());
                // A worker that is not ours may have deleted its row: its jobs still name it.
                const qint64 workerId = id->value_or(knownId);
                JobQueue queue(db, *clock);
                if (workerId > 0) {
                    if (const auto returned = queue.returnJobsOf(workerId, policy); !returned)
                        return tl::unexpected(returned.error());
                }
                if (orderly) {
                    const auto finished = queue.hasFinishedAny(workerId, type, since);
                    if (!finished)
                        return tl::unexpected(finished.error());
                    finishedAny = *finished;
                }
                return registry.end(executorId, reason, wanted);
            });
            if (!done)
                return tl::unexpected(done.error());
            return finishedAny;
        }), this, [this, executorId, begunJob, tries, orderly](const Result<bool> &written) {
            const bool giveUp = m_stoppingAll && tries + 1 >= closeTriesWhenStopping;
            if (!written && !giveUp) {
                if (written.error().code != ErrorCode::Busy && tries == 0)
                    Q_EMIT failed(written.error());
                QTimer::singleShot(storeRetry, this, [this, executorId, begunJob, tries] { closeRows(executorId, begunJob, tries + 1); });
                return;
            }
            const auto ended = m_workers.find(executorId);
            if (ended != m_workers.end() && ended->second.beatSlot >= 0) {
                m_freeSlots.append(ended->second.beatSlot);
                ended->second.beatSlot = -1;
            }
            if (ended != m_workers.end() && orderly)
                afterOrderlyEnd(ended->second, written.value_or(false));
            --m_closing;
            finishIfEmpty();
        });
}

/// Replaces a worker that left by itself: at once when it did its work, otherwise as slowly as one that died.
void WorkerPoolManager::afterOrderlyEnd(const ManagedWorker &worker, bool finishedAny)
{
    if (!finishedAny) {
        afterDeath(worker.pool, true, worker.endReason);
        return;
    }
    if (const auto pool = m_pools.find(worker.pool); pool != m_pools.end())
        pool->second.deathsInARow = 0;
    reconcile(worker.pool);
}

void WorkerPoolManager::afterDeath(const QString &poolName, bool couldStart, const QString &reason)
{
    const auto found = m_pools.find(poolName);
    if (found == m_pools.end() || m_stoppingAll)
        return;
    Pool &pool = found->second;
    const milliseconds now = m_clock.steadyNow();
    if (pool.deathsInARow > 0 && now - pool.lastDeath > RestartPolicy::resetAfter)
        pool.deathsInARow = 0;
    pool.lastDeath = now;
    ++pool.deathsInARow;
    if (pool.state != PoolState::Starting && pool.state != PoolState::Running)
        return;
    const RestartDecision decision = RestartPolicy::decide(pool.deathsInARow, couldStart);
    if (!decision.restart) {
        pool.state = PoolState::CrashLooping;
        pool.reason = couldStart ? tr("%1 workers died in a row before their first job; the last: %2").arg(pool.deathsInARow).arg(reason)
                                 : reason;
        note(QStringLiteral("pool_crash_looping"), tr("Pool %1 stopped trying: %2").arg(poolName, pool.reason), poolName);
        return;
    }
    pool.startAfter = now + decision.delay;
    reconcile(poolName);
}

void WorkerPoolManager::onSnapshot(const StoreSnapshot &snapshot)
{
    m_snapshot = snapshot;
    for (const WorkerRow &row : snapshot.workers) {
        const auto found = m_workers.find(row.executorId);
        if (found == m_workers.end() || row.id == 0)
            continue;
        ManagedWorker &worker = found->second;
        if (worker.workerId == 0 && !worker.ended) {
            worker.workerId = row.id;
            note(QStringLiteral("worker_registered"), tr("%1 is ready.").arg(worker.name()), worker.pool, &worker);
        }
        const auto pool = m_pools.find(worker.pool);
        if (pool != m_pools.end()) {
            const bool finishedMore = row.jobsProcessed + row.jobsFailed > worker.row.jobsProcessed + worker.row.jobsFailed;
            if (finishedMore)
                pool->second.deathsInARow = 0;
            if (pool->second.state == PoolState::Starting && !worker.ended) {
                pool->second.state = PoolState::Running;
                note(QStringLiteral("pool_started"), tr("Pool %1 runs.").arg(worker.pool), worker.pool);
            }
        }
        worker.row = row;
    }
    publishSoon();
}

QHash<QString, Observation> WorkerPoolManager::observe(const QHash<QString, WorkerStats> &stats)
{
    const milliseconds now = m_clock.steadyNow();
    const QDateTime utcNow = m_clock.utcNow();
    QHash<QString, Observation> observations;
    for (auto &[id, worker] : m_workers) {
        if (worker.ended || worker.process.isNull())
            continue;
        if (const auto measured = stats.constFind(id); measured != stats.cend()) {
            worker.stats = *measured;
            worker.hasStats = true;
        }
        Observation o;
        o.registered = worker.workerId > 0;
        o.stopping = worker.isEnding();
        o.hasBeatChannel = worker.beatSlot >= 0;
        o.age = now - worker.startedSteady;
        o.maxJobTime = worker.config.maxJobTime;
        o.registrationTimeout = worker.config.registrationTimeout;
        o.memoryBytes = worker.stats.memoryBytes;
        o.memoryLimitBytes = worker.config.memoryLimitMb * 1024 * 1024;
        o.processState = worker.stats.state;
        if (o.hasBeatChannel) {
            const Beat beat = beatOf(worker);
            if (beat.counter != worker.lastCounter) {
                worker.lastCounter = beat.counter;
                worker.lastBeatSteady = now;
            }
            o.busy = beat.jobId > 0;
            if (o.busy)
                o.jobAge = now - beat.jobStartedAt;
            if (beat.counter > 0)
                o.beatAge = now - worker.lastBeatSteady;
        } else {
            o.busy = worker.row.status == QStringLiteral("busy");
            for (const RunningJob &job : m_snapshot.running) {
                if (worker.workerId > 0 && job.workerId == worker.workerId && job.startedAt.isValid()) {
                    o.busy = true;
                    o.jobAge = milliseconds(job.startedAt.msecsTo(utcNow));
                    break;
                }
            }
            // A snapshot that is old itself says nothing of a beat. Nor does a beat from before the job that has just ended: what is to
            // beat only while it is idle has not been silent for longer than it has been idle.
            const bool current = m_snapshot.readAt.isValid() && m_snapshot.readAt.secsTo(utcNow) < 5;
            if (o.busy)
                worker.lastBeatSteady = now;
            if (current && worker.row.lastHeartbeat.isValid()) {
                const milliseconds age(worker.row.lastHeartbeat.msecsTo(utcNow));
                o.beatAge = worker.lastBeatSteady > 0ms ? std::min(age, now - worker.lastBeatSteady) : age;
            }
        }
        observations.insert(id, o);
    }
    return observations;
}

void WorkerPoolManager::onAssessed(const QHash<QString, Verdict> &verdicts)
{
    for (auto verdict = verdicts.cbegin(); verdict != verdicts.cend(); ++verdict) {
        const auto found = m_workers.find(verdict.key());
        if (found == m_workers.end() || found->second.ended)
            continue;
        ManagedWorker &worker = found->second;
        const WorkerState before = worker.verdict.state;
        worker.verdict = verdict.value();
        if (worker.isEnding())
            continue;
        if (worker.verdict.state == WorkerState::Suspect && before != WorkerState::Suspect)
            note(QStringLiteral("worker_suspect"), tr("%1 is suspect: %2").arg(worker.name(), worker.verdict.reason), worker.pool, &worker);
        if (worker.verdict.state == WorkerState::Hung) {
            note(QStringLiteral("worker_hung"), tr("%1 is hung: %2").arg(worker.name(), worker.verdict.reason), worker.pool, &worker);
            std::ignore = m_store.write<int>([id = worker.executorId, reason = worker.verdict.reason, clock = &m_clock](Database &db) -> Result<int> {
                const Status set = WorkerRegistry(db, *clock).setHung(id, reason);
                if (!set)
                    return tl::unexpected(set.error());
                return 0;
            });
        }
        if (worker.verdict.remedy == Remedy::Stop)
            endWorker(worker, EndCause::Monitor, worker.verdict.reason, worker.config.stopGrace);
        else if (worker.verdict.remedy == Remedy::Kill)
            endWorker(worker, EndCause::Monitor, worker.verdict.reason, 0s);
    }
    publishSoon();
}

/// Mirrors the beats, keeps this manager's own heartbeat, and rescues what other managers left behind.
void WorkerPoolManager::tickStore()
{
    QList<BeatRow> beats;
    for (const auto &[id, worker] : m_workers) {
        if (worker.ended || worker.workerId == 0)
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
        .write<RescueReport>([beats, id = m_managerId, clock = &m_clock](Database &db) -> Result<RescueReport> {
            WorkerRegistry registry(db, *clock);
            const Status done = db.transaction([&]() -> Status {
                if (const Status mirrored = registry.mirror(beats); !mirrored)
                    return mirrored;
                return registry.beatManager(id);
            });
            if (!done)
                return tl::unexpected(done.error());
            return rescueStale(db, *clock, id);
        }), this, [this](const Result<RescueReport> &report) {
            m_tickUnderWay = false;
            if (report && (!report->endedWorkers.isEmpty() || !report->jobs.isEmpty())) {
                note(QStringLiteral("rescued"),
                     tr("Rescued what other managers left: %1 workers gone, %2 jobs put back.").arg(report->endedWorkers.size()).arg(report->jobs.size()), {});
            }
        });
}

void WorkerPoolManager::forget()
{
    QList<QPair<QDateTime, QString>> ended;
    for (const auto &[id, worker] : m_workers) {
        if (worker.ended && worker.beatSlot < 0)
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
            note(QStringLiteral("pool_stopped"), tr("Pool %1 is stopped.").arg(pool->first), pool->first);
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
        for (const auto &[id, worker] : m_workers) {
            if (worker.pool != name || worker.ended || worker.workerId == 0)
                continue;
            ++info.alive;
            const bool busy = worker.beatSlot >= 0 ? beatOf(worker).jobId > 0 : worker.row.status == QLatin1String("busy");
            info.busy += busy ? 1 : 0;
        }
        info.pendingJobs = m_snapshot.counts.value(pool.config.type).pending;
        infos.append(info);
    }
    return infos;
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
