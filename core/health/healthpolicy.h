// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/observation.h"
#include "core/health/verdict.h"

namespace lifeguard {

/// The rules of docs/protocol.md ("States", "Beats") as a pure function: the process table outweighs the heartbeat, and
/// the heartbeat outweighs a guess. A stale beat alone makes a worker suspect, but never hung. A worker is hung if its
/// beat, CPU and output have been inactive for hungAfter, or if its job exceeds its time limit.
class HealthPolicy
{
public:
    [[nodiscard]] static Verdict assess(const Observation &observation);
};

} // namespace lifeguard
