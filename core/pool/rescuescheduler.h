// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/pool/rescuer.h"

#include <QList>
#include <QObject>
#include <QString>

#include <functional>
#include <memory>

namespace lifeguard {

class OrphanWatch;
class Scheduler;
class Store;
class StoreClock;
class WorkerTable;
struct BeatRow;

/// What a manager finds when it registers.
struct ManagerRegistration
{
    QList<OwnedWorker> adopted; ///< detached workers, which belong to this manager now
    RescueReport rescued;
};

/// Decides when a manager writes its own heartbeat, mirrors the beats of its workers, rescues what other managers left
/// behind, and kills lost orphans: at its registration, and then every 5 s.
class RescueScheduler : public QObject
{
    Q_OBJECT

public:
    static constexpr seconds interval{5}; ///< docs/protocol.md, "Beats"
    static constexpr seconds mirrorIntervalOfMany{15}; ///< of beats, with more than manyWorkers
    static constexpr int manyWorkers = 300;

    RescueScheduler(Store &store, const Clock &clock, Scheduler &scheduler, const StoreClock &storeClock,
                    const WorkerTable &workers, QString managerId, QObject *parent = nullptr);

    /// Registers the manager in the database, adopts and rescues, and begins the periodic work. Repeats the
    /// registration while the database is locked and shouldRetry returns true. Lost orphans are killed meanwhile, since
    /// one of them may hold the lock. registered is called once, with what was found, or with the error, after which
    /// nothing more is done.
    void registerManager(std::function<bool()> shouldRetry,
                         std::function<void(const Result<ManagerRegistration> &)> registered);

    /// Returns whether the beats of this many workers are to be mirrored, this long after the last time. A pure
    /// function.
    [[nodiscard]] static bool isMirrorDue(qsizetype workerCount, milliseconds sinceLast);

Q_SIGNALS:
    /// The periodic work was done. report: what was rescued, which is nothing most of the time.
    void rescued(const lifeguard::RescueReport &report);
    /// The periodic work could not be written, or could be written again. Emitted each time.
    void writeFinished(bool isSuccess);

private:
    enum class State { Registering, Registered, Failed };

    void tick();
    void scheduleTick();
    void pollOrphans();
    void mirrorAndRescue();
    [[nodiscard]] QList<BeatRow> beatsToMirror();
    [[nodiscard]] RescueView view() const;

    Store &m_store;
    const Clock &m_clock;
    Scheduler &m_scheduler;
    const StoreClock &m_storeClock;
    const WorkerTable &m_workers;
    const QString m_managerId;
    State m_state = State::Registering;
    milliseconds m_mirroredAt{0}; ///< steady time
    bool m_isPollingOrphans = false; ///< a read is under way
    bool m_isWriting = false; ///< a write is under way
    std::shared_ptr<HeartbeatTracker> m_heartbeats; ///< used on the writing thread of the store only
    std::shared_ptr<OrphanWatch> m_orphans; ///< polled on the reading thread of the store
};

} // namespace lifeguard
