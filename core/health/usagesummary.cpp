// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/usagesummary.h"

#include <algorithm>
#include <cmath>

namespace lifeguard {

UsageSummary summarizeUsage(const UsageHistory &history, const std::function<double(const UsageSample &)> &value,
                            double fullScale, int width)
{
    UsageSummary summary;
    if (history.isEmpty() || width < 1)
        return summary;
    summary.latest = value(history.last());
    summary.minimum = summary.maximum = summary.latest;
    double sum = 0;
    for (const UsageSample &sample : history.samples()) {
        const double v = value(sample);
        summary.minimum = std::min(summary.minimum, v);
        summary.maximum = std::max(summary.maximum, v);
        sum += v;
    }
    summary.mean = sum / double(history.size());

    // The columns are equal periods, not shorter than the spacing of samples. A column with several samples shows the
    // highest one.
    const milliseconds first = history.at(0).at;
    const milliseconds length = history.last().at - first + UsageHistory::spacing;
    const int columns = int(std::clamp<qint64>(length / UsageHistory::spacing, 1, width));
    QList<double> highest(columns, -1.0);
    for (const UsageSample &sample : history.samples()) {
        const auto column = std::min<qint64>(columns - 1, (sample.at - first).count() * columns / length.count());
        highest[column] = std::max(highest.at(column), value(sample));
    }
    static const QString bars = QStringLiteral("▁▂▃▄▅▆▇█");
    const double top = std::max({summary.maximum, fullScale, 1e-9});
    for (const double v : std::as_const(highest)) {
        const auto step = std::min<qsizetype>(bars.size() - 1, qsizetype(std::floor(v / top * double(bars.size()))));
        summary.graph += v < 0 ? QChar(u' ') : bars.at(std::max<qsizetype>(0, step));
    }
    return summary;
}

} // namespace lifeguard
