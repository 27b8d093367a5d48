// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of JobQueue that act on a filter.
#include "core/base/timestamp.h"
#include "core/store/jobpages.h"
#include "core/store/jobqueue.h"

namespace lifeguard {
namespace {

Result<JobChunk> change(Database &db, const char *name, const QStringList &words, Values values, const JobFilter &filter, qint64 after, int limit)
{
    values.insert(filterValuesOf(filter));
    values.insert(QStringLiteral("after"), after);
    values.insert(QStringLiteral("limit"), limit);
    JobChunk chunk;
    const Status done = db.transaction([&]() -> Status {
        chunk = {};
        return db.run(name, filterWords(filter) << words, values, [&chunk](const QSqlQuery &row) {
            ++chunk.changed;
            chunk.last = std::max(chunk.last, row.value(0).toLongLong());
        });
    });
    if (!done)
        return tl::unexpected(done.error());
    chunk.more = chunk.changed == limit;
    return chunk;
}

} // namespace

Result<JobChunk> JobQueue::retryMatching(const JobFilter &filter, qint64 after, int limit)
{
    return change(m_db, "jobs_retry_matching", {}, {}, filter, after, limit);
}

Result<JobChunk> JobQueue::cancelMatching(const JobFilter &filter, const QString &by, qint64 after, int limit)
{
    const QString word = m_db.knowsCancelled() ? QStringLiteral("knows_cancelled") : QStringLiteral("v1");
    return change(m_db, "jobs_cancel_matching", {word},
                  {{QStringLiteral("by"), by}, {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}}, filter, after, limit);
}

} // namespace lifeguard
