// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/executor/oomkillcounter.h"
#include "core/model/workerexit.h"

#include <functional>

namespace lifeguard {

/// The facts, at the end of a direct worker, that show whether the kernel's out-of-memory killer ended it.
struct OomEvidence
{
    bool hasMemoryCgroup = false; ///< its cgroup limits memory, and counts kills
    quint64 cgroupKills = 0; ///< unexplained kills in its cgroup
    bool wasOverOwnLimit = false; ///< its cgroup had reached its limit; otherwise the machine, or a parent cgroup, was
                                  ///< out of memory
    qint64 memoryLimitMb = 0;
    bool wasStopped = false; ///< TERM was sent, so its guard may have sent KILL
    bool wasKilled = false; ///< KILL was sent by this program
};

/// Decides whether the out-of-memory killer explains the end of a worker. A kill in the cgroup of the worker does.
/// Without a memory cgroup, any unexplained kill on the machine explains a SIGKILL of unknown origin. Not thread-safe.
class OomAttribution
{
public:
    /// machineKills: returns the number of kills on the machine since boot.
    explicit OomAttribution(std::function<quint64()> machineKills = [] { return machineOomKills(); });

    /// Adds a sample of the number of kills on the machine. Call this about once a second.
    void addSample(quint64 machineKills) { m_machineCounter.addSample(machineKills); }
    /// Sets exit.outOfMemory, and extends the message, if the end is explained.
    void explain(WorkerExit &exit, const OomEvidence &evidence);

private:
    [[nodiscard]] bool isExplained(const WorkerExit &exit, const OomEvidence &evidence);

    std::function<quint64()> m_machineKills;
    OomKillCounter m_machineCounter;
};

} // namespace lifeguard
