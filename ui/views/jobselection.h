// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/jobpagereader.h"

namespace lifeguard {

class JobsModel;

/// The selected rows of the jobs table, with the jobs in them as far as they are loaded.
struct JobSelection
{
    static constexpr int maxJobs = 10'000; ///< the most jobs that are loaded to copy or change them one by one

    QList<RowRange> ranges;
    qint64 count = 0;
    QList<Job> jobs; ///< those that are loaded; none if there are more than maxJobs
    bool isComplete = false; ///< jobs contains all selected jobs
    bool isEverything = false; ///< all jobs that match the filter are selected
    bool isTooLarge = false; ///< more than maxJobs

    [[nodiscard]] static JobSelection fromRanges(const QList<RowRange> &ranges, const JobsModel &model);
};

[[nodiscard]] bool isRetryable(const Job &job);
[[nodiscard]] bool isCancellable(const Job &job);
[[nodiscard]] bool hasEnded(const Job &job);
/// Returns the ids of the jobs for which a predicate is true, without jobs that were deleted.
[[nodiscard]] QList<qint64> idsWhere(const QList<Job> &jobs, bool (*predicate)(const Job &job));
/// Returns how many jobs there are in ranges that do not overlap.
[[nodiscard]] qint64 rowCount(const QList<RowRange> &ranges);

} // namespace lifeguard
