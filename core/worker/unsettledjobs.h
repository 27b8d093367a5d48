// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/jobsettlement.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace lifeguard {

/// The jobs that a worker has finished and not yet settled. Settling takes longer than a short job, so that several of
/// them are settled in one transaction, together with the next claim. Each keeps its own lease: one that was cancelled,
/// or belongs to another worker, is left out, and does not affect the others. Belongs to the thread of the database.
class UnsettledJobs
{
public:
    /// Jobs are settled together while the first of them began less than this time ago: a longer job is settled at
    /// once.
    static constexpr std::chrono::milliseconds timeLimit{10};

    /// A settled job, for the log. Its outcome is LeaseLost if the result was dropped.
    struct Settled
    {
        Job job;
        JobOutcome outcome;
        double duration;
    };

    /// The arguments must outlive this object.
    UnsettledJobs(Database &database, JobQueue &queue, ResultsCache &cache, Fingerprints &fingerprints,
                  const HostPaths &paths);

    /// Adds a finished job. outcome must not be LeaseLost. duration: of the job, in seconds.
    void add(const Job &job, const JobOutcome &outcome, double duration);
    [[nodiscard]] bool isEmpty() const { return m_jobs.empty(); }
    [[nodiscard]] qsizetype size() const { return qsizetype(m_jobs.size()); }
    /// Returns whether the time limit has passed for the first of them.
    [[nodiscard]] bool isDue() const;
    /// Returns whether one of them was neither converted nor unchanged.
    [[nodiscard]] bool hasFailure() const;
    /// Returns the settlement of the job that was added last.
    [[nodiscard]] JobSettlement &last() { return *m_jobs.back().settlement; }

    /// Settles all jobs and runs andThen, in one transaction, and removes the jobs. On an error, which may be that of
    /// andThen, nothing was written and the jobs are kept: call it again.
    [[nodiscard]] Result<QList<Settled>> settle(const std::function<Status()> &andThen = {});
    /// Removes all jobs without settling them. Returns the paths of their temporary outputs.
    [[nodiscard]] QStringList drop();

private:
    struct Unsettled
    {
        Job job;
        std::unique_ptr<JobSettlement> settlement;
        double duration = 0;
        bool isLost = false;
    };

    [[nodiscard]] Status writeAll();

    Database &m_database;
    JobQueue &m_queue;
    ResultsCache &m_cache;
    Fingerprints &m_fingerprints;
    const HostPaths &m_paths;
    std::vector<Unsettled> m_jobs;
    std::chrono::steady_clock::time_point m_since; ///< the beginning of the first job
};

} // namespace lifeguard
