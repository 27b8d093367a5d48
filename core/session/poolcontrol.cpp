// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/poolcontrol.h"

#include "core/pool/otherpools.h"
#include "core/session/managersession.h"

namespace lifeguard {

PoolControl::PoolControl(ManagerSession &session, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_sender(session.store(), m_clock)
{
    connect(&m_sender, &CommandSender::failed, this, &PoolControl::failed);
}

QList<PoolInfo> PoolControl::otherPools() const
{
    return m_session.isOpen() ? ::lifeguard::otherPools(m_session.snapshot(), m_session.manager()->managerId())
                              : QList<PoolInfo>();
}

void PoolControl::controlPool(CommandVerb verb, const QString &key, std::optional<int> number)
{
    if (!key.contains(u'@')) {
        controlOwnPool(verb, key, number);
        return;
    }
    const QList<PoolInfo> pools = otherPools();
    for (const PoolInfo &pool : pools) {
        if (pool.key() == key) {
            m_sender.send({verb, pool.managerId, pool.name, {}, number});
            return;
        }
    }
    Q_EMIT failed({ErrorCode::NotFound, tr("The pool %1 no longer exists.").arg(key), {}});
}

void PoolControl::controlWorker(CommandVerb verb, const QString &executorId)
{
    const QString manager = otherManagerOf(executorId);
    if (manager.isEmpty()) {
        controlOwnWorker(verb, executorId);
    } else {
        m_sender.send({verb, manager, {}, executorId, {}});
    }
}

void PoolControl::controlOwnPool(CommandVerb verb, const QString &name, std::optional<int> number)
{
    WorkerPoolManager &manager = *m_session.manager();
    switch (verb) {
    case CommandVerb::Start:
    case CommandVerb::Restart:
        manager.restartPool(name);
        break;
    case CommandVerb::Stop:
        manager.stopPool(name);
        break;
    case CommandVerb::Pause:
        manager.pausePool(name);
        break;
    case CommandVerb::Resume:
        manager.resumePool(name);
        break;
    case CommandVerb::Scale:
        if (number) {
            manager.setPoolCount(name, *number);
        } else {
            manager.resumeScaling(name);
        }
        break;
    case CommandVerb::Remove:
        manager.removePool(name);
        break;
    case CommandVerb::Kill:
    case CommandVerb::Drain:
    case CommandVerb::Recycle:
        Q_ASSERT(false); // the window does not offer these for pools
        break;
    }
}

void PoolControl::controlOwnWorker(CommandVerb verb, const QString &executorId)
{
    WorkerPoolManager &manager = *m_session.manager();
    if (verb == CommandVerb::Stop) {
        manager.stopWorker(executorId);
    } else if (verb == CommandVerb::Drain) {
        manager.drainWorker(executorId);
    } else if (verb == CommandVerb::Kill) {
        manager.killWorker(executorId);
    }
}

/// Returns the manager of a worker that another manager started; empty for all other workers.
QString PoolControl::otherManagerOf(const QString &executorId) const
{
    const QList<WorkerRow> &workers = m_session.snapshot().workers;
    for (const WorkerRow &worker : workers) {
        if (worker.executorId == executorId && worker.managerId != m_session.manager()->managerId()) {
            return worker.managerId;
        }
    }
    return {};
}

} // namespace lifeguard
