// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/foreignworkers.h"

#include "core/base/processenvironment.h"
#include "core/base/procfile.h"

#include <algorithm>

namespace lifeguard {
namespace {

/// Idle workers of CLX beat at every poll (0.1 s), those of CLM every 2 s.
constexpr seconds idleSilence{120};
/// Workers of CLM beat into worker_heartbeats with each cell and each line of output. CLM uses the same limit.
constexpr seconds jobBeatSilence{120};
constexpr seconds defaultLongLimit = std::chrono::hours(6);
constexpr seconds searchInterval{60};

} // namespace

bool isForeignWorkerDoubtful(const ForeignWorkerFacts &facts)
{
    return facts.silence && *facts.silence > (facts.isBusy ? clxJobLimit : idleSilence);
}

bool isForeignWorkerGone(const ForeignWorkerFacts &facts)
{
    if (facts.isProcessAlive || !isForeignWorkerDoubtful(facts))
        return false;
    if (!facts.isBusy)
        return true; // an idle worker has no job to lose; if it is alive, it sets its row to idle again
    if (facts.hasJobBeats && (!facts.jobBeatSilence || *facts.jobBeatSilence < jobBeatSilence))
        return false;
    // A worker of CLM ends within seconds after the program that started it.
    const bool hasShortLimit = facts.hasJobLimit || facts.parent == ProcessPresence::Gone;
    return hasShortLimit || *facts.silence > facts.longLimit;
}

seconds foreignJobLimit()
{
    bool isNumber = false;
    const int configured = qEnvironmentVariableIntValue("LIFEGUARD_FOREIGN_JOB_LIMIT", &isNumber);
    return isNumber && configured > 0 ? seconds(configured) : defaultLongLimit;
}

bool ForeignProcesses::isAlive(const QString &executorId, milliseconds now)
{
    if (isFound(executorId))
        return true;
    if (m_scannedAt && now - *m_scannedAt < searchInterval)
        return false;
    scan(now);
    return isFound(executorId);
}

bool ForeignProcesses::isFound(const QString &executorId) const
{
    const QList<ProcessIdentity> found = m_processes.values(executorId);
    return std::any_of(found.cbegin(), found.cend(),
                       [](const ProcessIdentity &process) { return presenceOf(process) == ProcessPresence::Alive; });
}

void ForeignProcesses::scan(milliseconds now)
{
    m_scannedAt = now;
    m_processes.clear();
    for (const qint64 pid : allPids()) {
        const std::optional<QByteArray> name = processEnvironmentValue(pid, "WORKER_ID");
        const std::optional<ProcessIdentity> process = name ? ProcessIdentity::of(pid) : std::nullopt;
        if (process)
            m_processes.insert(QString::fromUtf8(*name), *process);
    }
}

} // namespace lifeguard
