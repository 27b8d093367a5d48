// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pool/managerlimits.h"
#include "core/pool/pooltable.h"
#include "core/pool/snapshotindex.h"
#include "core/pool/workertable.h"

namespace lifeguard {

/// The state of a manager: its pools, its workers, the newest snapshot of the database, and its limits.
struct ManagerModel
{
    PoolTable pools;
    WorkerTable workers;
    SnapshotIndex snapshot;
    ManagerLimits limits;
};

} // namespace lifeguard
