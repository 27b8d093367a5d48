// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/config/workerconfig.h"
#include "core/model/publishedpool.h"

#include <QHash>
#include <QObject>
#include <QStringList>

#include <map>

namespace lifeguard {

class PoolTable;
class Scheduler;
class Store;

/// Publishes the pools of this manager in lifeguard_pools. Writes only rows that have changed, in one transaction at a
/// time; the number of jobs has no effect. Reasons that count down, such as the time until the next restart, are
/// written at most every 5 s. Lives on the main thread and never blocks. The store must outlive it.
class PoolPublisher : public QObject
{
    Q_OBJECT

public:
    static constexpr seconds reasonInterval{5};
    static constexpr seconds retryInterval{5}; ///< after a failed write

    PoolPublisher(Store &store, const Clock &clock, Scheduler &scheduler, const PoolTable &pools, QString managerId,
                  QObject *parent = nullptr);

    /// Publishes what has changed since the last call. Call it when pools may have changed, after the manager has
    /// registered. Cheap if nothing has changed.
    void update();
    /// Publishes all pools again, because the rows were removed with the row of the manager.
    void publishAgain();

private:
    struct Described
    {
        WorkerConfig config; ///< from which pool.spec was made
        PublishedPool pool;
    };

    [[nodiscard]] PublishedPool describe(const QString &name);
    void write(const QList<PublishedPool> &changed, const QStringList &removed);
    void updateLater(milliseconds delay);

    Store &m_store;
    const Clock &m_clock;
    Scheduler &m_scheduler;
    const PoolTable &m_pools;
    const QString m_managerId;
    std::map<QString, PublishedPool> m_published; ///< as last written, by name
    QHash<QString, Described> m_described;
    milliseconds m_reasonsWrittenAt{0}; ///< steady time
    bool m_isWriting = false;
    bool m_isUpdateDue = false; ///< update() is scheduled
};

} // namespace lifeguard
