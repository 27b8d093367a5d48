// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/jobreturner.h"

#include <QSet>

#include <functional>
#include <optional>

namespace lifeguard {

/// A processing job whose worker is idle according to the worker's row.
struct IdleWorkersJob
{
    qint64 jobId = 0;
    QDateTime startedAt;
    QString managerId; ///< the manager of the worker; empty: the worker has no manager
    std::optional<seconds> maxJobTime; ///< the limit of the job, or else of the worker's pool; not set: neither has one
};

/// Determines how the jobs of a worker that ended are taken back.
struct ReturnOptions
{
    qint64 begunJob = 0; ///< the job of its batch that the worker had begun; 0: unknown, the oldest counts as begun;
                         ///< -1: none
    bool countBegun = true; ///< false when the grace period ran out: Stop, Quit, scale-down, recycling
    Message reason; ///< "plantuml-0: SIGKILL"; its English text becomes part of the error of a job that is given up
};

/// Takes jobs back from workers that will not finish them (docs/protocol.md, "Jobs"). Every call is one transaction, or
/// several if the jobs are large, and takes the write lock only if there is something to do. Synchronous; on the thread
/// of its database.
class InterruptedJobs
{
public:
    InterruptedJobs(Database &database, const Clock &clock) : m_db(database), m_clock(clock) {}

    /// Takes back all processing jobs of a worker that ended.
    [[nodiscard]] Result<QList<ReturnedJob>> returnJobsOf(qint64 workerId, const ReturnOptions &options);
    /// Takes back those processing jobs of idle workers for which isForgotten returns true: the worker (of another
    /// program) lost track of the job. The attempt counts, as for a death.
    [[nodiscard]] Result<QList<ReturnedJob>> returnForgotten(
        const std::function<bool(const IdleWorkersJob &)> &isForgotten);
    /// Takes back the jobs of workers that have no row, or are dead and belong to none of the live managers; the
    /// attempt counts, as for a death, unless another program deleted the row of a living worker of ours. Marks pending
    /// jobs failed whose attempts are used up, because no worker can claim them.
    [[nodiscard]] Result<QList<ReturnedJob>> returnOrphans(const QStringList &liveManagers);

private:
    /// Processing jobs without a worker that could finish them.
    struct Orphans
    {
        QList<Job> jobs;
        QHash<qint64, qint64> begunJobs; ///< by worker id; as ReturnOptions::begunJob
        QHash<qint64, Message> reasons; ///< by worker id: the reason of the worker's end, if it is known
        QSet<qint64> withoutRow; ///< ids of workers whose row was deleted
        QSet<qint64> disowned; ///< those of withoutRow that are alive: their attempts do not count
    };
    [[nodiscard]] Result<Orphans> orphans(const QStringList &liveManagers);
    [[nodiscard]] Status findDisowned(Orphans &orphans, const QStringList &liveManagers);
    [[nodiscard]] Result<QList<qint64>> pendingJobsWithUsedUpAttempts();
    [[nodiscard]] Result<QList<ReturnedJob>> returnSome(const QStringList &liveManagers, qint64 &bytes);
    [[nodiscard]] Result<QList<ReturnedJob>> returnAll(const Orphans &orphans, qint64 &bytes);
    [[nodiscard]] Result<QList<ReturnedJob>> failUsedUpAttempts(const QList<qint64> &ids, qint64 &bytes);
    [[nodiscard]] Result<QSet<qint64>> forgottenJobs(const std::function<bool(const IdleWorkersJob &)> &isForgotten);

    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
