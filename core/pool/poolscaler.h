// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pool/autoscaler.h"
#include "core/pool/memoryneed.h"
#include "core/pool/scalingpeers.h"
#include "core/pool/scalingshares.h"

#include <QObject>
#include <QString>

#include <map>
#include <optional>

namespace lifeguard {

class PoolJournal;
class PoolReconciler;
class Scheduler;
class Store;
class StoreClock;
class WorkerPool;
struct ManagerModel;

/// Lets the counts of pools follow the pending jobs of their type: collects the facts, asks Autoscaler, divides the
/// workers among the pools of the type, and sets the counts. Leaves alone pools that cannot start workers, and those
/// whose count a user has set.
///
/// Decides after each snapshot and once a second. Uses the counts of the snapshot, so the cost does not depend on the
/// length of the queue. Lives on the main thread and never blocks.
class PoolScaler : public QObject
{
    Q_OBJECT

public:
    static constexpr milliseconds interval{1000};

    PoolScaler(Store &store, const Clock &clock, Scheduler &scheduler, const StoreClock &storeClock,
               ManagerModel &model, PoolReconciler &reconciler, PoolJournal &journal, QString managerId,
               QObject *parent = nullptr);

    /// Begins to decide once a second.
    void start();
    /// Decides again, with the snapshot that is in the model.
    void onSnapshotChanged();
    /// Decides again. Does nothing before start(), and while all pools are being stopped. The first decision of a type
    /// follows when the other managers were read from the database.
    void update();

    /// Returns the range that applies to the pool now; std::nullopt if it has no scaling.
    [[nodiscard]] std::optional<ScalingBounds> boundsOf(const WorkerPool &pool) const;

Q_SIGNALS:
    /// The state that the views show has changed.
    void changed();

private:
    /// What is remembered about a job type between two decisions.
    struct TypeState
    {
        ScalingHistory history;
        MemoryNeed need;
    };
    /// A job type for which a decision is made.
    struct Group
    {
        QString type;
        QList<WorkerPool *> pools;
        ScalingRequest request;
        ScalingDecision decision;
    };

    void tick();
    void readPeers();
    void updateBounds();
    [[nodiscard]] QList<Group> groups();
    [[nodiscard]] QList<ScalingPart> partsOf(const Group &group) const;
    [[nodiscard]] ScalingRequest requestFor(const Group &group) const;
    [[nodiscard]] qint64 measureBusy(const QString &type) const;
    [[nodiscard]] int workersOf(const WorkerPool &pool) const;
    void decide(QList<Group> &groups, std::optional<int> total);
    void decideAll(QList<Group> &groups);
    void apply(const Group &group);

    Store &m_store;
    const Clock &m_clock;
    Scheduler &m_scheduler;
    const StoreClock &m_storeClock;
    ManagerModel &m_model;
    PoolReconciler &m_reconciler;
    PoolJournal &m_journal;
    const QString m_managerId;
    bool m_isStarted = false;
    bool m_isReading = false; ///< the other managers are being read
    ScalingPeers m_peers;
    qint64 m_availableMemory = 0;
    std::map<QString, TypeState> m_types;
};

} // namespace lifeguard
