// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "core/store/jobqueue.h"

#include <QList>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <optional>

namespace lifeguard {

/// The jobs that a worker has claimed but not begun. They are returned to the queue when the begun job takes longer
/// than jobTimeLimit, because other workers may be idle: the size of a batch is only a guess from earlier jobs.
class JobBatch : public QObject
{
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds jobTimeLimit{100};

    /// queue must outlive this object.
    explicit JobBatch(JobQueue &queue, QObject *parent = nullptr);

    /// Adds jobs that were just claimed. The batch must be empty.
    void setJobs(const QList<Job> &jobs);
    [[nodiscard]] bool isEmpty() const { return m_jobs.isEmpty(); }
    /// Removes and returns the next job. The batch must not be empty.
    [[nodiscard]] Job takeNext();
    /// Removes and returns the next job that can still be begun; std::nullopt if there is none. Jobs that were
    /// cancelled or taken back since they were claimed are dropped. On an error, no job is lost; call it again.
    [[nodiscard]] Result<std::optional<Job>> takeNextValid();

    /// Starts the time limit for a job that was just taken from the batch. When it has passed, the jobs that are still
    /// in the batch are returned, as by returnAll(); this is repeated while the queue cannot be written.
    void startJobTimeLimit();
    /// Stops the time limit, because the job has ended.
    void stopJobTimeLimit() { m_timeLimit.stop(); }

    /// Returns the jobs to the queue, uncounted, in one transaction. An error may be transient (isTransient()): call it
    /// again. Jobs whose lease is lost, and all jobs after any other error, are dropped.
    [[nodiscard]] Status returnAll();
    /// Drops all jobs without returning them, because the queue cannot be written. The manager returns them when the
    /// worker has ended.
    void drop() { m_jobs.clear(); }

private:
    [[nodiscard]] Status dropInvalid();
    void onTimeLimit();

    JobQueue &m_queue;
    QList<Job> m_jobs;
    bool m_isFresh = false; ///< the first job of the batch has not been taken yet
    qint64 m_version = -1; ///< JobQueue::version() when the leases were checked; negative: not yet
    QTimer m_timeLimit;
};

} // namespace lifeguard
