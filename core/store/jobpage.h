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

/// A request for one page of the matching jobs in an order. If the neighboring page is known, its key gives the
/// position of the page, which costs no more a million rows further down; otherwise the offset does.
struct JobPageRequest
{
    JobFilter filter; ///< filter.limit is ignored
    JobSort sort;
    std::optional<JobKey> after; ///< requests the rows that follow this one
    std::optional<JobKey> before; ///< requests the rows just before this one
    qint64 offset = 0; ///< used without after and before
    int limit = 200;
    bool withCounts = false; ///< also requests the counts of all matching jobs
    QDateTime now; ///< the present for orders by duration; the same for all pages of one order
    quint64 token = 0; ///< of the query (filter and sort); a higher token makes requests with lower ones obsolete
    /// 0: a page of the rows as they are now. Otherwise the number of a fixed order: it is determined by its first
    /// request, and all of its pages are taken from it by offset, even if jobs change in the meantime.
    quint64 order = 0;
    QList<qint64> head; ///< the ids at the beginning of the fixed order: the rows that the user already sees
};

/// The answer to a JobPageRequest.
struct JobPage
{
    QList<Job> jobs; ///< without payloads; in a fixed order, jobs that were deleted have only their id
    std::optional<JobKey> first; ///< the keys of the first and the last job; none in a fixed order
    std::optional<JobKey> last;
    qint64 total = -1; ///< the number of rows of the order; -1 if not requested
    std::optional<JobCounts> counts; ///< of all matching jobs, if requested
    qint64 newestId = 0; ///< the highest id of all jobs, if counts were requested
    milliseconds cost{0}; ///< how long reading took
};

/// Rows of a fixed order, including both ends.
struct RowRange
{
    qint64 first = 0;
    qint64 last = 0;

    bool operator==(const RowRange &) const = default;
};

/// Returns whether the job of a page was deleted since its order was fixed: it has only its id.
[[nodiscard]] inline bool isGone(const Job &job)
{
    return job.type.isEmpty();
}

} // namespace lifeguard
