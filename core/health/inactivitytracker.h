// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QList>

#include <optional>

namespace lifeguard {

/// For how long a worker's CPU use and output have stood still. A plain value, fed with each sample.
class InactivityTracker
{
public:
    /// Below this, of one core and as the mean of the time looked at, CPU stands still: a JVM that waits wakes up for its
    /// housekeeping, some 0.1 to 0.3 %, and a clock tick is 1 % of a second.
    static constexpr double stillCpuPercent = 1.0;

    /// window: how far back anybody will ask (hung-after).
    void add(milliseconds now, double cpuSeconds, qint64 outputBytes, milliseconds window);
    /// What was seen so far says nothing any more: the machine slept.
    void reset();

    /// For how long up to the newest sample the mean of CPU use has been below stillCpuPercent; nothing before the second sample.
    [[nodiscard]] std::optional<milliseconds> cpuStill() const;
    /// Since the output last grew, or since the first sample.
    [[nodiscard]] std::optional<milliseconds> outputStill() const;
    /// Mean of the time cpuStill() tells, else of the last two samples.
    [[nodiscard]] double cpuPercent() const;

private:
    struct Sample
    {
        milliseconds at{0};
        double cpuSeconds = 0;
    };
    [[nodiscard]] qsizetype stillSince() const; ///< index of the sample; -1: it works

    QList<Sample> m_samples; ///< thinned out: some 60 over the window, and the newest
    std::optional<milliseconds> m_outputAt;
    qint64 m_outputBytes = -1;
};

} // namespace lifeguard
