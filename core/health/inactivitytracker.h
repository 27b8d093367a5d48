// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QList>

#include <optional>

namespace lifeguard {

/// Measures how long a worker has used no CPU and written no output. A value type; add every sample to it.
class InactivityTracker
{
public:
    /// A mean CPU use below this, in percent of one core, counts as inactive. A waiting JVM wakes up for housekeeping
    /// (about 0.1 to 0.3 %), and one clock tick is 1 % of a second.
    static constexpr double inactiveCpuPercent = 1.0;

    /// Adds a sample. now: Clock::steadyNow(). cpuSeconds: used since the start of the worker. window: the longest
    /// inactivity of interest (hung_after); older samples are discarded.
    void add(milliseconds now, double cpuSeconds, qint64 outputBytes, milliseconds window);
    /// Discards all samples, after a suspend or an outage.
    void reset();

    /// Returns how long, up to the newest sample, the mean CPU use has been below inactiveCpuPercent; nothing before
    /// the second sample.
    [[nodiscard]] std::optional<milliseconds> cpuInactive() const;
    /// Returns how long, up to the newest sample, the output has not grown; nothing before the first sample.
    [[nodiscard]] std::optional<milliseconds> outputInactive() const;
    /// Returns the mean CPU use in percent of one core during cpuInactive(); for an active worker, the mean since the
    /// previous sample.
    [[nodiscard]] double cpuPercent() const;

private:
    struct Sample
    {
        milliseconds at{0};
        double cpuSeconds = 0;
    };
    [[nodiscard]] qsizetype inactiveSince() const; ///< index of a sample; -1: active

    QList<Sample> m_samples; ///< about 60 per window, and the newest
    std::optional<milliseconds> m_outputAt;
    qint64 m_outputBytes = -1;
};

} // namespace lifeguard
