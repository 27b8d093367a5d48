// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/jobprioritizer.h"

#include "core/store/jobfiltersql.h"
#include "core/store/transactionsize.h"

#include <QSqlQuery>

#include <limits>
#include <map>

namespace lifeguard {

Status JobPrioritizer::read(const QStringList &options, const Values &values, QList<PendingJob> &jobs)
{
    return m_db.run("jobs_pending_priorities", options, values, [&jobs](const QSqlQuery &row) {
        jobs.append({row.value(0).toLongLong(), row.value(1).toString(), row.value(2).toLongLong()});
    });
}

Result<QList<JobPrioritizer::NewPriority>> JobPrioritizer::plan(const QList<qint64> &ids)
{
    QList<PendingJob> jobs;
    for (const qint64 id : ids) {
        const Status done = read({QStringLiteral("one"), QStringLiteral("no_text")}, {{QStringLiteral("id"), id}},
                                 jobs);
        if (!done)
            return failure(done.error());
    }
    return plan(jobs);
}

Result<QList<JobPrioritizer::NewPriority>> JobPrioritizer::plan(const JobFilter &filter)
{
    QList<PendingJob> jobs;
    if (const Status done = read(filterOptions(filter), filterValues(filter), jobs); !done)
        return failure(done.error());
    return plan(jobs);
}

Result<QList<JobPrioritizer::NewPriority>> JobPrioritizer::plan(const QList<PendingJob> &jobs)
{
    // Jobs of one priority are claimed by id, so that only different priorities must stay different.
    std::map<QString, std::map<qint64, int>> newPriorities;
    for (const PendingJob &job : jobs)
        newPriorities[job.type].insert({job.priority, 0});
    for (auto &[type, ofType] : newPriorities) {
        qint64 next = std::numeric_limits<int>::min();
        const Status done = m_db.run("job_highest_priority", {{QStringLiteral("type"), type}},
                                     [&next](const QSqlQuery &row) { next = row.value(0).toLongLong() + 1; });
        if (!done)
            return failure(done.error());
        if (next > std::numeric_limits<int>::max() - qint64(ofType.size())) {
            return failure(ErrorCode::InvalidArgument,
                           tr("The jobs of type %1 cannot be moved to the front, because the priority of a pending job "
                              "(%2) is almost the highest one that can be stored. Cancel that job, or wait until it "
                              "has been converted.")
                               .arg(type, QString::number(next - 1)));
        }
        for (auto &[old, changed] : ofType)
            changed = int(next++);
    }
    QList<NewPriority> priorities;
    priorities.reserve(jobs.size());
    for (const PendingJob &job : jobs)
        priorities.append({job.id, newPriorities.at(job.type).at(job.priority)});
    return priorities;
}

Result<int> JobPrioritizer::apply(const QList<NewPriority> &priorities, qsizetype &next, int limit)
{
    int changed = 0;
    qsizetype end = next;
    const Status done = m_db.transaction([&]() -> Status {
        qint64 bytes = 0;
        for (; end < priorities.size() && end - next < limit && bytes < transactionBytes; ++end) {
            const NewPriority &job = priorities.at(end);
            const Result<qint64> size = rowSize(m_db, job.id);
            if (!size)
                return failure(size.error());
            bytes += *size;
            const Result<int> one = m_db.change("job_prioritize", {{QStringLiteral("id"), job.id},
                                                                   {QStringLiteral("priority"), job.priority}});
            if (!one)
                return failure(one.error());
            changed += *one;
        }
        return {};
    });
    if (!done)
        return failure(done.error());
    next = end;
    return changed;
}

} // namespace lifeguard
