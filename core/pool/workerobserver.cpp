// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerobserver.h"

#include "core/base/logging.h"
#include "core/executor/workerexecutor.h"
#include "core/model/durationtext.h"
#include "core/pool/pooljournal.h"
#include "core/pool/scheduler.h"
#include "core/pool/snapshotindex.h"
#include "core/pool/workertable.h"

namespace lifeguard {

WorkerObserver::WorkerObserver(const Clock &clock, Scheduler &scheduler, StoreClock &storeClock, WorkerTable &workers,
                               WorkerExecutor &executor, const SnapshotIndex &snapshot, PoolJournal &journal,
                               QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_scheduler(scheduler)
    , m_storeClock(storeClock)
    , m_workers(workers)
    , m_snapshot(snapshot)
    , m_journal(journal)
    , m_monitor([&executor] { return executor.workerStats(); },
                [this](const QHash<QString, WorkerStats> &stats) { return observe(stats); })
{
    connect(&m_monitor, &HealthMonitor::assessed, this, &WorkerObserver::assessed);
}

void WorkerObserver::start()
{
    m_scheduler.callAfter(HealthMonitor::interval, this, [this] { poll(); });
}

void WorkerObserver::poll()
{
    start();
    m_monitor.poll();
}

void WorkerObserver::setOutage(StoreClock::Outage outage, bool isActive)
{
    if (m_storeClock.hasOutage(outage) == isActive)
        return;
    checkClocks(); // attributes the time until now to the previous state
    m_storeClock.setOutage(outage, isActive);
}

void WorkerObserver::checkClocks()
{
    const std::optional<ClockJump> jump = m_storeClock.poll();
    if (!jump)
        return;
    for (auto &[id, worker] : m_workers.all()) {
        if (!worker.hasEnded())
            worker.signs.restart(m_clock.steadyNow(), m_storeClock.now());
    }
    reportJump(*jump);
}

void WorkerObserver::reportJump(const ClockJump &jump)
{
    const QJsonArray by{durationMessage(std::chrono::abs(jump.by)).asArgument()};
    switch (jump.kind) {
    case ClockJump::Kind::Suspended:
        m_journal.recordEvent(EventKind::MachineSlept, Message("machine_slept", by));
        break;
    case ClockJump::Kind::ClockSet: {
        const bool isForward = jump.by > milliseconds(0);
        m_journal.recordEvent(EventKind::ClockSet, Message(isForward ? "clock_set_forward" : "clock_set_back", by));
        break;
    }
    case ClockJump::Kind::Stalled:
        qCWarning(lcPool, "this program did not run for %lld ms", static_cast<long long>(jump.by.count()));
        break;
    }
}

QHash<QString, Observation> WorkerObserver::observe(const QHash<QString, WorkerStats> &stats)
{
    checkClocks();
    const milliseconds now = m_clock.steadyNow();
    const milliseconds storeNow = m_storeClock.now();
    QHash<QString, Observation> observations;
    for (auto &[id, worker] : m_workers.all()) {
        if (worker.hasEnded() || worker.process.isNull())
            continue;
        if (const auto measured = stats.constFind(id); measured != stats.cend())
            worker.signs.addStats(*measured, worker.isRegistered(), worker.config.hungAfter, now, storeNow);
        observations.insert(id, observe(worker, now, storeNow));
    }
    return observations;
}

Observation WorkerObserver::observe(ManagedWorker &worker, milliseconds now, milliseconds storeNow)
{
    VitalSigns &signs = worker.signs;
    const bool beatsInDatabase = signs.stats().beatsInDatabase;
    Observation observation;
    observation.registered = worker.isRegistered();
    observation.stopping = worker.phase == ManagedWorker::Phase::Stopping;
    observation.hasBeatChannel = worker.hasBeatChannel() || beatsInDatabase;
    observation.maxJobTime = worker.config.maxJobTime;
    observation.registrationTimeout = worker.config.registrationTimeout;
    observation.staleAfter = worker.config.staleAfter;
    observation.hungAfter = worker.config.hungAfter;
    observation.restartHung = worker.config.restartHung;
    // The kernel's account differs from ours, for example in pages of files. Where it enforces the limit, its decision
    // counts: it kills a tool rather than the worker.
    if (!signs.stats().isMemoryLimited)
        observation.memoryLimitBytes = worker.config.memoryLimitMb * 1024 * 1024;
    if (worker.hasBeatChannel()) {
        const Beat beat = worker.beat();
        signs.addBeat(beat, now);
        signs.addJob({beat.jobId, worker.workerId, beat.attempt}, now - beat.jobStartedAt, storeNow);
        observation.busy = beat.jobId > 0;
        if (beat.jobId > 0 && beat.jobLimit > seconds(0))
            observation.maxJobTime = beat.jobLimit;
        observation.beatAge = signs.beatAge(now);
    } else {
        const RunningJob *job = m_snapshot.runningJobOf(worker.workerId);
        signs.addJob(job ? Lease{job->id, job->workerId, job->attempt} : Lease{}, milliseconds(0), storeNow);
        observation.busy = job || worker.row.status == WorkerStatus::Busy;
        if (job && job->maxJobTime)
            observation.maxJobTime = *job->maxJobTime;
        // A worker that beats only while it is idle has not been silent for longer than it has been idle.
        signs.addHeartbeat(worker.row.lastHeartbeat, observation.busy && !beatsInDatabase, storeNow);
        if (worker.row.lastHeartbeat.isValid())
            observation.beatAge = signs.heartbeatAge(storeNow);
    }
    signs.fill(observation, now, storeNow);
    return observation;
}

} // namespace lifeguard
