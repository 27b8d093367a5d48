// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>

#include <array>
#include <limits>

namespace lifeguard {

/// A distribution of durations.
struct DurationHistogram
{
    /// The upper bounds of the buckets in milliseconds, as in part_duration_bucket.sql.
    static constexpr std::array<qint64, 12> bounds{100,    500,     1000,    2500,
                                                   5000,   10000,   30000,   60000,
                                                   300000, 1800000, 7200000, std::numeric_limits<qint64>::max()};

    std::array<qint64, bounds.size()> jobs{}; ///< by bucket, not cumulative
    double seconds = 0; ///< the sum of the durations

    bool operator==(const DurationHistogram &) const = default;
};

/// What has happened to the jobs of a type since the database began to count. No number ever decreases, whatever is
/// deleted.
struct JobTotals
{
    qint64 completed = 0;
    qint64 failed = 0;
    qint64 cancelled = 0;
    qint64 returned = 0; ///< went back to the queue after they had begun
    DurationHistogram duration; ///< from start to end, of jobs that were completed or failed
    DurationHistogram waited; ///< from being added to the first start, of jobs that have ended

    bool operator==(const JobTotals &) const = default;
};

/// By job type.
using JobTotalsByType = QHash<QString, JobTotals>;

} // namespace lifeguard
