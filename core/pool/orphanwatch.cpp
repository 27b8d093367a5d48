// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/orphanwatch.h"

#include "core/base/beatfile.h"
#include "core/base/processtable.h"
#include "core/base/processtree.h"
#include "core/pool/managerstates.h"
#include "core/pool/rescueview.h"
#include "core/store/workerregistry.h"

#include <QSet>

#include <algorithm>
#include <utility>

namespace lifeguard {
namespace {

/// Returns the content of the worker's slot; std::nullopt if it has not begun a job, or if that is not known.
std::optional<Beat> beatDuringJob(const OwnedWorker &worker)
{
    if (worker.beatPath.isEmpty() || worker.beatSlot < 0)
        return {};
    const auto file = BeatFile::open(worker.beatPath, false);
    if (!file || worker.beatSlot >= (*file)->slotCount())
        return {};
    const Beat beat = (*file)->read(worker.beatSlot);
    if (beat.jobId == 0)
        return {};
    return beat;
}

} // namespace

OrphanObservation OrphanWatch::observe(const OwnedWorker &worker, const Clock &clock, const RescueView &view)
{
    OrphanObservation orphan;
    orphan.beats = !worker.beatPath.isEmpty();
    orphan.maxJobTime = worker.maxJobTime;
    orphan.silence = m_heartbeats.silence(worker.executorId, std::max(worker.lastHeartbeat, worker.startedAt),
                                          clock.utcNow(), view.storeNow);
    if (const std::optional<Beat> beat = beatDuringJob(worker)) {
        orphan.jobAge = clock.steadyNow() - beat->jobStartedAt;
        if (beat->jobLimit > seconds(0))
            orphan.maxJobTime = beat->jobLimit;
    }
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

Message OrphanWatch::killReason(const QString &executorId) const
{
    const std::lock_guard lock(m_mutex);
    return m_killed.value(executorId);
}

Result<int> OrphanWatch::poll(Database &database, const Clock &clock, const RescueView &view)
{
    m_heartbeats.handleJumps(view.jumpCount, view.storeNow);
    if (std::exchange(m_jumpCount, view.jumpCount) != view.jumpCount)
        m_stoppedSince.clear();
    // Workers are read before managers, so that the workers of a manager that registers in between do not look like
    // orphans.
    const Result<QList<OwnedWorker>> owned = WorkerRegistry(database, clock).owned();
    if (!owned)
        return failure(owned.error());
    const Result<ManagerStates> managers = ManagerStates::read(database, clock, view, m_heartbeats);
    if (!managers)
        return failure(managers.error());
    int killed = 0;
    QSet<QString> open; // workers whose rows are not closed
    QSet<QString> orphans;
    for (const OwnedWorker &worker : *owned) {
        open.insert(worker.executorId);
        if (managers->of(worker.managerId) != ManagerStates::State::Gone)
            continue;
        if (presenceOf(worker.process) != ProcessPresence::Alive)
            continue;
        orphans.insert(worker.executorId);
        const std::optional<Message> reason = unrecoverableReason(observe(worker, clock, view));
        if (!reason)
            continue;
        { // Stored before the kill: a manager that waits for the lock of this worker may close its rows at once.
            const std::lock_guard lock(m_mutex);
            m_killed.insert(worker.executorId, *reason);
        }
        killTrees({worker.process.pid}, {worker.executorId});
        ++killed;
    }
    m_heartbeats.forgetUnused();
    m_stoppedSince.removeIf([&orphans](const auto &entry) { return !orphans.contains(entry.key()); });
    const std::lock_guard lock(m_mutex);
    m_killed.removeIf([&open](const auto &entry) { return !open.contains(entry.key()); });
    return killed;
}

} // namespace lifeguard
