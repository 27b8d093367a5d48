// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/rescuescheduler.h"

#include "core/base/futurecallbacks.h"
#include "core/pool/heartbeattracker.h"
#include "core/pool/orphanwatch.h"
#include "core/pool/ownmanagers.h"
#include "core/pool/rescueview.h"
#include "core/pool/scheduler.h"
#include "core/pool/storeclock.h"
#include "core/pool/workerlogs.h"
#include "core/pool/workertable.h"
#include "core/store/store.h"

#include <QStringList>
#include <QtConcurrent>

#include <utility>

namespace lifeguard {
namespace {

constexpr seconds freshBeat{5}; ///< an older beat is not mirrored

Result<RescueReport> mirrorBeats(Database &database, const Clock &clock, const RescueView &view,
                                 HeartbeatTracker &heartbeats, const QList<BeatRow> &beats)
{
    WorkerRegistry registry(database, clock);
    bool isRegisteredAgain = false;
    const Status done = database.transaction([&]() -> Status {
        if (const Status mirrored = registry.mirror(beats); !mirrored)
            return mirrored;
        const Result<bool> registered = registry.beatManager(view.managerId);
        if (!registered)
            return failure(registered.error());
        isRegisteredAgain = *registered;
        return {};
    });
    if (!done)
        return failure(done.error());
    if (const Status repaired = database.repairSchema(); !repaired)
        return failure(repaired.error());
    Result<RescueReport> report = Rescuer(database, clock, view, heartbeats).rescueStale();
    if (report)
        report->isRegisteredAgain = isRegisteredAgain;
    return report;
}

} // namespace

RescueScheduler::RescueScheduler(Store &store, const Clock &clock, Scheduler &scheduler, const StoreClock &storeClock,
                                 const WorkerTable &workers, QString managerId, QObject *parent)
    : QObject(parent)
    , m_store(store)
    , m_clock(clock)
    , m_scheduler(scheduler)
    , m_storeClock(storeClock)
    , m_workers(workers)
    , m_managerId(std::move(managerId))
    , m_heartbeats(std::make_shared<HeartbeatTracker>())
    , m_orphans(std::make_shared<OrphanWatch>())
{
    OwnManagers::add(m_managerId);
}

RescueScheduler::~RescueScheduler()
{
    OwnManagers::remove(m_managerId);
}

RescueView RescueScheduler::view() const
{
    return {m_managerId,
            m_clock.steadyNow(),
            m_storeClock.now(),
            m_storeClock.jumpCount(),
            [orphans = m_orphans](const QString &executorId) { return orphans->killReason(executorId); },
            &OwnManagers::contains};
}

void RescueScheduler::registerManager(std::function<bool()> shouldRetry,
                                      std::function<void(const Result<ManagerRegistration> &)> registered)
{
    scheduleTick();
    const auto write = [this] {
        const auto task = [view = view(), heartbeats = m_heartbeats, clock = &m_clock](Database &database) {
            return lifeguard::registerManager(database, *clock, view, *heartbeats);
        };
        return m_store.write<ManagerRegistration>(task);
    };
    retryWhileBusy(write, this, std::move(shouldRetry),
                   [this, registered = std::move(registered)](const Result<ManagerRegistration> &found) {
                       m_state = found ? State::Registered : State::Failed;
                       registered(found);
                   });
}

void RescueScheduler::scheduleTick()
{
    m_scheduler.callAfter(interval, this, [this] { tick(); });
}

void RescueScheduler::tick()
{
    if (m_state == State::Failed)
        return;
    scheduleTick();
    pollOrphans();
    limitLogs();
    if (m_state == State::Registered)
        mirrorAndRescue();
}

void RescueScheduler::pollOrphans()
{
    if (std::exchange(m_isPollingOrphans, true))
        return;
    const auto task = [view = view(), orphans = m_orphans, clock = &m_clock](Database &database) {
        return orphans->poll(database, *clock, view);
    };
    // The kill is reported when the rows of the worker are closed.
    whenFinished(m_store.read<int>(task), this, [this](const Result<int> &) { m_isPollingOrphans = false; });
}

void RescueScheduler::limitLogs()
{
    if (std::exchange(m_isLimitingLogs, true))
        return;
    QStringList paths;
    for (const auto &[id, worker] : m_workers.all()) {
        if (!worker.hasEnded())
            paths.append(worker.logPath);
    }
    const auto limiting = QtConcurrent::run([paths, largest = m_logSize] {
        for (const QString &path : paths)
            WorkerLogs::limitSize(path, largest);
        return true;
    });
    whenFinished(limiting, this, [this](bool) { m_isLimitingLogs = false; });
}

bool RescueScheduler::isMirrorDue(qsizetype workerCount, milliseconds sinceLast)
{
    return workerCount <= manyWorkers || sinceLast >= mirrorIntervalOfMany;
}

QList<BeatRow> RescueScheduler::beatsToMirror()
{
    const milliseconds now = m_clock.steadyNow();
    QList<BeatRow> beats;
    if (!isMirrorDue(m_workers.liveCount(), now - m_mirroredAt))
        return beats;
    m_mirroredAt = now;
    for (const auto &[id, worker] : m_workers.all()) {
        if (worker.hasEnded() || !worker.isRegistered())
            continue;
        const std::optional<milliseconds> age = worker.signs.beatAge(now);
        const WorkerStats &stats = worker.signs.stats();
        const bool isFresh = worker.hasBeatChannel() && age && *age < freshBeat;
        beats.append({id, stats.cpuPercent, double(stats.memoryBytes) / (1024 * 1024), isFresh});
    }
    return beats;
}

void RescueScheduler::mirrorAndRescue()
{
    if (std::exchange(m_isWriting, true))
        return;
    const auto task = [beats = beatsToMirror(), view = view(), heartbeats = m_heartbeats, clock = &m_clock](
                          Database &database) { return mirrorBeats(database, *clock, view, *heartbeats, beats); };
    whenFinished(m_store.write<RescueReport>(task), this, [this](const Result<RescueReport> &report) {
        m_isWriting = false;
        Q_EMIT writeFinished(report.has_value());
        if (report)
            Q_EMIT rescued(*report);
    });
}

} // namespace lifeguard
