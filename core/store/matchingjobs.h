// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/jobfilter.h"
#include "core/store/database.h"

namespace lifeguard {

/// The result of changing one chunk of the matching jobs.
struct JobChunk
{
    int changed = 0;
    qint64 last = 0; ///< the highest id that was changed; the next chunk begins after it
    bool more = false; ///< the chunk was full, so that more jobs may match

    bool operator==(const JobChunk &) const = default;
};

/// Cancels and retries all jobs that match a filter. Works in chunks of one transaction each, so that workers get the
/// write lock in between. Each call changes at most limit jobs, and fewer if they are large, whose ids are greater than
/// after, lowest id first. Synchronous; on the thread of its database.
class MatchingJobs
{
public:
    MatchingJobs(Database &database, const Clock &clock) : m_db(database), m_clock(clock) {}

    /// failed, cancelled -> pending.
    [[nodiscard]] Result<JobChunk> retry(const JobFilter &filter, qint64 after, int limit);
    /// completed, failed, cancelled -> pending. isForced: the results cache is not used.
    [[nodiscard]] Result<JobChunk> rerun(const JobFilter &filter, bool isForced, qint64 after, int limit);
    /// pending, processing -> cancelled. by: the user or program that cancels, stored with the job.
    [[nodiscard]] Result<JobChunk> cancel(const JobFilter &filter, const QString &by, qint64 after, int limit);

private:
    [[nodiscard]] Result<JobChunk> nextChunk(const QStringList &options, const Values &values);
    [[nodiscard]] Result<JobChunk> change(const char *name, const QString &action, const QStringList &options,
                                          const Values &values, const char *followUp = nullptr);

    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
