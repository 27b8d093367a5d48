// SPDX-License-Identifier: GPL-3.0-or-later
// JobQueue: what is asked of it.
#include "core/base/timestamp.h"
#include "core/store/jobqueue.h"
#include "core/store/jobrow.h"

#include <QCoreApplication>
#include <QSqlQuery>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::JobQueue", text);
}

Values filterValues(const JobFilter &filter)
{
    return {{QStringLiteral("status"), filter.status ? toString(*filter.status) : QStringLiteral("")},
            {QStringLiteral("type"), notNull(filter.type)},
            {QStringLiteral("text"), notNull(filter.text.toLower())},
            {QStringLiteral("limit"), filter.limit}};
}

} // namespace

Result<Job> JobQueue::job(qint64 id)
{
    std::optional<Job> found;
    const Status done = m_db.run("job_get", {{QStringLiteral("id"), id}}, [&found](const QSqlQuery &row) { found = jobOf(row); });
    if (!done)
        return tl::unexpected(done.error());
    if (!found)
        return failure(ErrorCode::NotFound, tr("There is no job %1.").arg(id));
    return *found;
}

Result<QList<Job>> JobQueue::list(const JobFilter &filter)
{
    QList<Job> jobs;
    const Status done = m_db.run("jobs_list", filterValues(filter), [&jobs](const QSqlQuery &row) { jobs.append(jobOf(row)); });
    if (!done)
        return tl::unexpected(done.error());
    return jobs;
}

Result<QHash<QString, JobCounts>> JobQueue::counts()
{
    QHash<QString, JobCounts> counts;
    const Status counted = m_db.run("jobs_counts", {}, [&counts](const QSqlQuery &row) {
        JobCounts &entry = counts[row.value(1).toString()];
        const qint64 n = row.value(2).toLongLong();
        switch (jobStatusFromString(row.value(0).toString()).value_or(JobStatus::Pending)) {
        case JobStatus::Pending:
            entry.pending = n;
            break;
        case JobStatus::Processing:
            entry.processing = n;
            break;
        case JobStatus::Completed:
            entry.completed = n;
            break;
        case JobStatus::Failed:
            entry.failed = n;
            break;
        case JobStatus::Cancelled:
            entry.cancelled = n;
            break;
        }
    });
    if (!counted)
        return tl::unexpected(counted.error());
    const Status aged = m_db.run("jobs_oldest_pending", {}, [&counts](const QSqlQuery &row) {
        counts[row.value(0).toString()].oldestPending = fromSqlTime(row.value(1).toString());
    });
    if (!aged)
        return tl::unexpected(aged.error());
    return counts;
}

Result<QList<RunningJob>> JobQueue::running()
{
    QList<RunningJob> jobs;
    const Status done = m_db.run("jobs_running", {}, [&jobs](const QSqlQuery &row) {
        jobs.append({row.value(0).toLongLong(), row.value(1).toLongLong(), row.value(2).toInt(), row.value(3).toString(),
                     row.value(4).toString(), fromSqlTime(row.value(5).toString())});
    });
    if (!done)
        return tl::unexpected(done.error());
    return jobs;
}
} // namespace lifeguard
