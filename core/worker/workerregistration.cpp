// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/workerregistration.h"

namespace lifeguard {

WorkerRegistration::WorkerRegistration(WorkerRegistry &registry, const WorkerOptions &options)
    : m_registry(registry)
    , m_type(options.type)
    , m_executorId(options.executorId)
    , m_executionMode(options.executionMode)
{
}

Status WorkerRegistration::registerWorker()
{
    Q_ASSERT(!isRegistered());
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

Status WorkerRegistration::setDead()
{
    if (!isRegistered())
        return {};
    return m_registry.setDead(m_workerId);
}

} // namespace lifeguard
