// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/matchingjobs.h"

#include "core/base/timestamp.h"
#include "core/store/jobfiltersql.h"
#include "core/store/transactionsize.h"

#include <QSqlQuery>

namespace lifeguard {
namespace {

Values chunkValues(const JobFilter &filter, qint64 after, int limit)
{
    Values values = filterValues(filter);
    values.insert(QStringLiteral("after"), after);
    values.insert(QStringLiteral("limit"), limit);
    return values;
}

} // namespace

/// Determines the end of the next chunk. Its rows must fit into one transaction.
Result<JobChunk> MatchingJobs::nextChunk(const QStringList &options, const Values &values)
{
    QList<qint64> ids;
    const Status read = m_db.run("jobs_matching_chunk", options, values,
                                 [&ids](const QSqlQuery &row) { ids.append(row.value(0).toLongLong()); });
    if (!read)
        return failure(read.error());
    qsizetype end = 0;
    for (qint64 bytes = 0; end < ids.size() && bytes < transactionBytes; ++end) {
        const Result<qint64> size = rowSize(m_db, ids.at(end));
        if (!size)
            return failure(size.error());
        bytes += *size;
    }
    JobChunk chunk;
    chunk.last = end > 0 ? ids.at(end - 1) : 0;
    chunk.more = end < ids.size() || ids.size() == values.value(QStringLiteral("limit")).toInt();
    return chunk;
}

Result<JobChunk> MatchingJobs::change(const char *name, const QString &action, const QStringList &options,
                                      const Values &values, const char *followUp)
{
    // Without the write lock: matching jobs may be rare. The statement checks the condition again.
    Result<JobChunk> chunk = nextChunk(options + QStringList{action}, values);
    if (!chunk || chunk->last == 0)
        return chunk;
    const Status done = m_db.transaction([&]() -> Status {
        Values chunkValues = values;
        chunkValues.insert(QStringLiteral("last"), chunk->last);
        QList<qint64> changed;
        const Status run = m_db.run(name, options, chunkValues,
                                    [&changed](const QSqlQuery &row) { changed.append(row.value(0).toLongLong()); });
        if (!run)
            return run;
        chunk->changed = int(changed.size());
        for (qsizetype i = 0; followUp && i < changed.size(); ++i) {
            if (const Status followed = m_db.run(followUp, {{QStringLiteral("id"), changed.at(i)}}); !followed)
                return followed;
        }
        return {};
    });
    if (!done)
        return failure(done.error());
    return chunk;
}

Result<JobChunk> MatchingJobs::retry(const JobFilter &filter, qint64 after, int limit)
{
    return change("jobs_retry_matching", QStringLiteral("retry"), filterOptions(filter),
                  chunkValues(filter, after, limit));
}

Result<JobChunk> MatchingJobs::rerun(const JobFilter &filter, bool isForced, qint64 after, int limit)
{
    QStringList options = filterOptions(filter);
    if (options.removeOne(QStringLiteral("status"))) // would make SQLite sort all jobs with this status
        options.append(QStringLiteral("ended_as"));
    return change("jobs_rerun_matching", QStringLiteral("rerun"), options, chunkValues(filter, after, limit),
                  isForced ? "job_force" : "job_unforce");
}

Result<JobChunk> MatchingJobs::cancel(const JobFilter &filter, const QString &by, qint64 after, int limit)
{
    QStringList options = filterOptions(filter);
    options.append(m_db.acceptsCancelled() ? QStringLiteral("accepts_cancelled") : QStringLiteral("v1"));
    Values values = chunkValues(filter, after, limit);
    values.insert(QStringLiteral("by"), by);
    values.insert(QStringLiteral("now"), toSqlTime(m_clock.utcNow()));
    return change("jobs_cancel_matching", QStringLiteral("cancel"), options, values);
}

} // namespace lifeguard
