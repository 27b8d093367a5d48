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
    m_version = -1;
}

Job JobBatch::takeNext()
{
    Q_ASSERT(!m_jobs.isEmpty());
    m_isFresh = false;
    return m_jobs.takeFirst();
}

Result<std::optional<Job>> JobBatch::takeNextValid()
{
    if (!m_jobs.isEmpty() && !m_isFresh) { // the first job is begun immediately after the claim
        if (const Status checked = dropInvalid(); !checked)
            return failure(checked.error());
    }
    if (m_jobs.isEmpty())
        return std::nullopt;
    return takeNext();
}

/// Drops the jobs whose lease is not valid any more. Reads the queue only if another program has changed it.
Status JobBatch::dropInvalid()
{
    const Result<qint64> version = m_queue.version();
    if (!version)
        return failure(version.error());
    if (*version == m_version)
        return {};
    const Result<QList<Lease>> valid = m_queue.leasesOf(m_jobs.constFirst().workerId);
    if (!valid)
        return failure(valid.error());
    m_jobs.removeIf([&valid](const Job &job) { return !valid->contains(job.lease()); });
    m_version = *version;
    return {};
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
