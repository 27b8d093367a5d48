// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/oomattribution.h"

#include <csignal>

namespace lifeguard {
namespace {

bool isSigkill(const WorkerExit &exit)
{
    return exit.kind == WorkerExit::Kind::Signalled && exit.code == SIGKILL;
}

} // namespace

OomAttribution::OomAttribution(std::function<quint64()> machineKills) : m_machineKills(std::move(machineKills)), m_machineCounter(m_machineKills()) {}

void OomAttribution::explain(WorkerExit &exit, const OomEvidence &evidence)
{
    if (evidence.cgroupKills > 0) // the count of the machine includes them
        m_machineCounter.markExplained(qMin(evidence.cgroupKills, m_machineCounter.unexplained(m_machineKills())));
    if (exit.isClean() || evidence.wasKilled || exit.kind == WorkerExit::Kind::FailedToStart || !isExplained(exit, evidence))
        return;
    exit.outOfMemory = true;
    const Message reason = evidence.wasOverOwnLimit ? Message("over_memory_limit", {evidence.memoryLimitMb}) : Message("machine_out_of_memory");
    if (isSigkill(exit))
        exit.message = Message("killed_by_kernel", {reason.asArgument()});
    else // a process of its tree was killed shortly before
        exit.message = Message("ended_after_oom_kill", {exit.message.asArgument(), reason.asArgument()});
}

bool OomAttribution::isExplained(const WorkerExit &exit, const OomEvidence &evidence)
{
    if (!isSigkill(exit) || evidence.hasMemoryCgroup)
        return evidence.cgroupKills > 0;
    if (evidence.wasStopped || m_machineCounter.unexplained(m_machineKills()) == 0)
        return false;
    m_machineCounter.markExplained(1);
    return true;
}

} // namespace lifeguard
