// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/usagehistory.h"

#include <QString>

#include <functional>

namespace lifeguard {

/// One quantity of a usage history for display.
struct UsageSummary
{
    QString graph; ///< "▁▂▃▅▇", from zero to the maximum; a space for missing samples
    double minimum = 0;
    double mean = 0;
    double maximum = 0;
    double latest = 0;

    bool operator==(const UsageSummary &) const = default;
};

/// Summarizes one quantity of the samples. value: returns cpuPercent or memoryBytes of a sample. fullScale: the minimum
/// value of the highest bar, so that the noise of an idle worker does not look like a peak. width: maximum number of
/// characters of the graph, in which time is divided evenly. Pure.
[[nodiscard]] UsageSummary summarizeUsage(const UsageHistory &history,
                                          const std::function<double(const UsageSample &)> &value, double fullScale,
                                          int width = 60);

} // namespace lifeguard
