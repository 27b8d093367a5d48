// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/executor/oomkillcounter.h"
#include "core/model/workerexit.h"

#include <functional>

namespace lifeguard {

/// What a direct worker has to do with the kernel's out-of-memory killer, at its end.
struct OomEvidence
{
    bool hasMemoryCgroup = false; ///< its cgroup limits memory, and counts kills
    quint64 cgroupKills = 0; ///< unexplained kills in its cgroup
    bool wasOverOwnLimit = false; ///< its cgroup had reached its limit; otherwise the machine, or a parent cgroup, was out of memory
    qint64 memoryLimitMb = 0;
    bool wasStopped = false; ///< TERM was sent, so its guard may have sent KILL
    bool wasKilled = false; ///< KILL was sent by this program
};

/// Decides whether the out-of-memory killer explains the end of a worker: kills in its cgroup do. Without a memory cgroup, a SIGKILL of unknown
/// origin is explained by any unexplained kill on the machine. Not thread-safe.
class OomAttribution
{
public:
    /// machineKills: returns the number of kills on the machine since boot.
    explicit OomAttribution(std::function<quint64()> machineKills = [] { return machineOomKills(); });

    /// Takes a sample of the number of kills on the machine, about once a second.
    void addSample(quint64 machineKills) { m_machineCounter.addSample(machineKills); }
    /// Sets exit.outOfMemory, and extends the message, if the end is explained.
    void explain(WorkerExit &exit, const OomEvidence &evidence);

private:
    [[nodiscard]] bool isExplained(const WorkerExit &exit, const OomEvidence &evidence);

    std::function<quint64()> m_machineKills;
    OomKillCounter m_machineCounter;
};

} // namespace lifeguard
