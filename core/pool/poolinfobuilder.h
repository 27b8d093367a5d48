// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/poolinfo.h"

#include <QList>

namespace lifeguard {

class PoolTable;
class SnapshotIndex;
class WorkerTable;

/// Builds the PoolInfo values for the views from the state at one moment. Texts are in the language of the user.
class PoolInfoBuilder
{
public:
    /// The tables and the snapshot must outlive the builder. now: Clock::steadyNow().
    PoolInfoBuilder(const PoolTable &pools, const WorkerTable &workers, const SnapshotIndex &snapshot, milliseconds now)
        : m_pools(pools)
        , m_workers(workers)
        , m_snapshot(snapshot)
        , m_now(now)
    {
    }

    /// Returns all pools, ordered by name.
    [[nodiscard]] QList<PoolInfo> build() const;

private:
    const PoolTable &m_pools;
    const WorkerTable &m_workers;
    const SnapshotIndex &m_snapshot;
    milliseconds m_now;
};

} // namespace lifeguard
