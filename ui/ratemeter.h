// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <deque>
#include <optional>

namespace lifeguard {

/// Measures how many jobs finish per second, over the last minute or since the first sample, whichever is shorter, so
/// that a queue that has just begun does not appear slow. The caller passes the time.
class RateMeter
{
public:
    static constexpr milliseconds window{60'000};
    static constexpr milliseconds minObservation{2'000}; ///< shorter observations give no result

    /// Adds a sample. now is steady time; finished is the number of completed and failed jobs. A smaller number than
    /// before, because jobs were deleted or retried, counts as no progress.
    void add(milliseconds now, qint64 finished);
    /// Discards all samples. Call it when work begins after a time without jobs, which must not lower the rate.
    void restart() { m_samples.clear(); }
    /// Returns jobs per second; nothing before minObservation.
    [[nodiscard]] std::optional<double> perSecond(milliseconds now) const;

private:
    struct Sample
    {
        milliseconds at;
        qint64 finished; ///< jobs finished since the first sample
    };
    std::deque<Sample> m_samples;
    qint64 m_lastCount = 0;
    qint64 m_finished = 0;
};

} // namespace lifeguard
