// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/workerregistration.h"

#include "core/model/durationtext.h"

namespace lifeguard {

WorkerRegistration::WorkerRegistration(WorkerRegistry &registry, const WorkerOptions &options)
    : m_registry(registry)
    , m_type(options.type)
    , m_executorId(options.executorId)
    , m_executionMode(options.executionMode)
    , m_assignedWorkerId(options.assignedWorkerId)
{
}

Status WorkerRegistration::registerWorker()
{
    Q_ASSERT(!isRegistered());
    if (m_assignedWorkerId > 0) {
        const Result<qint64> managerPid = m_registry.activateWorker(m_assignedWorkerId, m_type, m_executionMode);
        if (!managerPid)
            return failure(managerPid.error());
        m_managerPid = *managerPid;
        m_workerId = m_assignedWorkerId;
        m_isIdle = true;
        return {};
    }
    const Result<qint64> id = m_registry.registerWorker(m_type, m_executorId, m_executionMode);
    if (!id)
        return failure(id.error());
    m_workerId = *id;
    m_isIdle = true;
    return {};
}

Status WorkerRegistration::setIdle()
{
    Q_ASSERT(isRegistered());
    const Status stored = m_registry.setIdle(m_workerId);
    if (!stored)
        return failure(stored.error());
    m_isIdle = true;
    return {};
}

Status WorkerRegistration::setBlocked(const QString &reason, milliseconds pause, int nextAttempt)
{
    m_isBlocked = true;
    return m_registry.setReason(m_executorId,
                                Message("worker_blocked", {reason, durationMessage(pause).asArgument(), nextAttempt}));
}

Status WorkerRegistration::setUnblocked()
{
    if (!m_isBlocked)
        return {};
    const Status stored = m_registry.setReason(m_executorId, {});
    if (stored)
        m_isBlocked = false;
    return stored;
}

Status WorkerRegistration::leave()
{
    if (!isRegistered())
        return {};
    if (m_assignedWorkerId > 0)
        return m_registry.removeWorker(m_workerId);
    return m_registry.setDead(m_workerId);
}

} // namespace lifeguard
