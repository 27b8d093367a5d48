// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/job.h"
#include "core/model/message.h"
#include "core/store/database.h"

#include <QCoreApplication>

class QSqlQuery;

namespace lifeguard {

/// The result of taking a job back from its worker.
struct ReturnedJob
{
    qint64 jobId = 0;
    JobStatus status = JobStatus::Pending; ///< pending, or failed when its attempts are used up
    bool counted = false; ///< whether the interrupted attempt counts

    bool operator==(const ReturnedJob &) const = default;
};

/// A processing job whose worker ended.
struct InterruptedJob
{
    Job job;
    bool counts = true; ///< whether the attempt counts
    bool hasLease = true; ///< false: worker_id is NULL or refers to no row; attempts alone identify the lease
    Message reason;
};

/// Takes jobs back from their workers: makes a job pending again, or failed when its attempts are used up, and records
/// why. To be used within a transaction, on the thread of its database.
class JobReturner
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::JobReturner)

public:
    JobReturner(Database &database, const Clock &clock) : m_db(database), m_clock(clock) {}

    /// Takes the job back. LeaseLost if another worker has it by now.
    [[nodiscard]] Result<ReturnedJob> returnJob(const InterruptedJob &interrupted);
    /// Takes the jobs back and returns them. Jobs that belong to another worker by now are left out.
    [[nodiscard]] Result<QList<ReturnedJob>> returnAll(const QList<InterruptedJob> &interrupted);
    /// Returns the job in a row of the statements that list interrupted jobs (jobs_of_worker, jobs_orphaned,
    /// jobs_of_idle_workers).
    [[nodiscard]] static Job interruptedJobOf(const QSqlQuery &row);

private:
    /// Returns the error text of a job that is given up: it lists the interruptions with their times.
    [[nodiscard]] Result<QString> givenUpError(qint64 jobId);

    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
