// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/unsettledjobs.h"

#include <algorithm>

namespace lifeguard {

UnsettledJobs::UnsettledJobs(Database &database, JobQueue &queue, ResultsCache &cache, Fingerprints &fingerprints,
                             const HostPaths &paths)
    : m_database(database)
    , m_queue(queue)
    , m_cache(cache)
    , m_fingerprints(fingerprints)
    , m_paths(paths)
{
}

void UnsettledJobs::add(const Job &job, const JobOutcome &outcome, double duration)
{
    if (m_jobs.empty()) {
        const std::chrono::duration<double> took(duration);
        m_since = std::chrono::steady_clock::now() - std::chrono::duration_cast<std::chrono::nanoseconds>(took);
    }
    auto settlement = std::make_unique<JobSettlement>(m_database, m_queue, m_cache, m_fingerprints, m_paths);
    settlement->begin(job, outcome);
    m_jobs.push_back({job, std::move(settlement), duration, false});
}

bool UnsettledJobs::isDue() const
{
    return !m_jobs.empty() && std::chrono::steady_clock::now() - m_since >= timeLimit;
}

bool UnsettledJobs::hasFailure() const
{
    return std::any_of(m_jobs.cbegin(), m_jobs.cend(), [](const Unsettled &job) {
        const JobOutcome::Kind kind = job.settlement->outcome().kind;
        return kind != JobOutcome::Kind::Converted && kind != JobOutcome::Kind::Unchanged;
    });
}

Result<QList<UnsettledJobs::Settled>> UnsettledJobs::settle(const std::function<Status()> &andThen)
{
    const Status written = m_database.transaction([&]() -> Status {
        if (const Status all = writeAll(); !all)
            return all;
        return andThen ? andThen() : Status();
    });
    if (!written)
        return failure(written.error());
    QList<Settled> settled;
    for (const Unsettled &job : m_jobs) {
        JobOutcome outcome = job.settlement->outcome();
        if (job.isLost)
            outcome = {JobOutcome::Kind::LeaseLost, {}, outcome.output, {}};
        else
            job.settlement->cacheResult();
        settled.append({job.job, outcome, job.duration});
    }
    m_jobs.clear();
    return settled;
}

Status UnsettledJobs::writeAll()
{
    int completed = 0;
    double duration = 0;
    for (Unsettled &job : m_jobs) {
        const Result<bool> isCompleted = job.settlement->write();
        job.isLost = !isCompleted && isCompleted.error().code == ErrorCode::LeaseLost; // nothing was written
        if (!isCompleted && !job.isLost)
            return failure(isCompleted.error());
        if (isCompleted.value_or(false)) {
            ++completed;
            duration += job.duration;
        }
    }
    return completed == 0 ? Status() : m_queue.countCompleted(m_jobs.front().job.workerId, completed, duration);
}

QStringList UnsettledJobs::drop()
{
    QStringList temporary;
    for (const Unsettled &job : m_jobs) {
        if (!job.settlement->outcome().output.temporary.isEmpty())
            temporary.append(job.settlement->outcome().output.temporary);
    }
    m_jobs.clear();
    return temporary;
}

} // namespace lifeguard
