// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>

namespace lifeguard {

/// How many jobs of a type are in each state, and how long the oldest of them has waited.
struct JobCounts
{
    qint64 pending = 0;
    qint64 processing = 0;
    qint64 completed = 0;
    qint64 failed = 0;
    qint64 cancelled = 0;
    QDateTime oldestPending; ///< created_at of the oldest waiting; invalid if none

    bool operator==(const JobCounts &) const = default;
    [[nodiscard]] qint64 total() const { return pending + processing + completed + failed + cancelled; }
    JobCounts &operator+=(const JobCounts &other);
};

} // namespace lifeguard
