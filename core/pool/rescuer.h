// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/pool/foreignworkers.h"
#include "core/pool/managerstates.h"
#include "core/store/database.h"
#include "core/store/interruptedjobs.h"
#include "core/store/workerregistry.h"

#include <QSet>
#include <QStringList>

namespace lifeguard {

class HeartbeatTracker;
struct RescueView;

/// The changes that a rescue has made.
struct RescueReport
{
    QStringList endedWorkers; ///< executor ids of the workers whose rows were closed
    QList<ReturnedJob> jobs; ///< jobs that were taken back
    QSet<QString> managers; ///< ids of the managers that have a row afterwards
    bool isRegisteredAgain = false; ///< the row of this manager had been deleted by another program

    [[nodiscard]] bool isEmpty() const { return endedWorkers.isEmpty() && jobs.isEmpty(); }
};

/// Adopts and rescues the workers of other managers. Synchronous, on the thread of the database, which must be open for
/// writing. Findings from the process table take effect at once; processes that can be judged only by their heartbeat
/// must be observed for a while first (HeartbeatTracker).
class Rescuer
{
public:
    /// heartbeats: the same tracker for all rescues. All arguments must outlive the object.
    Rescuer(Database &database, const Clock &clock, const RescueView &view, HeartbeatTracker &heartbeats);

    /// Takes over the living detached workers whose manager is gone, in one transaction, and returns them. No other
    /// manager can take them over afterwards.
    [[nodiscard]] Result<QList<OwnedWorker>> adoptDetached();

    /// Closes the rows of workers that are gone and have no live manager, kills the processes that they left behind,
    /// takes their jobs back, and removes the rows of managers that are gone (docs/protocol.md, "Jobs"). Does not touch
    /// living workers and the workers of live managers. If a manager exists but does not beat (it is stopped), the jobs
    /// of its dead workers are taken back as well. Cheap if there is nothing to do.
    [[nodiscard]] Result<RescueReport> rescueStale();

private:
    [[nodiscard]] std::optional<milliseconds> silenceOf(const QString &key, const QDateTime &time);
    [[nodiscard]] Status findProcesses(QList<OwnedWorker> &owned);
    [[nodiscard]] Status endOrphans(const QList<OwnedWorker> &owned);
    [[nodiscard]] Status endOrphan(const OwnedWorker &worker);
    [[nodiscard]] ForeignWorkerFacts factsOfForeign(const QSqlQuery &row);
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
    QSet<QString> m_activeManagers; ///< managers that are gone, but whose workers are still finishing their jobs
};

} // namespace lifeguard
