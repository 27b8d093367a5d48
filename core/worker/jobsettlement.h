// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/database.h"
#include "core/store/jobqueue.h"
#include "core/store/resultscache.h"
#include "core/worker/hostpaths.h"
#include "core/worker/joboutcome.h"

namespace lifeguard {

/// Writes the outcome of one job to the queue. Checking the lease, renaming the output into place and acknowledging the
/// job are one transaction: a worker that was suspended for a long time must not overwrite the output of the worker
/// that has its job now (docs/protocol.md, "Settlement"). Belongs to the thread of the database.
class JobSettlement
{
public:
    /// The databases and paths must outlive this object.
    JobSettlement(Database &database, JobQueue &queue, ResultsCache &cache, const HostPaths &paths);

    /// Sets the job to settle and its outcome, which must not be LeaseLost.
    void begin(const Job &job, const JobOutcome &outcome);
    /// Tries to settle the job. duration: of the job, in seconds. After a transient error (isTransient()) call it
    /// again; steps that succeeded are not repeated. Fails with LeaseLost if the result must be discarded.
    [[nodiscard]] Status settle(double duration);
    /// Returns the outcome. After settle() its kind is Failed if the output could not be renamed into place.
    [[nodiscard]] const JobOutcome &outcome() const { return m_outcome; }

private:
    [[nodiscard]] Status commitOutputOnce();
    void cacheResult();

    Database &m_database;
    JobQueue &m_queue;
    ResultsCache &m_cache;
    const HostPaths &m_paths;
    Job m_job;
    JobOutcome m_outcome;
    bool m_isCommitted = false; ///< the output has been renamed into place
};

} // namespace lifeguard
