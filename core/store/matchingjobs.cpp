// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/matchingjobs.h"

#include "core/base/timestamp.h"
#include "core/store/jobfiltersql.h"

#include <QSqlQuery>

#include <algorithm>

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

Result<JobChunk> MatchingJobs::change(const char *name, const QStringList &options, const Values &values)
{
    JobChunk chunk;
    const Status done = m_db.transaction([&]() -> Status {
        chunk = {};
        return m_db.run(name, options, values, [&chunk](const QSqlQuery &row) {
            ++chunk.changed;
            chunk.last = std::max(chunk.last, row.value(0).toLongLong());
        });
    });
    if (!done)
        return failure(done.error());
    chunk.more = chunk.changed == values.value(QStringLiteral("limit")).toInt();
    return chunk;
}

Result<JobChunk> MatchingJobs::retry(const JobFilter &filter, qint64 after, int limit)
{
    return change("jobs_retry_matching", filterOptions(filter), chunkValues(filter, after, limit));
}

Result<JobChunk> MatchingJobs::cancel(const JobFilter &filter, const QString &by, qint64 after, int limit)
{
    QStringList options = filterOptions(filter);
    options.append(m_db.acceptsCancelled() ? QStringLiteral("accepts_cancelled") : QStringLiteral("v1"));
    Values values = chunkValues(filter, after, limit);
    values.insert(QStringLiteral("by"), by);
    values.insert(QStringLiteral("now"), toSqlTime(m_clock.utcNow()));
    return change("jobs_cancel_matching", options, values);
}

} // namespace lifeguard
