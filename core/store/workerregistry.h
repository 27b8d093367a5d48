// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/processidentity.h"
#include "core/model/message.h"
#include "core/model/workerrow.h"
#include "core/store/beatrow.h"
#include "core/store/database.h"
#include "core/store/managerrow.h"
#include "core/store/ownedworker.h"

#include <QCoreApplication>

#include <optional>

namespace lifeguard {

/// The rows of workers, lifeguard_workers and lifeguard_managers. Synchronous; on the thread of its database.
class WorkerRegistry
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::WorkerRegistry)

public:
    WorkerRegistry(Database &database, const Clock &clock) : m_db(database), m_clock(clock) {}

    // For workers.
    /// Inserts the worker's row as idle and returns its id. Fails if a row with this name exists. WorkerDead if a
    /// manager that found neither the process nor the row of the worker has already marked it as ended in
    /// lifeguard_workers.
    [[nodiscard]] Result<qint64> registerWorker(const QString &type, const QString &executorId,
                                                const QString &executionMode);
    /// created -> idle, for a worker whose row a manager of CLM has inserted. Returns the pid of that manager, 0 if it
    /// is not known. NotFound if there is no such row (yet). WorkerDead if the row has another state or belongs to a
    /// worker of another type.
    [[nodiscard]] Result<qint64> activateWorker(qint64 workerId, const QString &type, const QString &executionMode);
    /// busy -> idle. WorkerDead if the row is marked dead or was deleted.
    [[nodiscard]] Status setIdle(qint64 workerId);
    /// Marks the worker dead, at a clean end.
    [[nodiscard]] Status setDead(qint64 workerId);
    /// Deletes the row of a worker, at a clean end under a manager of CLM.
    [[nodiscard]] Status removeWorker(qint64 workerId);
    /// Updates last_heartbeat, for a worker without a manager that mirrors its beats. WorkerDead if the row is marked
    /// dead or was deleted.
    [[nodiscard]] Status beat(qint64 workerId);
    /// Returns the heartbeat of a manager, for a worker that cannot see the manager's process; std::nullopt if the
    /// manager has no row.
    [[nodiscard]] Result<std::optional<QDateTime>> managerHeartbeat(const QString &managerId);

    // For managers.
    /// Returns the kind of a manager in this program, the first part of its short name: "run" in lifeguardctl, "window"
    /// in the dashboard.
    [[nodiscard]] static QString kindOfManager();
    /// Returns the short name of a manager of this program: ManagerRow::name().
    [[nodiscard]] static QString nameOfManager();
    [[nodiscard]] Status registerManager(const QString &managerId, const QString &kind);
    /// Writes the heartbeat of a manager. Registers it again if another program has deleted its row, and returns
    /// whether it did. To be called in the process of the manager.
    [[nodiscard]] Result<bool> beatManager(const QString &managerId);
    [[nodiscard]] Status removeManager(const QString &managerId);
    [[nodiscard]] Result<QList<ManagerRow>> managers();
    /// Adds rows to lifeguard_workers, before the workers are started.
    [[nodiscard]] Status addOwned(const QList<OwnedWorker> &workers);
    /// Stores the configuration of all living workers of a pool, for a manager that adopts them.
    [[nodiscard]] Status setSpec(const QString &managerId, const QString &pool, const QString &spec,
                                 const QString &currentSpec);
    /// Moves a living worker from one manager to another. Returns false if the worker no longer belonged to the first
    /// manager.
    [[nodiscard]] Result<bool> adopt(const QString &executorId, const QString &from, const QString &to);
    [[nodiscard]] Status setProcess(const QString &executorId, const ProcessIdentity &process);
    /// Marks the worker as ended in workers and lifeguard_workers, with the reason. wanted: a user or the manager ended
    /// the worker, which is then shown as stopped instead of dead.
    [[nodiscard]] Status end(const QString &executorId, const Message &reason, bool wanted);
    /// Stores a reason for the state of a living worker in lifeguard_workers; an empty reason removes it. Does nothing
    /// for workers of other programs.
    [[nodiscard]] Status setReason(const QString &executorId, const Message &reason);
    /// Removes this reason. Does nothing if the worker has another one by now.
    [[nodiscard]] Status clearReason(const QString &executorId, const Message &reason);
    [[nodiscard]] Status setHung(const QString &executorId, const Message &reason);
    /// hung -> busy or idle.
    [[nodiscard]] Status setRecovered(const QString &executorId, bool busy);
    /// Stores heartbeats and loads, all in one transaction.
    [[nodiscard]] Status mirror(const QList<BeatRow> &beats);
    /// In a file that CLM has yet to migrate to version 7 of its schema: removes the ended workers of ours from
    /// workers, and from the jobs and events that refer to them, because CLM's migration fails forever otherwise
    /// (docs/architecture/clx-compatibility.md). lifeguard_workers keeps them. Uses several small transactions.
    [[nodiscard]] Status forgetEnded();
    /// Returns the workers that have not ended, of all managers.
    [[nodiscard]] Result<QList<OwnedWorker>> owned();

    /// Returns the living workers and those that ended after endedAfter, with the columns of lifeguard_workers.
    [[nodiscard]] Result<QList<WorkerRow>> list(const QDateTime &endedAfter);
    /// Returns workers.id of a worker; std::nullopt if the worker has no row.
    [[nodiscard]] Result<std::optional<qint64>> idOf(const QString &executorId);

private:
    [[nodiscard]] Status forgetWorkersOfSomeJobs(qint64 &bytes);
    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
