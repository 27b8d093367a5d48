// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/jobbatch.h"

namespace lifeguard {

void JobBatch::setJobs(const QList<Job> &jobs)
{
    Q_ASSERT(m_jobs.isEmpty());
    m_jobs = jobs;
}

Job JobBatch::takeNext()
{
    Q_ASSERT(!m_jobs.isEmpty());
    return m_jobs.takeFirst();
}

Status JobBatch::returnAll()
{
    while (!m_jobs.isEmpty()) {
        const Status returned = m_queue.giveBack(m_jobs.constFirst().lease());
        if (!returned && isTransient(returned.error()))
            return failure(returned.error());
        m_jobs.removeFirst();
    }
    return {};
}

void JobBatch::dropNext()
{
    Q_ASSERT(!m_jobs.isEmpty());
    m_jobs.removeFirst();
}

} // namespace lifeguard
