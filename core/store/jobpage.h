// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/job.h"
#include "core/model/jobcounts.h"
#include "core/model/jobfilter.h"
#include "core/store/jobsort.h"

#include <QDateTime>
#include <QList>
#include <QVariant>

#include <optional>

namespace lifeguard {

/// The position of a row in an order: the value by which it is sorted, and its id. Opaque to callers, who only pass it
/// back.
struct JobKey
{
    QVariant value;
    qint64 id = 0;

    bool operator==(const JobKey &) const = default;
};

/// A request for one page of the matching jobs in an order. The key of a neighbouring page determines the position, if
/// it is known: this costs the same at any depth of the table. Otherwise the offset determines it.
struct JobPageRequest
{
    JobFilter filter; ///< filter.limit is ignored
    JobSort sort;
    std::optional<JobKey> after; ///< the page begins after this row
    std::optional<JobKey> before; ///< the page ends before this row
    qint64 offset = 0; ///< used without after and before
    int limit = 200;
    bool withCounts = false; ///< also requests the counts of all matching jobs
    QDateTime now; ///< the time up to which durations are measured; the same for all pages of one order
    quint64 token = 0; ///< identifies the query (filter and sort); a request with a higher token makes earlier requests
                       ///< obsolete
    /// 0: a page of the rows as they are now. Otherwise the number of a fixed order: the first request with this number
    /// fixes the order, and later requests take their pages from it by offset, even if jobs have changed in the
    /// meantime.
    quint64 order = 0;
    QList<qint64> head; ///< the ids with which the fixed order begins: the rows that are already visible
};

/// The answer to a JobPageRequest.
struct JobPage
{
    QList<Job> jobs; ///< without payloads; in a fixed order, jobs that were deleted have only their id
    std::optional<JobKey> first; ///< the keys of the first and the last job; not set in a fixed order
    std::optional<JobKey> last;
    qint64 total = -1; ///< the number of rows of the order; -1 if not requested
    std::optional<JobCounts> counts; ///< of all matching jobs, if requested
    qint64 newestId = 0; ///< the highest id of all jobs, if counts were requested
    milliseconds cost{0}; ///< the time that reading took
};

/// A range of rows of a fixed order, including first and last.
struct RowRange
{
    qint64 first = 0;
    qint64 last = 0;

    bool operator==(const RowRange &) const = default;
};

/// Returns whether the job was deleted after the order of its page was fixed. Such a job has only its id.
[[nodiscard]] inline bool isDeleted(const Job &job)
{
    return job.type.isEmpty();
}

} // namespace lifeguard
