// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/poolpublisher.h"

#include "core/base/futurecallbacks.h"
#include "core/config/poolspec.h"
#include "core/pool/pooltable.h"
#include "core/pool/scheduler.h"
#include "core/store/publishedpools.h"
#include "core/store/store.h"

#include <utility>

namespace lifeguard {
namespace {

/// Returns the stored form without the command of a detached pool, whose secrets are not masked.
QString publishedSpec(WorkerConfig config)
{
    config.detach = false;
    return toMaskedPoolSpec(config);
}

bool differOnlyInReason(PublishedPool before, const PublishedPool &after)
{
    before.reason = after.reason;
    return before == after;
}

} // namespace

PoolPublisher::PoolPublisher(Store &store, const Clock &clock, Scheduler &scheduler, const PoolTable &pools,
                             QString managerId, QObject *parent)
    : QObject(parent)
    , m_store(store)
    , m_clock(clock)
    , m_scheduler(scheduler)
    , m_pools(pools)
    , m_managerId(std::move(managerId))
{
}

PublishedPool PoolPublisher::describe(const QString &name)
{
    const WorkerPool &pool = *m_pools.find(name);
    Described &described = m_described[name];
    if (described.pool.spec.isEmpty() || described.config != pool.config()) {
        described.config = pool.config();
        described.pool.spec = publishedSpec(pool.config());
    }
    const PoolInfo info = pool.info(m_clock.steadyNow());
    PublishedPool &published = described.pool;
    published.managerId = m_managerId;
    published.name = name;
    published.type = info.config.type;
    published.state = toString(info.state);
    published.count = info.config.count;
    published.countSource = info.countSource;
    published.mode = info.mode;
    published.modeReason = pool.modeReason().englishText();
    published.reason = pool.reason(m_clock.steadyNow());
    return published;
}

void PoolPublisher::update()
{
    if (m_isWriting)
        return; // continues when the write has finished
    const milliseconds now = m_clock.steadyNow();
    const bool areReasonsDue = m_reasonsWrittenAt == milliseconds(0) || now - m_reasonsWrittenAt >= reasonInterval;
    QList<PublishedPool> changed;
    bool isReasonPending = false;
    for (const auto &[name, pool] : m_pools.all()) {
        const PublishedPool current = describe(name);
        const auto before = m_published.find(name);
        if (before != m_published.end() && before->second == current)
            continue;
        const bool isUrgent = before == m_published.end() || before->second.reason.code() != current.reason.code()
                           || !differOnlyInReason(before->second, current);
        if (isUrgent || areReasonsDue)
            changed.append(current);
        else
            isReasonPending = true;
    }
    QStringList removed;
    for (const auto &[name, pool] : m_published) {
        if (!m_pools.find(name))
            removed.append(name);
    }
    if (!changed.isEmpty() || !removed.isEmpty())
        write(changed, removed);
    else if (isReasonPending)
        updateLater(reasonInterval - (now - m_reasonsWrittenAt));
}

void PoolPublisher::write(const QList<PublishedPool> &changed, const QStringList &removed)
{
    m_isWriting = true;
    const auto task = [id = m_managerId, changed, removed, clock = &m_clock](Database &database) -> Result<bool> {
        if (const Status done = PublishedPools(database, *clock).publish(id, changed, removed); !done)
            return failure(done.error());
        return true;
    };
    whenFinished(m_store.write<bool>(task), this, [this, changed, removed](const Result<bool> &written) {
        m_isWriting = false;
        if (!written) {
            updateLater(retryInterval);
            return;
        }
        m_reasonsWrittenAt = m_clock.steadyNow();
        for (const PublishedPool &pool : changed)
            m_published.insert_or_assign(pool.name, pool);
        for (const QString &name : removed) {
            m_published.erase(name);
            m_described.remove(name);
        }
        update();
    });
}

void PoolPublisher::updateLater(milliseconds delay)
{
    if (std::exchange(m_isUpdateDue, true))
        return;
    m_scheduler.callAfter(delay, this, [this] {
        m_isUpdateDue = false;
        update();
    });
}

void PoolPublisher::publishAgain()
{
    m_published.clear();
    update();
}

} // namespace lifeguard
