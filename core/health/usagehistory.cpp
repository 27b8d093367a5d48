// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/usagehistory.h"

#include <algorithm>
#include <cmath>

namespace lifeguard {

void UsageHistory::add(milliseconds at, double cpuPercent, qint64 memoryBytes)
{
    // A timer that fires a little early still begins a new sample; a clock that went back begins anew.
    constexpr milliseconds slack{100};
    if (!m_samples.isEmpty() && at < m_lastLook)
        clear();
    m_lastLook = at;
    if (!m_samples.isEmpty() && at - m_samples.last().at < spacing - slack) {
        UsageSample &sample = m_samples.last();
        sample.cpuPercent = (sample.cpuPercent * m_looksInLast + cpuPercent) / (m_looksInLast + 1);
        sample.memoryBytes = std::max(sample.memoryBytes, memoryBytes);
        ++m_looksInLast;
        return;
    }
    if (m_samples.size() >= capacity)
        m_samples.removeFirst();
    m_samples.append({at, cpuPercent, memoryBytes});
    m_looksInLast = 1;
}

void UsageHistory::clear()
{
    *this = {};
}

milliseconds UsageHistory::span() const
{
    return m_samples.isEmpty() ? milliseconds(0) : m_lastLook - m_samples.first().at;
}

UsageLine usageLine(const UsageHistory &history, const std::function<double(const UsageSample &)> &value, double full, int width)
{
    UsageLine line;
    if (history.isEmpty() || width < 1)
        return line;
    line.now = value(history.last());
    line.least = line.most = line.now;
    double sum = 0;
    for (const UsageSample &sample : history.samples()) {
        const double v = value(sample);
        line.least = std::min(line.least, v);
        line.most = std::max(line.most, v);
        sum += v;
    }
    line.mean = sum / double(history.size());

    // Even steps of time, never shorter than a sample; a column that several samples fall into shows the highest of them.
    const milliseconds first = history.at(0).at;
    const milliseconds length = history.last().at - first + UsageHistory::spacing;
    const int columns = int(std::clamp<qint64>(length / UsageHistory::spacing, 1, width));
    QList<double> highest(columns, -1.0);
    for (const UsageSample &sample : history.samples()) {
        const auto column = std::min<qint64>(columns - 1, (sample.at - first).count() * columns / length.count());
        highest[column] = std::max(highest.at(column), value(sample));
    }
    static const QString bars = QStringLiteral("▁▂▃▄▅▆▇█");
    const double top = std::max({line.most, full, 1e-9});
    for (const double v : std::as_const(highest)) {
        const auto step = std::min<qsizetype>(bars.size() - 1, qsizetype(std::floor(v / top * double(bars.size()))));
        line.graph += v < 0 ? QChar(u' ') : bars.at(std::max<qsizetype>(0, step));
    }
    return line;
}

} // namespace lifeguard
