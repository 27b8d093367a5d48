// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/pool/managerstates.h"
#include "core/store/database.h"
#include "core/store/jobrescue.h"
#include "core/store/workerregistry.h"

#include <QSet>
#include <QStringList>

namespace lifeguard {

class HeartbeatTracker;
struct RescueView;

/// What a rescue has changed.
struct RescueReport
{
    QStringList endedWorkers; ///< executor ids of the workers whose rows were closed
    QList<ReturnedJob> jobs; ///< jobs that were taken back
    QSet<QString> managers; ///< ids of the managers that have a row afterwards

    [[nodiscard]] bool isEmpty() const { return endedWorkers.isEmpty() && jobs.isEmpty(); }
};

/// What one manager does about the workers of others. Synchronous, on the thread of the database, which must be open
/// for writing. What the process table shows is acted upon at once; what can be judged only by a heartbeat must be
/// observed for a while first (HeartbeatTracker).
class Rescuer
{
public:
    /// heartbeats: kept from call to call. All arguments must outlive the object.
    Rescuer(Database &database, const Clock &clock, const RescueView &view, HeartbeatTracker &heartbeats);

    /// Takes over the detached workers that live although their manager is gone, so that no other manager does. Returns
    /// them. One transaction.
    [[nodiscard]] Result<QList<OwnedWorker>> adoptDetached();

    /// Closes the rows of workers that are gone and that no manager cares for, kills what they left behind, takes their
    /// jobs back, and removes the rows of managers that are gone (docs/protocol.md, "Jobs"). Living workers, and the
    /// workers of live managers, are left alone. If a manager exists but does not beat (it is stopped), the jobs of its
    /// dead workers are taken back, too. Cheap if there is nothing to do.
    [[nodiscard]] Result<RescueReport> rescueStale();

private:
    [[nodiscard]] std::optional<milliseconds> silenceOf(const QString &key, const QDateTime &time);
    [[nodiscard]] Status findProcess(OwnedWorker &worker);
    [[nodiscard]] Status endOrphans(const QList<OwnedWorker> &owned);
    [[nodiscard]] Status endOrphan(const OwnedWorker &worker);
    [[nodiscard]] Status endForeignWorkers();
    [[nodiscard]] Status returnJobs();
    [[nodiscard]] Status removeManagers(const QList<OwnedWorker> &owned);

    Database &m_database;
    const Clock &m_clock;
    const RescueView &m_view;
    HeartbeatTracker &m_heartbeats;
    WorkerRegistry m_registry;
    ManagerStates m_managers;
    RescueReport m_report;
    QSet<QString> m_activeManagers; ///< managers that are gone, but whose workers are finishing
};

} // namespace lifeguard
