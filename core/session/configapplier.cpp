// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/configapplier.h"

#include "core/session/managersession.h"

#include <algorithm>
#include <utility>

namespace lifeguard {

ConfigApplier::ConfigApplier(ManagerSession &session, QObject *parent) : QObject(parent), m_session(session)
{
    connect(&m_session, &ManagerSession::poolsChanged, this, &ConfigApplier::startWaiting);
}

ConfigDiff ConfigApplier::apply(const Configuration &configuration)
{
    const Configuration before = std::exchange(m_configuration, configuration);
    const ConfigDiff diff = configDiff(before, m_configuration);
    const QList<PoolInfo> running = m_session.manager()->pools();
    QStringList ending;
    for (const QString &name : diff.removed) {
        ending.append(name);
        remove(name);
    }
    for (const PoolCountChange &change : diff.counts) {
        if (m_names.contains(change.name))
            m_session.manager()->setPoolCount(m_names.value(change.name), change.count, CountSource::File);
    }
    for (const NamedPool &pool : diff.changed)
        change(pool, before);
    for (const NamedPool &pool : diff.added) {
        // A pool that is being stopped keeps its name until its last worker has ended.
        if (ending.contains(pool.name) && find(running, pool.name))
            m_waiting.append(pool);
        else
            start(pool);
    }
    return diff;
}

const PoolInfo *ConfigApplier::find(const QList<PoolInfo> &pools, const QString &name) const
{
    const auto found = std::find_if(pools.begin(), pools.end(),
                                    [&name](const PoolInfo &pool) { return pool.name == name; });
    return found == pools.end() ? nullptr : &*found;
}

void ConfigApplier::start(const NamedPool &pool)
{
    const Result<QString> name = m_session.launch(pool.config, pool.name, CountSource::File);
    if (name)
        m_names.insert(pool.name, *name);
    else
        Q_EMIT failed(tr("The pool %1 cannot be started: %2").arg(pool.name, name.error().message));
}

void ConfigApplier::change(const NamedPool &pool, const Configuration &before)
{
    const auto waiting = std::find_if(m_waiting.begin(), m_waiting.end(),
                                      [&pool](const NamedPool &each) { return each.name == pool.name; });
    if (waiting != m_waiting.end()) {
        *waiting = pool;
        return;
    }
    const QList<PoolInfo> running = m_session.manager()->pools();
    const PoolInfo *info = find(running, m_names.value(pool.name));
    if (!info)
        return; // a user has removed it
    // Pools of the file are checked when it is read, because several of them can change together.
    const QStringList own = m_names.values();
    const auto conflict = std::find_if(running.begin(), running.end(), [&](const PoolInfo &other) {
        return !own.contains(other.name) && other.state != PoolState::Stopped
            && !pool.config.canShareTargetWith(other.config);
    });
    if (conflict != running.end()) {
        Q_EMIT failed(tr("The pool %1 is not changed because pool %2, which is not in the file, scales the same job "
                         "type by different rules. Stop that pool before you change the file, or use its rules.")
                          .arg(pool.name, conflict->name));
        keep(*before.pool(pool.name));
        return;
    }
    WorkerConfig config = m_session.extended(pool.config);
    CountSource source = CountSource::File;
    const bool isSameCount = before.pool(pool.name)->config.count == config.count;
    if (isSameCount && info->countSource == CountSource::Hand) {
        config.count = info->config.count;
        source = CountSource::Hand;
    }
    if (const Status changed = m_session.manager()->reconfigurePool(info->name, config, source); !changed)
        Q_EMIT failed(tr("The pool %1 cannot be changed: %2").arg(pool.name, changed.error().message));
}

/// Makes the next version of the file differ from the configuration of a pool that was not changed.
void ConfigApplier::keep(const NamedPool &pool)
{
    for (NamedPool &each : m_configuration.pools) {
        if (each.name == pool.name)
            each = pool;
    }
}

void ConfigApplier::remove(const QString &name)
{
    m_waiting.removeIf([&name](const NamedPool &pool) { return pool.name == name; });
    if (m_names.contains(name))
        m_session.manager()->removePool(m_names.take(name));
}

void ConfigApplier::startWaiting(const QList<PoolInfo> &pools)
{
    if (m_waiting.isEmpty() || !m_session.isReady() || m_session.isStopping())
        return;
    const QList<NamedPool> waiting = std::exchange(m_waiting, {});
    for (const NamedPool &pool : waiting) {
        if (find(pools, pool.name))
            m_waiting.append(pool);
        else
            start(pool);
    }
}

} // namespace lifeguard
