// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <deque>
#include <optional>

namespace lifeguard {

/// How many jobs are finished per second, from the counts of finished ones over the last minute, or over the time they
/// have been watched where that is shorter: a queue that has just begun is not taken for a slow one. Pure.
class RateMeter
{
public:
    static constexpr milliseconds window{60'000};
    static constexpr milliseconds shortest{2'000}; ///< below this nothing is said: a few jobs tell no rate

    /// now: steady time; finished: how many jobs stand at an end. Deleting or retrying jobs makes it smaller, which counts as none.
    void add(milliseconds now, qint64 finished);
    /// Forgets what was: work begins after nothing was to be done, and that time tells nothing about the rate.
    void restart() { m_samples.clear(); }
    /// Jobs per second; nothing while it has been watched for too short a time.
    [[nodiscard]] std::optional<double> perSecond(milliseconds now) const;

private:
    struct Sample
    {
        milliseconds at;
        qint64 grown; ///< the sum of all growth so far
    };
    std::deque<Sample> m_samples;
    qint64 m_last = 0;
    qint64 m_grown = 0;
};

} // namespace lifeguard
