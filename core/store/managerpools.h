// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/managerrow.h"

#include <QList>
#include <QString>

namespace lifeguard {

class Database;

/// A pool that a manager publishes in lifeguard_pools.
struct ManagerPoolRow
{
    QString type;
    QString state; ///< as toString(PoolState) returns it
    int count = 0;
    QString countSource; ///< as toString(CountSource) returns it
};

/// A registered manager with its pools.
struct ManagerPools
{
    ManagerRow manager;
    int livingWorkers = 0; ///< its workers whose end is not recorded, including those that are starting
    QList<ManagerPoolRow> pools; ///< empty for managers that do not publish their pools
};

/// Returns all registered managers. Synchronous; on the thread of the database. The cost depends on the number of
/// managers, pools and living workers only.
[[nodiscard]] Result<QList<ManagerPools>> readManagerPools(Database &database);

} // namespace lifeguard
