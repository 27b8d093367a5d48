// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/foreignworkers.h"

#include "core/base/processenvironment.h"
#include "core/base/procfile.h"

namespace lifeguard {
namespace {

/// Idle workers of CLX beat at every poll (0.1 s), those of CLM every 2 s.
constexpr seconds idleSilence{120};
/// Workers of CLM beat into worker_heartbeats with each cell and each line of output. CLM uses the same limit.
constexpr seconds jobBeatSilence{120};
/// Foreign workers do not beat in workers while they work: the job limit of CLX and some slack.
constexpr seconds shortLimit{615};
constexpr seconds defaultLongLimit = std::chrono::hours(6);
constexpr seconds searchInterval{60};
constexpr qsizetype maxEntries = 1000;

} // namespace

bool isForeignWorkerDoubtful(const ForeignWorkerFacts &facts)
{
    return facts.silence && *facts.silence > (facts.isBusy ? shortLimit : idleSilence);
}

bool isForeignWorkerGone(const ForeignWorkerFacts &facts)
{
    if (facts.isProcessAlive || !isForeignWorkerDoubtful(facts))
        return false;
    if (!facts.isBusy)
        return true; // it has no job to lose, and its row becomes idle again if it is alive
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
    const auto known = m_entries.constFind(executorId);
    if (known != m_entries.cend()) {
        if (!known->process.isNull() && presenceOf(known->process) == ProcessPresence::Alive)
            return true;
        if (known->process.isNull() && now - known->searchedAt < searchInterval)
            return false;
    }
    Entry entry;
    entry.searchedAt = now;
    const QByteArray name = executorId.toUtf8();
    for (const qint64 pid : allPids()) {
        if (processEnvironmentValue(pid, "WORKER_ID") != name)
            continue;
        if (const std::optional<ProcessIdentity> process = ProcessIdentity::of(pid)) {
            entry.process = *process;
            break;
        }
    }
    if (m_entries.size() >= maxEntries)
        m_entries.clear();
    m_entries.insert(executorId, entry);
    return !entry.process.isNull();
}

} // namespace lifeguard
