// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/processidentity.h"
#include "core/base/result.h"
#include "core/model/workerrow.h"

#include <QDateTime>
#include <QHash>
#include <QList>
#include <QString>

#include <functional>

namespace lifeguard {

class Database;
struct ManagerPools;

/// What the other managers of a database, and other programs, contribute to each job type. A manager that is gone or
/// silent does not count. A value.
class ScalingPeers
{
public:
    static constexpr milliseconds silenceLimit{60'000}; ///< without a change of the heartbeat

    /// A registered manager, examined.
    struct Manager;
    /// Reads the managers and looks for their processes. On a thread of the store.
    [[nodiscard]] static Result<QList<Manager>> read(Database &database);

    /// Applies what was read. storeNow: StoreClock::now().
    void setManagers(const QList<Manager> &managers, const QString &ownId, milliseconds storeNow);
    /// Applies the workers of a snapshot. isOwn: returns whether an executor id is that of an own worker.
    void setWorkers(const QList<WorkerRow> &workers, const std::function<bool(const QString &)> &isOwn,
                    milliseconds storeNow);

    /// Returns whether setManagers() was called: before, no decision is possible.
    [[nodiscard]] bool isKnown() const { return m_isKnown; }
    /// Returns the number of workers of others that take jobs of the type. For managers that publish their pools, the
    /// counts of the pools, which include workers that are starting; for others, the living workers.
    [[nodiscard]] int claimingWorkers(const QString &type) const;
    /// Returns the number of managers that scale the type and whose id sorts before the own one.
    [[nodiscard]] int rank(const QString &type) const { return m_ranks.value(type); }
    /// Returns the number of living workers of the other managers on this machine.
    [[nodiscard]] int machineWorkers() const { return m_machineWorkers; }

private:
    /// Notices changes of heartbeats, which are compared, never subtracted: clocks of machines differ.
    class Silence
    {
    public:
        /// Returns whether the heartbeat has not changed for silenceLimit.
        [[nodiscard]] bool isSilent(const QString &id, const QDateTime &heartbeat, milliseconds storeNow);
        /// Forgets what was not asked for since the last call.
        void forgetOthers();

    private:
        struct Entry
        {
            QDateTime heartbeat;
            milliseconds changedAt{0};
            bool isUsed = true;
        };
        QHash<QString, Entry> m_entries;
    };

    bool m_isKnown = false;
    Silence m_silentManagers;
    Silence m_silentWorkers;
    QHash<QString, bool> m_publishing; ///< by manager id: whether it is alive; managers that publish their pools
    QHash<QString, int> m_published; ///< by type: counts of the pools of other managers
    QHash<QString, int> m_living; ///< by type: living workers of managers that publish nothing, and of other programs
    QHash<QString, int> m_ranks; ///< by type
    int m_machineWorkers = 0;
};

struct ScalingPeers::Manager
{
    QString id;
    QDateTime heartbeat;
    ProcessPresence presence = ProcessPresence::Unknown;
    bool isOnThisMachine = false;
    int livingWorkers = 0;
    bool isPublishing = false; ///< it has published a pool
    QHash<QString, int> claiming; ///< by type: the counts of its pools that run
    QStringList scaledTypes; ///< the types that it scales at the moment
};

} // namespace lifeguard
