// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/job.h"
#include "core/model/jobcounts.h"
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "core/model/message.h"
#include "core/model/runningjob.h"
#include "core/store/database.h"

#include <functional>
#include <optional>

namespace lifeguard {

/// What became of a job that was taken back.
struct ReturnedJob
{
    qint64 jobId = 0;
    JobStatus status = JobStatus::Pending; ///< pending, or failed when its attempts are used up
    bool counted = false;
};

/// A job that is processing although its worker says that it is idle.
struct IdleWorkersJob
{
    qint64 jobId = 0;
    QDateTime startedAt;
    QString managerId; ///< of its worker; empty: no manager's
    std::optional<seconds> maxJobTime; ///< of its worker's pool; nothing: no manager's
};

/// How a worker's jobs are taken back when it ended.
struct ReturnPolicy
{
    qint64 begunJob = 0; ///< the job of its batch it had begun; 0: unknown, the oldest counts as begun; -1: none was begun
    bool countBegun = true; ///< false for grace run out: Stop, Quit, scale-down, recycling
    Message reason; ///< "plantuml-0: SIGKILL"; its English text becomes part of the error of a job that is given up
};

/// How far a command by filter has come.
struct JobChunk
{
    int changed = 0;
    qint64 last = 0; ///< the highest id that was changed: go on after it
    bool more = false; ///< there may be more
};

/// The states of jobs and every transition between them, exactly as shared/PROTOCOL.md ("Jobs") has them. Synchronous; on
/// the thread of its database. Every call is one transaction.
class JobQueue
{
public:
    JobQueue(Database &database, const Clock &clock) : m_db(database), m_clock(clock) { }

    Result<qint64> add(const NewJob &job);
    Result<QList<qint64>> addMany(const QList<NewJob> &jobs); ///< all or none

    /// pending -> processing: up to limit jobs of the type, highest priority first, then oldest; sets the worker busy.
    /// Empty: nothing waits. WorkerDead: the worker's row is dead or gone, claim nothing more.
    Result<QList<Job>> claim(qint64 workerId, const QString &type, int limit = 1);
    /// processing -> completed while the lease holds, else LeaseLost. seconds: how long it took (worker's average).
    Status acknowledge(const Lease &lease, double seconds);
    /// processing -> failed while the lease holds, else LeaseLost.
    Status fail(const Lease &lease, const QString &error, const QString &traceback, double seconds);
    /// processing -> pending without counting, while the lease holds (an unstarted job of a worker that ends); noted in the event log.
    Status giveBack(const Lease &lease);
    /// Whether the lease still holds: false when the job was cancelled, or is somebody else's.
    Result<bool> holds(const Lease &lease);
    /// Whether that worker completed or failed a job since then. 0: one whose row came and went unseen did, of that type.
    Result<bool> hasFinishedAny(qint64 workerId, const QString &type, const QDateTime &since);

    Result<int> cancel(const QList<qint64> &ids, const QString &by); ///< pending, processing -> cancelled; how many
    Result<int> retry(const QList<qint64> &ids); ///< failed, cancelled -> pending; how many

    /// As retry() and cancel(), for the jobs that match: up to limit of them with ids above after, lowest first. A filter that
    /// matches many is worked through in chunks, so that workers get the write lock in between.
    Result<JobChunk> retryMatching(const JobFilter &filter, qint64 after, int limit);
    Result<JobChunk> cancelMatching(const JobFilter &filter, const QString &by, qint64 after, int limit);

    /// Takes back all processing jobs of a worker that ended.
    Result<QList<ReturnedJob>> returnJobsOf(qint64 workerId, const ReturnPolicy &policy);
    /// Takes back those processing jobs of idle workers that were forgotten: their worker does not work on them any more (one of
    /// another program that lost track of it). As for a death.
    Result<QList<ReturnedJob>> returnForgotten(const std::function<bool(const IdleWorkersJob &)> &isForgotten);
    /// processing whose worker's row is gone, or dead with no live manager owning it -> pending, as for a death;
    /// pending with attempts >= max_attempts -> failed.
    Result<QList<ReturnedJob>> rescue(const QStringList &liveManagers);

    Result<Job> job(qint64 id); ///< with payload
    Result<QList<Job>> list(const JobFilter &filter); ///< without payloads
    Result<QHash<QString, JobCounts>> counts(); ///< by type
    Result<QList<RunningJob>> running();

private:
    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
