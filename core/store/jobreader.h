// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "core/model/jobcounts.h"
#include "core/model/jobfilter.h"
#include "core/model/runningjob.h"
#include "core/store/database.h"

#include <QCoreApplication>
#include <QHash>

namespace lifeguard {

/// Reads jobs: one, lists and counts. Changes nothing. Synchronous; on the thread of its database.
class JobReader
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::JobReader)

public:
    explicit JobReader(Database &database) : m_db(database) {}

    /// Returns the job with its payload and its outputs; NotFound if there is none with this id.
    [[nodiscard]] Result<Job> job(qint64 id);
    /// Returns the matching jobs without payloads, newest first.
    [[nodiscard]] Result<QList<Job>> list(const JobFilter &filter);
    /// Returns the counts by job type.
    [[nodiscard]] Result<QHash<QString, JobCounts>> counts();
    /// Returns whether a worker of this mode ("direct", "docker"), without a session, could claim a job of the type.
    [[nodiscard]] Result<bool> isClaimable(const QString &type, const QString &mode);
    /// Returns whether there are pending jobs that a manager will mark as failed, because their attempts are used up.
    [[nodiscard]] Result<bool> hasUsedUpJobs();
    /// Returns the jobs that are being processed.
    [[nodiscard]] Result<QList<RunningJob>> running();

private:
    /// As counts(), for a file without counts of its own: reads the index entry of each job.
    [[nodiscard]] Result<QHash<QString, JobCounts>> countEachJob();

    Database &m_db;
};

} // namespace lifeguard
