// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/jobbatch.h"

namespace lifeguard {
namespace {

constexpr std::chrono::milliseconds retryPause{50};

} // namespace

JobBatch::JobBatch(JobQueue &queue, QObject *parent) : QObject(parent), m_queue(queue)
{
    m_timeLimit.setSingleShot(true);
    connect(&m_timeLimit, &QTimer::timeout, this, &JobBatch::onTimeLimit);
}

void JobBatch::setJobs(const QList<Job> &jobs)
{
    Q_ASSERT(m_jobs.isEmpty());
    m_jobs = jobs;
    m_isFresh = true;
}

Job JobBatch::takeNext()
{
    Q_ASSERT(!m_jobs.isEmpty());
    m_isFresh = false;
    return m_jobs.takeFirst();
}

Result<std::optional<Job>> JobBatch::takeNextValid()
{
    while (!m_jobs.isEmpty()) {
        // The first job is begun immediately after the claim.
        const Result<bool> isValid = m_isFresh ? Result<bool>(true) : m_queue.isLeaseValid(m_jobs.constFirst().lease());
        if (!isValid)
            return failure(isValid.error());
        Job job = takeNext();
        if (*isValid)
            return job;
    }
    return std::nullopt;
}

void JobBatch::startJobTimeLimit()
{
    if (!m_jobs.isEmpty())
        m_timeLimit.start(jobTimeLimit);
}

void JobBatch::onTimeLimit()
{
    if (const Status returned = returnAll(); !returned && isTransient(returned.error()))
        m_timeLimit.start(retryPause);
}

Status JobBatch::returnAll()
{
    if (m_jobs.isEmpty())
        return {};
    QList<Lease> leases;
    for (const Job &job : std::as_const(m_jobs))
        leases.append(job.lease());
    const Status returned = m_queue.giveBackAll(leases);
    if (!returned && isTransient(returned.error()))
        return failure(returned.error());
    m_jobs.clear();
    return {};
}

} // namespace lifeguard
