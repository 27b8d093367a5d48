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

QList<PoolInfo> PoolControl::pools() const
{
    return m_session.isOpen() ? m_session.manager()->pools() + otherPools() : QList<PoolInfo>();
}

void PoolControl::controlPool(CommandVerb verb, const QString &key, std::optional<int> number)
{
    if (!key.contains(u'@')) {
        carryOut({verb, m_session.manager()->managerId(), key, {}, number});
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

void PoolControl::pauseAll()
{
    controlAll(CommandVerb::Pause,
               [](PoolState state) { return state == PoolState::Starting || state == PoolState::Running; });
}

void PoolControl::resumeAll()
{
    controlAll(CommandVerb::Resume, [](PoolState state) { return state == PoolState::Paused; });
}

void PoolControl::stopAll()
{
    controlAll(CommandVerb::Stop,
               [](PoolState state) { return state != PoolState::Stopped && state != PoolState::Stopping; });
}

void PoolControl::controlAll(CommandVerb verb, const std::function<bool(PoolState)> &applies)
{
    const QList<PoolInfo> all = pools();
    for (const PoolInfo &pool : all) {
        if (applies(pool.state)) {
            controlPool(verb, pool.key());
        }
    }
}

void PoolControl::controlWorker(CommandVerb verb, const QString &executorId)
{
    const QString manager = otherManagerOf(executorId);
    if (manager.isEmpty()) {
        carryOut({verb, m_session.manager()->managerId(), {}, executorId, {}});
    } else {
        m_sender.send({verb, manager, {}, executorId, {}});
    }
}

/// Carries out a command for a pool or worker of the session's manager.
void PoolControl::carryOut(const ManagerCommand &command)
{
    const CommandAnswer answer = m_session.manager()->carryOut(command);
    if (!answer.isDone()) {
        Q_EMIT failed({ErrorCode::Cancelled, answer.message.translatedText(), {}});
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
