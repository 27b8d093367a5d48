// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/jobsettlement.h"

#include "core/base/logging.h"

#include <QFile>

namespace lifeguard {

JobSettlement::JobSettlement(Database &database, JobQueue &queue, ResultsCache &cache, const HostPaths &paths)
    : m_database(database)
    , m_queue(queue)
    , m_cache(cache)
    , m_paths(paths)
{
}

void JobSettlement::begin(const Job &job, const JobOutcome &outcome)
{
    Q_ASSERT(outcome.kind != JobOutcome::Kind::LeaseLost);
    m_job = job;
    m_outcome = outcome;
    m_isCommitted = false;
}

Status JobSettlement::settle(double duration)
{
    const Status settled = m_database.transaction([&]() -> Status {
        if (const Status committed = commitOutputOnce(); !committed)
            return failure(committed.error());
        if (m_outcome.kind == JobOutcome::Kind::Failed) {
            const Error &error = m_outcome.error;
            return m_queue.fail(m_job.lease(), m_paths.textToHost(error.message), m_paths.textToHost(error.detail),
                                duration);
        }
        return m_queue.acknowledge(m_job.lease(), duration);
    });
    if (!settled)
        return failure(settled.error());
    if (m_isCommitted)
        cacheResult();
    return {};
}

Status JobSettlement::commitOutputOnce()
{
    const OutputPath &output = m_outcome.output;
    if (m_outcome.kind != JobOutcome::Kind::Converted || output.target.isEmpty() || m_isCommitted
        || !QFile::exists(output.temporary)) {
        return {};
    }
    const Result<bool> holds = m_queue.isLeaseValid(m_job.lease());
    if (!holds)
        return failure(holds.error());
    if (!*holds)
        return failure(ErrorCode::LeaseLost, {});
    if (const Status committed = commitOutput(output); committed) {
        m_isCommitted = true;
    } else {
        m_outcome.kind = JobOutcome::Kind::Failed;
        m_outcome.error = committed.error();
    }
    return {};
}

void JobSettlement::cacheResult()
{
    if (m_job.contentHash.isEmpty())
        return;
    // The job counts as completed even if its result cannot be cached.
    const Status stored = m_cache.store(m_job.outputFile, m_job.contentHash, outputMetadata(m_outcome.output.target));
    if (!stored)
        qCWarning(lcWorker).noquote() << "The result could not be cached:" << stored.error().message;
}

} // namespace lifeguard
