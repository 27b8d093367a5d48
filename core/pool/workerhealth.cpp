// SPDX-License-Identifier: GPL-3.0-or-later
// WorkerPoolManager: what is known of its workers' health, and what is done about it.
#include "core/pool/workerpoolmanager.h"

#include "core/base/durationtext.h"
#include "core/base/logging.h"
#include "core/store/store.h"
#include "core/store/workerregistry.h"

namespace lifeguard {

using namespace std::chrono_literals;

/// Time as far as something could be learnt from the database in it: what is judged by what stands there (registering, the beats of
/// commands of the user's own, the age of a job that could not be acknowledged) must not grow old while it is locked.
milliseconds WorkerPoolManager::storeNow() const
{
    const milliseconds now = m_clock.steadyNow();
    const milliseconds sinceLook = isStoreUnavailable() && m_lastLook > 0ms ? now - m_lastLook : 0ms;
    return now - m_unavailableFor - sinceLook;
}

/// After a suspend, a clock that was set, or a time in which this program itself did not get to look, all begin a fresh period
/// of grace.
void WorkerPoolManager::noticeJumps()
{
    const milliseconds now = m_clock.steadyNow();
    if (isStoreUnavailable() && m_lastLook > 0ms)
        m_unavailableFor += now - m_lastLook;
    const std::optional<TimeJump> jump = m_jumps.look(m_clock);
    if (jump && jump->kind == TimeJump::Kind::Late && !isStoreUnavailable())
        m_unavailableFor += jump->by; // what the database told meanwhile is still to be read
    m_lastLook = now;
    if (!jump)
        return;
    ++m_jumpCount;
    for (auto &[id, worker] : m_workers) {
        if (worker.ended)
            continue;
        worker.stillness.reset();
        if (worker.lastBeatSteady > 0ms)
            worker.lastBeatSteady = now;
        worker.lastSignStore = storeNow();
        if (worker.stoppedSince > 0ms)
            worker.stoppedSince = now;
    }
    const QString by = durationText(std::chrono::abs(jump->by));
    switch (jump->kind) {
    case TimeJump::Kind::Slept:
        recordEvent(QStringLiteral("machine_slept"), tr("The machine slept for %1; workers get a fresh period of grace.").arg(by), {});
        break;
    case TimeJump::Kind::ClockSet:
        recordEvent(QStringLiteral("clock_set"), (jump->by > 0ms ? tr("The clock was set forward by %1; workers get a fresh period of grace.")
                                                          : tr("The clock was set back by %1; workers get a fresh period of grace.")).arg(by), {});
        break;
    case TimeJump::Kind::Late:
        qCWarning(lcPool, "did not get to look after the workers for %lld ms", static_cast<long long>(jump->by.count()));
        break;
    }
}

Observation WorkerPoolManager::observationOf(ManagedWorker &worker, milliseconds now)
{
    Observation o;
    o.registered = worker.workerId > 0;
    o.stopping = worker.isEnding() && !worker.isDraining;
    o.hasBeatChannel = worker.beatSlot >= 0 || worker.stats.beatsInDatabase;
    o.age = storeNow() - worker.startedStore;
    o.maxJobTime = worker.config.maxJobTime;
    o.registrationTimeout = worker.config.registrationTimeout;
    o.staleAfter = worker.config.staleAfter;
    o.hungAfter = worker.config.hungAfter;
    o.restartHung = worker.config.restartHung;
    o.memoryBytes = worker.stats.memoryBytes;
    o.memoryLimitBytes = worker.config.memoryLimitMb * 1024 * 1024;
    o.processState = worker.stats.state;
    o.unknownWhy = worker.stats.unknownWhy;
    o.unhealthy = worker.stats.unhealthy;
    o.cpuStill = worker.stillness.cpuStill();
    o.outputStill = worker.stillness.outputStill();
    o.cpuPercent = worker.stillness.cpuPercent();
    if (worker.stoppedSince > 0ms)
        o.stopped = now - worker.stoppedSince;

    Lease job;
    milliseconds jobAge{0};
    if (worker.beatSlot >= 0) {
        const Beat beat = beatOf(worker);
        if (beat.counter != worker.lastCounter) {
            worker.lastCounter = beat.counter;
            worker.lastBeatSteady = now;
        }
        if (beat.counter > 0 && worker.lastBeatSteady > 0ms)
            o.beatAge = now - worker.lastBeatSteady;
        job = {beat.jobId, worker.workerId, beat.attempt};
        jobAge = now - beat.jobStartedAt;
        o.busy = beat.jobId > 0;
    } else {
        o.busy = worker.row.status == WorkerStatus::Busy;
        for (const RunningJob &running : m_snapshot.running) {
            if (worker.workerId > 0 && running.workerId == worker.workerId) {
                o.busy = true;
                job = {running.id, running.workerId, running.attempt};
                break;
            }
        }
        // Neither clock is asked for the age of a beat, only whether it changed: the one of the wall may have been set. And one that
        // is to beat only while it is idle has not been silent for longer than it has been idle.
        if ((o.busy && !worker.stats.beatsInDatabase) || worker.row.lastHeartbeat != worker.seenHeartbeat)
            worker.lastSignStore = storeNow();
        worker.seenHeartbeat = worker.row.lastHeartbeat;
        if (worker.row.lastHeartbeat.isValid())
            o.beatAge = storeNow() - worker.lastSignStore;
    }
    if (job.jobId > 0) {
        if (job != worker.seenJob) {
            worker.seenJobStore = storeNow();
            worker.seenJobAge = jobAge;
        }
        o.jobAge = worker.seenJobAge + storeNow() - worker.seenJobStore;
    }
    worker.seenJob = job;
    return o;
}

QHash<QString, Observation> WorkerPoolManager::observe(const QHash<QString, WorkerStats> &stats)
{
    noticeJumps();
    const milliseconds now = m_clock.steadyNow();
    QHash<QString, Observation> observations;
    for (auto &[id, worker] : m_workers) {
        if (worker.ended || worker.process.isNull())
            continue;
        if (const auto measured = stats.constFind(id); measured != stats.cend()) {
            if (!measured->unknownWhy.isEmpty()) { // all begins anew when something can be learnt again
                worker.stats.unknownWhy = measured->unknownWhy;
                worker.stillness.reset();
                worker.stoppedSince = 0ms;
                worker.lastSignStore = storeNow();
                if (worker.workerId == 0)
                    worker.startedStore = storeNow();
                observations.insert(id, observationOf(worker, now));
                continue;
            }
            worker.stats = *measured;
            worker.hasStats = true;
            worker.history.add(now, measured->cpuPercent, measured->memoryBytes);
            worker.stillness.add(now, measured->cpuSeconds, measured->outputBytes, worker.config.hungAfter);
            if (measured->state != 'T')
                worker.stoppedSince = 0ms;
            else if (worker.stoppedSince == 0ms)
                worker.stoppedSince = now;
        }
        observations.insert(id, observationOf(worker, now));
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
        if (worker.isEnding() && !worker.isDraining)
            continue;
        const WorkerState state = worker.verdict.state;
        const bool isWell = state == WorkerState::Idle || state == WorkerState::Busy;
        if (state == WorkerState::Suspect && before != WorkerState::Suspect)
            recordEvent(QStringLiteral("worker_suspect"), tr("%1 is suspect: %2").arg(worker.name(), worker.verdict.reason), worker.pool, &worker);
        if (isWell && (before == WorkerState::Suspect || before == WorkerState::Hung))
            recordEvent(QStringLiteral("worker_recovered"), tr("%1 is well again.").arg(worker.name()), worker.pool, &worker);
        if (state == WorkerState::Hung && before != WorkerState::Hung)
            recordEvent(QStringLiteral("worker_hung"), tr("%1 is hung: %2").arg(worker.name(), worker.verdict.reason), worker.pool, &worker);
        if ((state == WorkerState::Hung) != (before == WorkerState::Hung)) {
            writeWhenFree([id = worker.executorId, verdict = worker.verdict, clock = &m_clock](Database &db) {
                WorkerRegistry registry(db, *clock);
                return verdict.state == WorkerState::Hung ? registry.setHung(id, verdict.reason)
                                                          : registry.setWell(id, verdict.state == WorkerState::Busy);
            });
        }
        if (worker.verdict.remedy == Remedy::Stop)
            endWorker(worker, EndCause::Monitor, worker.verdict.reason, worker.config.stopGrace);
        else if (worker.verdict.remedy == Remedy::Kill)
            endWorker(worker, EndCause::Monitor, worker.verdict.reason, 0s);
        else
            recycleIfDue(worker);
    }
    publishSoon();
}

/// A worker that has done its share of jobs, or has grown too large, is drained; its replacement is started at once.
void WorkerPoolManager::recycleIfDue(ManagedWorker &worker)
{
    const auto pool = m_pools.find(worker.pool);
    if (worker.ended || worker.isEnding() || worker.workerId == 0 || pool == m_pools.end() || pool->second.state != PoolState::Running)
        return;
    const qint64 jobs = worker.row.jobsProcessed + worker.row.jobsFailed;
    const qint64 memoryMb = worker.stats.memoryBytes / (1024 * 1024);
    QString why;
    if (worker.config.recycleAfterJobs > 0 && jobs >= worker.config.recycleAfterJobs)
        why = tr("recycled after %n job(s)", nullptr, int(jobs));
    else if (worker.config.recycleAboveMb > 0 && memoryMb > worker.config.recycleAboveMb)
        why = tr("recycled at %1 MB, above %2 MB").arg(memoryMb).arg(worker.config.recycleAboveMb);
    if (why.isEmpty())
        return;
    endWorker(worker, EndCause::Recycle, why, {});
    reconcile(worker.pool);
}

} // namespace lifeguard
