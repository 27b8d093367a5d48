// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/processidentity.h"
#include "core/model/workerrow.h"
#include "core/store/database.h"

namespace lifeguard {

/// A worker that a manager is about to start (a row of lifeguard_workers).
struct OwnedWorker
{
    QString executorId;
    QString managerId;
    QString pool;
    QString type;
    QString mode;
    int index = 0;
    QString logPath;
    QString beatPath; ///< the manager's beat file; empty for commands of the user's own
    int beatSlot = -1;
    ProcessIdentity process; ///< null until started
    seconds maxJobTime{600};
    QString spec; ///< its pool's configuration (core/config/poolspec.h), for whoever adopts it
    QDateTime startedAt;
    QDateTime lastHeartbeat; ///< of its row in workers; invalid until registered
};

/// A manager's row.
struct ManagerRow
{
    QString id;
    ProcessIdentity process;
    QDateTime heartbeatAt;
};

/// One direct worker's beat and load, mirrored by its manager.
struct BeatRow
{
    QString executorId;
    double cpuPercent = 0;
    double memoryMb = 0;
    bool beats = true; ///< false: only the load is written; a foreign command beats for itself
};

/// workers, lifeguard_workers and lifeguard_managers. Synchronous; on the thread of its database.
class WorkerRegistry
{
public:
    WorkerRegistry(Database &database, const Clock &clock) : m_db(database), m_clock(clock) { }

    // The worker's own part.
    /// Inserts the worker's row as idle; answers its id. A row already there under that name is an error; WorkerDead when its
    /// manager's side has been closed already (whoever did it found neither process nor row).
    Result<qint64> registerWorker(const QString &type, const QString &executorId, const QString &executionMode);
    /// busy -> idle. WorkerDead when the row is dead or gone.
    Status setIdle(qint64 workerId);
    Status setDead(qint64 workerId); ///< at a clean end
    /// last_heartbeat, for workers without a manager that mirrors it. WorkerDead as for setIdle().
    Status beat(qint64 workerId);
    /// Of its manager, for a worker that cannot see it as a process. Nothing: it has no row (any more).
    Result<std::optional<QDateTime>> managerHeartbeat(const QString &managerId);

    // The manager's part.
    Status registerManager(const QString &managerId, const QString &kind);
    Status beatManager(const QString &managerId);
    Status removeManager(const QString &managerId);
    Result<QList<ManagerRow>> managers();
    Status addOwned(const QList<OwnedWorker> &workers); ///< before they are started
    /// The configuration of all living workers of a pool, for whoever adopts them.
    Status setSpec(const QString &managerId, const QString &pool, const QString &spec);
    /// Hands a living worker from one manager to another; false when it was not the former one's any more.
    Result<bool> adopt(const QString &executorId, const QString &from, const QString &to);
    Status setProcess(const QString &executorId, const ProcessIdentity &process);
    /// Rows of workers and lifeguard_workers end: dead, with the reason. wanted: somebody asked for it (shown as stopped).
    Status end(const QString &executorId, const Message &reason, bool wanted);
    Status setHung(const QString &executorId, const Message &reason);
    Status setWell(const QString &executorId, bool busy); ///< hung -> busy or idle
    Status mirror(const QList<BeatRow> &beats); ///< all in one transaction
    /// Workers of lifeguard_workers that have not ended, of all managers.
    Result<QList<OwnedWorker>> owned();

    /// Living rows, and those that ended since endedAfter, with what lifeguard_workers knows.
    Result<QList<WorkerRow>> list(const QDateTime &endedAfter);
    Result<std::optional<qint64>> idOf(const QString &executorId);

private:
    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
