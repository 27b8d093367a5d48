// SPDX-License-Identifier: GPL-3.0-or-later
// WorkerPoolManager: what follows the end of a worker.
#include "core/pool/workerpoolmanager.h"

#include "core/base/future.h"
#include "core/pool/workerinfobuilder.h"
#include "core/store/jobqueue.h"
#include "core/store/store.h"
#include "core/store/workerregistry.h"

#include <QFile>

#include <algorithm>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds storeRetry{500};
constexpr int closeTriesWhenStopping = 3; ///< then the next manager closes the rows
constexpr int shownOutputLines = 3;

/// Why a worker ended, in words for its row.
QString reasonOf(const ManagedWorker &worker, const WorkerExit &exit, const QString &job)
{
    QString reason;
    switch (worker.endCause) {
    case EndCause::Stop:
    case EndCause::Recycle:
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
    // Of others, what was last read of the queue tells; for the words only.
    qint64 named = std::max<qint64>(0, begun);
    for (const RunningJob &running : m_snapshot.running) {
        if (begun == 0 && worker.workerId > 0 && running.workerId == worker.workerId) {
            named = running.id;
            break;
        }
    }
    QString job;
    if (named > 0) {
        job = jobNameOf(m_snapshot, named);
        if (job != tr("job %1").arg(named))
            job += tr(" (job %1)").arg(named);
    }

    // One that leaves without a fault (CLX's delete their row then) has not died: it wanted to end.
    // (Of an adopted one the exit code is not to be had; it says so in its slot.)
    const bool saidGoodbye = worker.isAdopted && worker.beats && beat.phase == WorkerPhase::Ended;
    const bool orderly = worker.endCause == EndCause::None && (exit.isClean() || saidGoodbye);
    worker.ended = true;
    worker.endedAt = m_clock.utcNow();
    worker.endState = worker.isWanted() || orderly ? WorkerState::Stopped : WorkerState::Dead;
    worker.endReason = reasonOf(worker, exit, job);
    const bool isDeath = worker.endCause == EndCause::None || worker.endCause == EndCause::Monitor;
    const QString poolName = worker.pool;
    const QString reason = worker.endReason;
    recordEvent(worker.endState == WorkerState::Stopped ? QStringLiteral("worker_stopped") : QStringLiteral("worker_failed"),
         (worker.endState == WorkerState::Stopped ? tr("%1 stopped: %2") : tr("%1 is dead: %2")).arg(worker.name(), reason), poolName, &worker,
         named);
    ++m_closing;
    closeRows(exit.executorId, begun, 0);
    const auto owner = m_pools.find(poolName);
    if (isDeath && exit.isBlameless) {
        if (owner != m_pools.end() && owner->second.config.restart == RestartMode::Never)
            leaveEnded(poolName, owner->second, reason);
        else
            reconcile(poolName);
    } else if (isDeath && !orderly) { // otherwise closeRows() looks first whether it finished a job
        afterEnding(poolName, exit.kind == WorkerExit::Kind::FailedToStart ? WorkerEnding::CannotStart : WorkerEnding::Died, reason);
    } else if (!orderly) {
        if (worker.endCause == EndCause::Kill && owner != m_pools.end() && owner->second.config.restart == RestartMode::Never)
            leaveEnded(poolName, owner->second, reason);
        else
            reconcile(poolName);
    }
    forget();
    finishIfEmpty();
    publishSoon();
}

/// Marks the worker dead and puts its jobs back, in one transaction; tries again until the database takes it.
void WorkerPoolManager::closeRows(const QString &executorId, qint64 begunJob, int tries)
{
    const auto found = m_workers.find(executorId); // forget() keeps it until it is closed
    if (found == m_workers.end()) {
        --m_closing;
        return;
    }
    const ManagedWorker &worker = found->second;
    const bool wanted = worker.endState == WorkerState::Stopped;
    const bool orderly = wanted && worker.endCause == EndCause::None;
    const ReturnPolicy policy{begunJob, !worker.isWanted(), worker.name() + QStringLiteral(": ") + worker.endReason};
    whenAnswered(m_store
        .write<WorkerEnding>([executorId, policy, wanted, orderly, knownId = worker.workerId, type = worker.config.type, since = worker.startedAt,
                      reason = worker.endReason, clock = &m_clock](Database &db) -> Result<WorkerEnding> {
            WorkerEnding ending = WorkerEnding::Left;
            const Status done = db.transaction([&]() -> Status {
                WorkerRegistry registry(db, *clock);
                const auto id = registry.idOf(executorId);
                if (!id)
                    return tl::unexpected(id.error());
                // A worker that is not ours may have deleted its row: its jobs still name it.
                const qint64 workerId = id->value_or(knownId);
                JobQueue queue(db, *clock);
                bool leftJobs = false;
                if (workerId > 0) {
                    const auto returned = queue.returnJobsOf(workerId, policy);
                    if (!returned)
                        return tl::unexpected(returned.error());
                    leftJobs = !returned->isEmpty();
                }
                if (orderly) {
                    const auto finished = queue.hasFinishedAny(workerId, type, since);
                    if (!finished)
                        return tl::unexpected(finished.error());
                    // Whatever its exit code says: one that leaves in the middle of a job has failed.
                    ending = leftJobs ? WorkerEnding::Died : *finished ? WorkerEnding::LeftAfterWork : WorkerEnding::Left;
                }
                return registry.end(executorId, reason, wanted);
            });
            if (!done)
                return tl::unexpected(done.error());
            return ending;
        }), this, [this, executorId, begunJob, tries, orderly](const Result<WorkerEnding> &written) {
            const bool giveUp = m_stoppingAll && tries + 1 >= closeTriesWhenStopping;
            if (!written && !giveUp) {
                reportWriteError(written.error());
                QTimer::singleShot(storeRetry, this, [this, executorId, begunJob, tries] { closeRows(executorId, begunJob, tries + 1); });
                return;
            }
            if (!written)
                m_leftOpen = true;
            else
                m_hasReportedWriteError = false;
            --m_closing;
            const auto entry = m_workers.find(executorId);
            if (entry == m_workers.end())
                return;
            ManagedWorker &ended = entry->second;
            ended.isClosed = true;
            if (ended.beatSlot >= 0 && written) {
                if (ended.beats == m_beats)
                    m_freeSlots.append(ended.beatSlot);
                else if (ended.beats.use_count() == 1)
                    QFile::remove(ended.beats->path()); // of an earlier manager, and this was its last worker
                ended.beatSlot = -1;
                ended.beats.reset();
            }
            if (orderly)
                afterEnding(ended.pool, written.value_or(WorkerEnding::Left), ended.endReason);
            finishIfEmpty();
        });
}

/// What is tried again is told once; what will never work makes an end.
void WorkerPoolManager::reportWriteError(const Error &error)
{
    if (error.code == ErrorCode::Busy)
        return; // the store tells of locks
    if (std::exchange(m_hasReportedWriteError, true))
        return;
    if (isTransient(error))
        Q_EMIT writeFailed(error);
    else
        Q_EMIT failed(error);
}

/// The pool goes on with one less, and stops with the last.
void WorkerPoolManager::leaveEnded(const QString &poolName, Pool &pool, const QString &reason)
{
    ++pool.unreplaced;
    const QString mode = toString(pool.config.restart);
    pool.reason = pool.unreplaced == 1 ? tr("one ended worker is not replaced (restart=%1): %2").arg(mode, reason)
                                       : tr("%1 ended workers are not replaced (restart=%2); the last: %3").arg(pool.unreplaced).arg(mode, reason);
    if (!liveOf(poolName).isEmpty())
        return;
    pool.state = PoolState::Stopped;
    recordEvent(QStringLiteral("pool_stopped"), tr("Pool %1 is stopped: %2").arg(poolName, pool.reason), poolName);
}

/// Replaces a worker that nobody stopped, or not, as its pool's policy says.
void WorkerPoolManager::afterEnding(const QString &poolName, WorkerEnding ending, const QString &reason)
{
    const auto found = m_pools.find(poolName);
    if (found == m_pools.end() || m_stoppingAll)
        return;
    Pool &pool = found->second;
    const milliseconds now = m_clock.steadyNow();
    const RestartMode mode = pool.config.restart;
    if (ending == WorkerEnding::LeftAfterWork)
        pool.history = {0, true};
    if (RestartPolicy::countsAsDeath(mode, ending)) {
        if (pool.history.deathsInARow > 0 && now - pool.lastDeath > RestartPolicy::resetAfter)
            pool.history.deathsInARow = 0;
        pool.lastDeath = now;
        ++pool.history.deathsInARow;
    }
    if (pool.state != PoolState::Starting && pool.state != PoolState::Running)
        return;
    const RestartDecision decision = RestartPolicy::decide(mode, ending, pool.history);
    switch (decision.action) {
    case RestartDecision::Action::CrashLoop:
        pool.state = PoolState::CrashLooping;
        pool.reason = ending == WorkerEnding::CannotStart
            ? reason
            : tr("%1 workers died in a row before their first job was done; the last: %2").arg(pool.history.deathsInARow).arg(reason);
        recordEvent(QStringLiteral("pool_crash_looping"), tr("Pool %1 stopped trying: %2").arg(poolName, pool.reason), poolName);
        break;
    case RestartDecision::Action::LeaveEnded:
        leaveEnded(poolName, pool, reason);
        break;
    case RestartDecision::Action::Restart:
        pool.lastDeathReason = reason;
        if (decision.delay > 0ms)
            pool.startAfter = now + decision.delay;
        reconcile(poolName);
        break;
    }
    publishSoon();
}

} // namespace lifeguard
