// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/job.h"
#include "core/model/message.h"
#include "core/model/submission.h"
#include "core/store/database.h"

#include <QCoreApplication>

#include <optional>

namespace lifeguard {

/// The transitions of single jobs between their states (docs/protocol.md, "Jobs"): what workers do, and what users do
/// to jobs that they name. InterruptedJobs takes jobs back from workers that ended, MatchingJobs acts on all jobs that
/// match a filter, JobReader reads. Synchronous; on the thread of its database. Every call is one transaction, except
/// those on many jobs.
class JobQueue
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::JobQueue)

public:
    JobQueue(Database &database, const Clock &clock) : m_db(database), m_clock(clock) {}

    /// Adds a pending job and returns its id.
    [[nodiscard]] Result<qint64> add(const NewJob &job);
    /// Adds all of the jobs or none, and returns their ids. Many jobs are added in several transactions; if one of them
    /// fails, the jobs of the earlier ones are removed, except those that a worker has claimed by then. submission: the
    /// submission that the jobs belong to, which the first transaction adds.
    [[nodiscard]] Result<QList<qint64>> addMany(const QList<NewJob> &jobs,
                                                const std::optional<NewSubmission> &submission = {});

    /// pending -> processing. Claims up to limit jobs of the type, highest priority first, then the oldest, and sets
    /// the worker busy. Returns an empty list if no job is pending. WorkerDead if the worker's row is marked dead or
    /// was deleted: the worker must not claim again.
    [[nodiscard]] Result<QList<Job>> claim(qint64 workerId, const QString &type, int limit = 1);
    /// processing -> completed. LeaseLost if another worker has the job. duration: of the job in seconds, for the
    /// worker's average.
    [[nodiscard]] Status acknowledge(const Lease &lease, double duration);
    /// As acknowledge(), but does not count the job for its worker. A worker that settles several jobs in one
    /// transaction calls countCompleted() once.
    [[nodiscard]] Status complete(const Lease &lease);
    /// Adds completed jobs to the numbers of the worker. duration: of all of them together, in seconds.
    [[nodiscard]] Status countCompleted(qint64 workerId, int jobs, double duration);
    /// processing -> failed. LeaseLost if another worker has the job.
    [[nodiscard]] Status fail(const Lease &lease, const QString &error, const QString &traceback);
    /// processing -> pending, for a job that its worker has not begun, or cannot convert for a reason that is not the
    /// fault of the job: the attempt does not count, and an event explains that. LeaseLost if another worker has the
    /// job.
    [[nodiscard]] Status giveBack(const Lease &lease, const Message &reason = Message("job_not_begun"));
    /// processing -> pending, or failed when the attempts are used up, for a job whose tool was killed: the attempt
    /// counts, as if the worker had been killed. LeaseLost if another worker has the job.
    [[nodiscard]] Status interrupt(const Job &job, const Message &reason);
    /// As giveBack(), for several jobs at once. Jobs that belong to another worker are left out.
    [[nodiscard]] Status giveBackAll(const QList<Lease> &leases);
    /// Returns whether the lease is valid. It is not if the job was cancelled or belongs to another worker.
    [[nodiscard]] Result<bool> isLeaseValid(const Lease &lease);
    /// Returns the valid leases of the worker.
    [[nodiscard]] Result<QList<Lease>> leasesOf(qint64 workerId);
    /// Returns a number that changes when another connection changes the file (Database::dataVersion()).
    [[nodiscard]] Result<qint64> version() { return m_db.dataVersion(); }
    /// Returns whether the worker has completed or failed a job since then. workerId 0 means a worker whose row was
    /// deleted before it was read: all jobs of the type whose worker has no row count as jobs of this worker.
    [[nodiscard]] Result<bool> hasFinishedAny(qint64 workerId, const QString &type, const QDateTime &since);

    /// pending, processing -> cancelled. by: the user or program that cancels. Returns the number of jobs that were
    /// cancelled. As retry(), in several transactions if the jobs are large.
    [[nodiscard]] Result<int> cancel(const QList<qint64> &ids, const QString &by);
    /// failed, cancelled -> pending. Returns the number of jobs that were put back.
    [[nodiscard]] Result<int> retry(const QList<qint64> &ids);
    /// completed, failed, cancelled -> pending. isForced: the results cache is not used. Returns the number of jobs
    /// that were put back.
    [[nodiscard]] Result<int> rerun(const QList<qint64> &ids, bool isForced);

private:
    [[nodiscard]] Status addChunk(const QList<NewJob> &jobs, const std::optional<NewSubmission> &submission,
                                  QVariant &submissionId, QList<qint64> &ids);
    [[nodiscard]] Status removeAdded(const QList<qint64> &ids);
    [[nodiscard]] Result<int> changeEach(const QList<qint64> &ids, const char *statement, Values values,
                                         const char *after = nullptr);

    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
