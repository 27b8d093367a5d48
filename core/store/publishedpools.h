// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/publishedpool.h"
#include "core/store/database.h"

#include <QList>
#include <QStringList>

namespace lifeguard {

/// The table lifeguard_pools: the pools of all managers, which each manager publishes so that other programs can show
/// them and send commands to them. The rows of a manager are removed with its row in lifeguard_managers, by a trigger.
/// Synchronous; on the thread of its database.
class PublishedPools
{
public:
    PublishedPools(Database &database, const Clock &clock) : m_db(database), m_clock(clock) {}

    /// Writes the rows of pools that have changed, and removes those of pools that are gone, in one transaction. Does
    /// nothing if the manager has no row in lifeguard_managers, because nothing would remove the rows. The members
    /// managerKind and managerProcess are ignored.
    [[nodiscard]] Status publish(const QString &managerId, const QList<PublishedPool> &changed,
                                 const QStringList &removed);
    /// Returns the pools of the managers that have a row and are not seen to be gone, by name.
    [[nodiscard]] Result<QList<PublishedPool>> list();

private:
    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
