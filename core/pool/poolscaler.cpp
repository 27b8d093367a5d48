// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/poolscaler.h"

#include "core/base/futurecallbacks.h"
#include "core/base/systemmemory.h"
#include "core/pool/managermodel.h"
#include "core/pool/pooljournal.h"
#include "core/pool/poolreconciler.h"
#include "core/pool/scheduler.h"
#include "core/pool/storeclock.h"
#include "core/store/store.h"

#include <QThread>

#include <algorithm>
#include <numeric>

namespace lifeguard {
namespace {

/// Returns whether a limit keeps the type from having the workers that its jobs need.
bool isRestricted(ScalingLimit limit)
{
    return limit != ScalingLimit::None && limit != ScalingLimit::Minimum;
}

} // namespace

PoolScaler::PoolScaler(Store &store, const Clock &clock, Scheduler &scheduler, const StoreClock &storeClock,
                       ManagerModel &model, PoolReconciler &reconciler, PoolJournal &journal, QString managerId,
                       QObject *parent)
    : QObject(parent)
    , m_store(store)
    , m_clock(clock)
    , m_scheduler(scheduler)
    , m_storeClock(storeClock)
    , m_model(model)
    , m_reconciler(reconciler)
    , m_journal(journal)
    , m_managerId(std::move(managerId))
{
}

void PoolScaler::start()
{
    m_isStarted = true;
    tick();
}

void PoolScaler::tick()
{
    m_scheduler.callAfter(interval, this, [this] { tick(); });
    m_reconciler.startHeldBack();
    if (m_model.pools.isShuttingDown() || (groups().isEmpty() && m_model.limits.maxMachineWorkers <= 0)) {
        update();
        return;
    }
    m_availableMemory = availableMemory();
    for (auto &[type, state] : m_types)
        state.need.add(measureBusy(type), m_clock.steadyNow());
    update();
    readPeers();
}

void PoolScaler::readPeers()
{
    if (m_isReading)
        return;
    m_isReading = true;
    whenFinished(m_store.read<QList<ScalingPeers::Manager>>(&ScalingPeers::read), this,
                 [this](const Result<QList<ScalingPeers::Manager>> &managers) {
                     m_isReading = false;
                     if (!managers)
                         return; // repeated with the next tick
                     const bool isFirst = !m_peers.isKnown();
                     m_peers.setManagers(*managers, m_managerId, m_storeClock.now());
                     m_model.otherMachineWorkers = m_peers.machineWorkers();
                     m_reconciler.startHeldBack();
                     if (isFirst)
                         onSnapshotChanged();
                 });
}

void PoolScaler::onSnapshotChanged()
{
    const auto isOwn = [this](const QString &executorId) { return m_model.workers.contains(executorId); };
    if (m_peers.isKnown())
        m_peers.setWorkers(m_model.snapshot.snapshot().workers, isOwn, m_storeClock.now());
    update();
}

std::optional<ScalingBounds> PoolScaler::boundsOf(const WorkerPool &pool) const
{
    const std::optional<ScalingConfig> &scaling = pool.config().scaling;
    if (!scaling)
        return {};
    return scaling->boundsAt(m_clock.utcNow().toLocalTime(), QThread::idealThreadCount());
}

void PoolScaler::updateBounds()
{
    for (auto &[name, pool] : m_model.pools.all()) {
        if (const std::optional<ScalingBounds> bounds = boundsOf(pool))
            pool.setScalingBounds(*bounds);
    }
}

QList<PoolScaler::Group> PoolScaler::groups()
{
    QList<Group> groups;
    for (auto &[name, pool] : m_model.pools.all()) {
        if (!pool.isScaling() || !pool.canStart())
            continue;
        const QString &type = pool.config().type;
        auto found = std::find_if(groups.begin(), groups.end(),
                                  [&type](const Group &group) { return group.type == type; });
        if (found == groups.end())
            found = groups.insert(groups.end(), Group{type, {}, {}, {}});
        found->pools.append(&pool);
    }
    return groups;
}

QList<ScalingPart> PoolScaler::partsOf(const Group &group) const
{
    QList<ScalingPart> parts;
    for (const WorkerPool *pool : group.pools)
        parts.append({pool->config().mode, boundsOf(*pool).value_or(ScalingBounds()), true});
    return parts;
}

/// Returns the greatest memory use of the busy workers of the type; 0 if there is none.
qint64 PoolScaler::measureBusy(const QString &type) const
{
    qint64 greatest = 0;
    for (const auto &[name, pool] : m_model.pools.all()) {
        if (pool.config().type != type)
            continue;
        for (const ManagedWorker *worker : m_model.workers.liveOf(name)) {
            if (worker->isBusy())
                greatest = std::max(greatest, worker->signs.stats().memoryBytes);
        }
    }
    return greatest;
}

/// Returns the number of workers that the pool has, is starting, or is ending.
int PoolScaler::workersOf(const WorkerPool &pool) const
{
    int ending = 0;
    int kept = 0;
    for (const ManagedWorker *worker : m_model.workers.liveOf(pool.name()))
        ++(worker->isEnding() ? ending : kept);
    return ending + (pool.canStart() ? std::max(kept, pool.config().count) : kept);
}

ScalingRequest PoolScaler::requestFor(const Group &group) const
{
    ScalingRequest request;
    request.config = *group.pools.constFirst()->config().scaling;
    request.bounds = ScalingShares::joint(partsOf(group), QThread::idealThreadCount());
    request.rank = m_peers.rank(group.type);

    const JobCounts counts = m_model.snapshot.snapshot().counts.value(group.type);
    request.load.pending = counts.pending;
    request.load.running = counts.processing;
    request.load.otherWorkers = m_peers.claimingWorkers(group.type);
    for (const auto &[name, pool] : m_model.pools.all()) {
        if (pool.config().type == group.type && !pool.isScaling() && pool.canStart())
            request.load.otherWorkers += pool.config().count;
    }

    request.limits.machineMemory = systemMemory();
    request.limits.availableMemory = m_availableMemory;
    if (const auto state = m_types.find(group.type); state != m_types.cend())
        request.limits.workerMemory = state->second.need.bytes();
    for (const WorkerPool *pool : group.pools) {
        request.load.present += pool->config().count;
        for (const ManagedWorker *worker : m_model.workers.liveOf(pool->name())) {
            if (!worker->isEnding())
                request.limits.usedMemory += worker->signs.stats().memoryBytes;
        }
    }
    return request;
}

void PoolScaler::update()
{
    if (!m_isStarted || m_model.pools.isShuttingDown())
        return;
    updateBounds();
    QList<Group> all = groups();
    std::erase_if(m_types, [&all](const auto &entry) {
        return std::none_of(all.cbegin(), all.cend(), [&](const Group &group) { return group.type == entry.first; });
    });
    if (all.isEmpty() && m_model.limits.maxMachineWorkers <= 0) {
        m_peers = {}; // would be out of date when a pool is launched
        m_model.otherMachineWorkers.reset();
        return;
    }
    if (!m_peers.isKnown()) {
        readPeers();
        return;
    }
    decideAll(all);
    for (const Group &group : std::as_const(all)) {
        m_types[group.type].history = group.decision.history;
        apply(group);
    }
}

/// Decides about each type. total: what is left of max_total_workers for all of them together; std::nullopt: the types
/// do not compete for it.
void PoolScaler::decide(QList<Group> &groups, std::optional<int> total)
{
    QList<int> shares;
    if (total) {
        QList<int> wanted;
        for (const Group &group : std::as_const(groups))
            wanted.append(group.decision.wanted);
        shares = ScalingShares::fair(wanted, *total);
    }
    const ManagerLimits &limits = m_model.limits;
    int workers = 0;
    for (const auto &[name, pool] : m_model.pools.all())
        workers += workersOf(pool);
    for (qsizetype i = 0; i < groups.size(); ++i) {
        Group &group = groups[i];
        group.request = requestFor(group);
        if (limits.maxTotalWorkers > 0)
            group.request.limits.totalRoom = limits.maxTotalWorkers - workers;
        if (limits.maxMachineWorkers > 0)
            group.request.limits.machineRoom = limits.maxMachineWorkers - workers - m_peers.machineWorkers();
        if (total)
            group.request.limits.totalShare = shares.at(i);
        const auto state = m_types.find(group.type);
        group.decision = Autoscaler::decide(group.request,
                                            state == m_types.cend() ? ScalingHistory() : state->second.history,
                                            m_clock.steadyNow());
        workers += std::max(0, group.decision.to - group.decision.from);
    }
}

void PoolScaler::decideAll(QList<Group> &groups)
{
    decide(groups, {});
    if (m_model.limits.maxTotalWorkers <= 0)
        return;
    int total = m_model.limits.maxTotalWorkers;
    for (const auto &[name, pool] : m_model.pools.all()) {
        if (!pool.isScaling() || !pool.canStart())
            total -= workersOf(pool);
    }
    const int wanted = std::accumulate(groups.cbegin(), groups.cend(), 0,
                                       [](int sum, const Group &group) { return sum + group.decision.wanted; });
    if (wanted > total)
        decide(groups, std::max(0, total));
}

void PoolScaler::apply(const Group &group)
{
    const QList<int> counts = ScalingShares::divide(group.decision.to, group.request.config.prefer, partsOf(group));
    bool isChanged = false;
    QStringList scaled;
    for (qsizetype i = 0; i < group.pools.size(); ++i) {
        WorkerPool &pool = *group.pools.at(i);
        ScalingDecision decision = group.decision;
        decision.from = pool.config().count;
        decision.to = counts.at(i);
        const Message text = Autoscaler::describe(group.request, decision);
        if (decision.isChange()) {
            if (!pool.setCount(decision.to, CountSource::Scaling))
                continue;
            m_journal.storeSpec(pool);
            m_journal.recordEvent(EventKind::PoolScaled, Message("pool_scaled", {pool.name(), text.asArgument()}),
                                  pool);
            scaled.append(pool.name());
        }
        // The last change stays visible, unless a limit explains why there is none.
        if (decision.isChange() || isRestricted(decision.limit) || !pool.hasScalingDecision())
            isChanged = pool.setScalingDecision(text) || isChanged;
    }
    for (const QString &name : std::as_const(scaled))
        m_reconciler.reconcile(name);
    if (isChanged)
        Q_EMIT changed();
}

} // namespace lifeguard
