// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/database.h"
#include "core/store/fingerprints.h"
#include "core/store/jobqueue.h"
#include "core/store/resultscache.h"
#include "core/worker/filethread.h"
#include "core/worker/hostpaths.h"
#include "core/worker/joboutcome.h"

#include <functional>

namespace lifeguard {

/// Writes the outcome of one job to the queue. Checking the lease, renaming the output into place and acknowledging the
/// job are one transaction: a worker that was suspended for a long time must not overwrite the output of the worker
/// that has its job now (docs/protocol.md, "Settlement"). A rename on a network share may block, and must not happen
/// while the transaction holds the write lock of the queue: such an output is renamed before, by commit(). Belongs to
/// the thread of the database.
class JobSettlement
{
public:
    /// The databases and paths must outlive this object.
    JobSettlement(Database &database, JobQueue &queue, ResultsCache &cache, Fingerprints &fingerprints,
                  const HostPaths &paths);

    /// Sets the job to settle and its outcome, which must not be LeaseLost.
    void begin(const Job &job, const JobOutcome &outcome);
    /// Returns whether commit() must be called before settle(), because renaming the output may block.
    [[nodiscard]] bool needsCommit() const;
    /// Renames the output into place on the other thread, if the lease is valid. done is called once: with an error of
    /// the queue as settle() returns it, in which case nothing was renamed; or after the rename. If that failed or took
    /// longer than the limit, the outcome is now Failed or Blocked.
    void commit(FileThread &files, seconds limit, const std::function<void(const Status &)> &done);
    /// Tries to settle the job. duration: of the job, in seconds. After a transient error (isTransient()) call it
    /// again; steps that succeeded are not repeated. Fails with LeaseLost if the result must be discarded.
    [[nodiscard]] Status settle(double duration);
    /// Writes the outcome as a part of the caller's transaction, without counting the job for its worker. Returns
    /// whether the job is completed. If it fails with LeaseLost, nothing was written.
    [[nodiscard]] Result<bool> write();
    /// Stores the result of a converted job in the cache, after write() was committed.
    void cacheResult();
    /// Returns the outcome. After settle() its kind is Failed or Blocked if the output could not be renamed into place.
    [[nodiscard]] const JobOutcome &outcome() const { return m_outcome; }

private:
    [[nodiscard]] Status checkLease();
    void setCommitted(const Status &committed);
    [[nodiscard]] Status commitLocalOutput();
    [[nodiscard]] Status complete();

    Database &m_database;
    JobQueue &m_queue;
    ResultsCache &m_cache;
    Fingerprints &m_fingerprints;
    const HostPaths &m_paths;
    Job m_job;
    JobOutcome m_outcome;
    bool m_isCommitted = false; ///< the output has been renamed into place
};

} // namespace lifeguard
