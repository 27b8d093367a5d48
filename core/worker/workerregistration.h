// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/workerregistry.h"
#include "core/worker/workeroptions.h"

namespace lifeguard {

/// Writes the worker's own row in the table workers: inserts it, sets it to idle and, at the end, marks it dead. Claims
/// set it to busy. A manager of CLM inserts the row itself and expects that the worker deletes it at the end. Every
/// function that returns a Status fails with ErrorCode::WorkerDead if another program marked the row dead or deleted
/// it. Belongs to the thread of the database.
class WorkerRegistration
{
public:
    /// registry must outlive this object.
    WorkerRegistration(WorkerRegistry &registry, const WorkerOptions &options);

    /// Inserts the row, as idle, or takes over the row that a manager of CLM has inserted. NotFound if that row does
    /// not exist (yet).
    [[nodiscard]] Status registerWorker();
    /// Returns the pid of the manager of CLM that has inserted the row; 0 if it is not known, or if there is none.
    [[nodiscard]] qint64 managerPid() const { return m_managerPid; }
    [[nodiscard]] bool isRegistered() const { return m_workerId > 0; }
    /// Returns workers.id; 0 before registerWorker() succeeded.
    [[nodiscard]] qint64 workerId() const { return m_workerId; }

    /// Returns whether this worker has set the row to idle.
    [[nodiscard]] bool isIdle() const { return m_isIdle; }
    /// Call it after a claim, which sets the row to busy.
    void setBusy() { m_isIdle = false; }
    [[nodiscard]] Status setIdle();
    /// Stores in lifeguard_workers why this worker converts no jobs, for its manager. reason: a sentence;
    /// nextAttempt: makes the reasons of two attempts different.
    [[nodiscard]] Status setBlocked(const QString &reason, milliseconds pause, int nextAttempt);
    /// Removes the reason. Does nothing if none was stored.
    [[nodiscard]] Status setUnblocked();
    /// Marks the row dead, or deletes it under a manager of CLM. Does nothing and succeeds if the worker never
    /// registered.
    [[nodiscard]] Status leave();

private:
    WorkerRegistry &m_registry;
    const QString m_type;
    const QString m_executorId;
    const QString m_executionMode;
    const qint64 m_assignedWorkerId;
    qint64 m_workerId = 0;
    qint64 m_managerPid = 0;
    bool m_isIdle = false;
    bool m_isBlocked = false; ///< a reason is stored in lifeguard_workers
};

} // namespace lifeguard
