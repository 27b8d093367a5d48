// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pool/managerlimits.h"
#include "core/pool/pooltable.h"
#include "core/pool/snapshotindex.h"
#include "core/pool/workertable.h"

#include <optional>

namespace lifeguard {

/// The state of a manager: its pools, its workers, the newest snapshot of the database, and its limits with what they
/// depend on.
struct ManagerModel
{
    PoolTable pools;
    WorkerTable workers;
    SnapshotIndex snapshot;
    ManagerLimits limits;
    /// The living workers of the other managers of this machine; std::nullopt: not known yet, or no limit needs it.
    std::optional<int> otherMachineWorkers;
};

} // namespace lifeguard
