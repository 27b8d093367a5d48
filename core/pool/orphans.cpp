// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/orphans.h"

#include "core/base/beatfile.h"
#include "core/base/durationtext.h"
#include "core/config/workerconfig.h"
#include "core/base/processtree.h"
#include "core/health/healthpolicy.h"
#include "core/pool/rescuer.h"
#include "core/store/workerregistry.h"

#include <QCoreApplication>
#include <QSet>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Orphans", text);
}

/// The age of the job that it has begun, from its slot; nothing: none, or not known.
std::optional<milliseconds> begunJobAge(const OwnedWorker &worker, const Clock &clock)
{
    if (worker.beatPath.isEmpty() || worker.beatSlot < 0)
        return {};
    const auto file = BeatFile::open(worker.beatPath, false);
    if (!file || worker.beatSlot >= (*file)->slotCount())
        return {};
    const Beat beat = (*file)->read(worker.beatSlot);
    if (beat.jobId == 0)
        return {};
    return clock.steadyNow() - beat.jobStartedAt;
}

} // namespace

std::optional<QString> unrecoverableReason(const OrphanObservation &orphan)
{
    if (orphan.stopped && *orphan.stopped >= staleHeartbeat)
        return tr("its process has been stopped (T) for %1").arg(durationText(*orphan.stopped));
    // The worker acts at its limit, and so does the guard of a command; with the slack that a manager would give them.
    const milliseconds limit = orphan.maxJobTime + jobLimitSlack;
    if (orphan.jobAge && *orphan.jobAge > limit)
        return tr("its job has run for %1, over its limit of %2").arg(durationText(*orphan.jobAge), durationText(orphan.maxJobTime));
    if (orphan.beats && orphan.silence && *orphan.silence > std::max<milliseconds>(limit, staleHeartbeat))
        return tr("no beat for %1").arg(durationText(*orphan.silence));
    return {};
}

OrphanObservation OrphanWatch::observe(const OwnedWorker &worker, const Clock &clock, const RescueView &view)
{
    OrphanObservation orphan;
    orphan.beats = !worker.beatPath.isEmpty();
    orphan.maxJobTime = worker.maxJobTime;
    orphan.silence = m_heartbeats.silence(worker.executorId, std::max(worker.lastHeartbeat, worker.startedAt), clock.utcNow(), view.storeNow);
    orphan.jobAge = begunJobAge(worker, clock);
    const std::optional<ProcessEntry> process = processEntry(worker.process.pid);
    if (!process || process->state != 'T') {
        m_stoppedSince.remove(worker.executorId);
        return orphan;
    }
    if (!m_stoppedSince.contains(worker.executorId))
        m_stoppedSince.insert(worker.executorId, view.steadyNow);
    orphan.stopped = view.steadyNow - m_stoppedSince.value(worker.executorId);
    return orphan;
}

QString OrphanWatch::whyKilled(const QString &executorId) const
{
    const std::lock_guard lock(m_mutex);
    return m_killed.value(executorId);
}

Result<int> OrphanWatch::look(Database &database, const Clock &clock, const RescueView &view)
{
    m_heartbeats.noticeJumps(view.jumps, view.storeNow);
    if (std::exchange(m_jumps, view.jumps) != view.jumps)
        m_stoppedSince.clear();
    WorkerRegistry registry(database, clock);
    const Result<QList<OwnedWorker>> owned = registry.owned();
    if (!owned)
        return tl::unexpected(owned.error());
    const Result<QList<ManagerRow>> managers = registry.managers();
    if (!managers)
        return tl::unexpected(managers.error());
    QSet<QString> present{view.managerId}; // or such that nothing can be said of them
    for (const ManagerRow &manager : *managers) {
        if (presenceOf(manager.process) != ProcessPresence::Gone)
            present.insert(manager.id);
    }
    int killed = 0;
    QSet<QString> open; // whose rows are not closed
    QSet<QString> seen;
    for (const OwnedWorker &worker : *owned) {
        open.insert(worker.executorId);
        if (present.contains(worker.managerId) || presenceOf(worker.process) != ProcessPresence::Alive)
            continue;
        seen.insert(worker.executorId);
        const std::optional<QString> why = unrecoverableReason(observe(worker, clock, view));
        if (!why)
            continue;
        { // before: whoever waited for its lock may close its rows at once
            const std::lock_guard lock(m_mutex);
            m_killed.insert(worker.executorId, *why);
        }
        killTrees({worker.process.pid}, {worker.executorId});
        ++killed;
    }
    const std::lock_guard lock(m_mutex);
    m_killed.removeIf([&open](const auto &entry) { return !open.contains(entry.key()); });
    m_heartbeats.endRound();
    m_stoppedSince.removeIf([&seen](const auto &entry) { return !seen.contains(entry.key()); });
    return killed;
}

} // namespace lifeguard
