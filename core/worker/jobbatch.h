// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "core/store/jobqueue.h"

#include <QList>

namespace lifeguard {

/// The jobs that a worker has claimed but not begun.
class JobBatch
{
public:
    /// queue must outlive this object.
    explicit JobBatch(JobQueue &queue) : m_queue(queue) {}

    /// Adds jobs that were just claimed. The batch must be empty.
    void setJobs(const QList<Job> &jobs);
    [[nodiscard]] bool isEmpty() const { return m_jobs.isEmpty(); }
    /// Removes and returns the next job. The batch must not be empty.
    [[nodiscard]] Job takeNext();

    /// Returns the jobs to the queue, uncounted. Stops at the first error that may be transient (isTransient()) and
    /// returns it; call it again to return the remaining jobs. Jobs whose lease is lost are dropped.
    [[nodiscard]] Status returnAll();
    /// Drops the next job without returning it, because the queue cannot be written. The manager returns the job when
    /// the worker has ended.
    void dropNext();

private:
    JobQueue &m_queue;
    QList<Job> m_jobs;
};

} // namespace lifeguard
