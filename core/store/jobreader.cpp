// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/jobreader.h"

#include "core/base/timestamp.h"
#include "core/store/jobresults.h"
#include "core/store/jobrow.h"

#include <QSqlQuery>

#include <optional>

namespace lifeguard {

Result<Job> JobReader::job(qint64 id)
{
    std::optional<Job> found;
    const Status done = m_db.run("job_get", {{QStringLiteral("id"), id}},
                                 [&found](const QSqlQuery &row) { found = JobRows().jobOf(row); });
    if (!done)
        return failure(done.error());
    if (!found)
        return failure(ErrorCode::NotFound, tr("There is no job %1.").arg(id));
    const Result<JobResult> result = JobResults(m_db).of(id);
    if (!result)
        return failure(result.error());
    found->outputs = result->outputs;
    return *found;
}

Result<QList<Job>> JobReader::list(const JobFilter &filter)
{
    QList<Job> jobs;
    QStringList options{filter.status ? QStringLiteral("status") : QStringLiteral("any_status")};
    if (!filter.type.isEmpty())
        options.append(QStringLiteral("type"));
    if (!filter.text.isEmpty())
        options.append(QStringLiteral("text"));
    if (filter.submission > 0)
        options.append(QStringLiteral("submission"));
    const Values values{{QStringLiteral("status"), filter.status ? toString(*filter.status) : QStringLiteral("")},
                        {QStringLiteral("type"), notNull(filter.type)},
                        {QStringLiteral("text"), notNull(filter.text.toLower())},
                        {QStringLiteral("submission"), filter.submission},
                        {QStringLiteral("limit"), filter.limit}};
    JobRows rows;
    const Status done = m_db.run("jobs_list", options, values,
                                 [&jobs, &rows](const QSqlQuery &row) { jobs.append(rows.jobOf(row)); });
    if (!done)
        return failure(done.error());
    return jobs;
}

Result<QHash<QString, JobCounts>> JobReader::counts()
{
    QHash<QString, JobCounts> counts;
    if (!m_db.countsJobs())
        return countEachJob();
    const Status done = m_db.run("jobs_counts", {}, [&counts](const QSqlQuery &row) {
        const JobCounts ofType{row.value(1).toLongLong(), row.value(2).toLongLong(),
                               row.value(3).toLongLong(), row.value(4).toLongLong(),
                               row.value(5).toLongLong(), fromSqlTime(row.value(6).toString())};
        if (ofType.total() > 0)
            counts.insert(row.value(0).toString(), ofType);
    });
    if (!done)
        return failure(done.error());
    return counts;
}

Result<QHash<QString, JobCounts>> JobReader::countEachJob()
{
    QHash<QString, JobCounts> counts;
    const Status counted = m_db.run("jobs_counts_foreign", {}, [&counts](const QSqlQuery &row) {
        counts[row.value(1).toString()].add(jobStatusFromString(row.value(0).toString()).value_or(JobStatus::Pending),
                                            row.value(2).toLongLong());
    });
    if (!counted)
        return failure(counted.error());
    const Status aged = m_db.run("jobs_oldest_pending_foreign", {}, [&counts](const QSqlQuery &row) {
        counts[row.value(0).toString()].oldestPending = fromSqlTime(row.value(1).toString());
    });
    if (!aged)
        return failure(aged.error());
    return counts;
}

Result<bool> JobReader::isClaimable(const QString &type, const QString &mode)
{
    bool found = false;
    const Status done = m_db.run("job_is_claimable",
                                 {{QStringLiteral("type"), type},
                                  {QStringLiteral("mode"), mode},
                                  {QStringLiteral("session"), QVariant()},
                                  {QStringLiteral("limit"), 1}},
                                 [&found](const QSqlQuery &) { found = true; });
    if (!done)
        return failure(done.error());
    return found;
}

Result<bool> JobReader::hasUsedUpJobs()
{
    bool found = false;
    const Status done = m_db.run("jobs_attempts_used_up", {}, [&found](const QSqlQuery &) { found = true; });
    if (!done)
        return failure(done.error());
    return found;
}

Result<QList<RunningJob>> JobReader::running()
{
    QList<RunningJob> jobs;
    const Status done = m_db.run("jobs_running", {}, [&jobs](const QSqlQuery &row) {
        jobs.append({row.value(0).toLongLong(), row.value(1).toLongLong(), row.value(2).toInt(),
                     row.value(3).toString(), row.value(4).toString(), fromSqlTime(row.value(5).toString()),
                     jobTimeOf(row.value(6))});
    });
    if (!done)
        return failure(done.error());
    return jobs;
}

} // namespace lifeguard
