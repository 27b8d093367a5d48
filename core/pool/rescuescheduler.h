// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/pool/managerregistration.h"
#include "core/pool/workerlogs.h"

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

/// Runs the periodic work of a manager at its registration and then every 5 s: writes the manager's own heartbeat,
/// mirrors the beats of its workers, rescues the workers and jobs of other managers that are gone, and kills lost
/// orphans.
class RescueScheduler : public QObject
{
    Q_OBJECT

public:
    static constexpr seconds interval{5}; ///< docs/protocol.md, "Beats"
    static constexpr seconds mirrorIntervalOfMany{15}; ///< the interval of mirroring with more than manyWorkers workers
    static constexpr int manyWorkers = 300;

    RescueScheduler(Store &store, const Clock &clock, Scheduler &scheduler, const StoreClock &storeClock,
                    const WorkerTable &workers, QString managerId, QObject *parent = nullptr);
    ~RescueScheduler() override;
    Q_DISABLE_COPY_MOVE(RescueScheduler)

    /// Registers the manager in the database, adopts, rescues, and begins the periodic work. Repeats the registration
    /// while the database is locked and shouldRetry returns true. Kills lost orphans in the meantime, since one of them
    /// may hold the lock. registered is called once, with the result or with an error; after an error there is no
    /// periodic work.
    void registerManager(std::function<bool()> shouldRetry,
                         std::function<void(const Result<ManagerRegistration> &)> registered);

    /// Returns whether the beats of workerCount workers must be mirrored, sinceLast after they were last mirrored. A
    /// pure function.
    [[nodiscard]] static bool isMirrorDue(qsizetype workerCount, milliseconds sinceLast);

    /// Sets the size in bytes at which the log of a worker is shortened.
    void setLogSize(qint64 bytes) { m_logSize = bytes; }

Q_SIGNALS:
    /// The periodic work is done. report: what was rescued; usually empty.
    void rescued(const lifeguard::RescueReport &report);
    /// A periodic transaction has succeeded or failed. Emitted after each one.
    void writeFinished(bool isSuccess);

private:
    enum class State { Registering, Registered, Failed };

    void tick();
    void scheduleTick();
    void pollOrphans();
    void limitLogs();
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
    bool m_isLimitingLogs = false; ///< logs are being shortened
    qint64 m_logSize = WorkerLogs::maxSize;
    std::shared_ptr<HeartbeatTracker> m_heartbeats; ///< used only on the writer thread of the store
    std::shared_ptr<OrphanWatch> m_orphans; ///< polled on the reader thread of the store
};

} // namespace lifeguard
