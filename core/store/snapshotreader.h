// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/storesnapshot.h"
#include "core/store/database.h"

namespace lifeguard {

/// Reads the state of a whole database: workers, running jobs and counts. Synchronous; on the thread of its database.
class SnapshotReader
{
public:
    SnapshotReader(Database &database, const Clock &clock) : m_db(database), m_clock(clock) {}

    /// Returns a snapshot with generation 0. Workers that ended are part of it for 10 minutes.
    [[nodiscard]] Result<StoreSnapshot> read();

private:
    [[nodiscard]] Status readRecentJobs(StoreSnapshot &snapshot);

    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
