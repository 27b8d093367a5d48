// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/usagehistory.h"

#include <algorithm>

namespace lifeguard {

void UsageHistory::add(milliseconds at, double cpuPercent, qint64 memoryBytes)
{
    // A timer may fire a little early; the measurement still begins a new sample then.
    constexpr milliseconds slack{100};
    if (!m_samples.isEmpty() && at < m_lastAt)
        clear();
    m_lastAt = at;
    if (!m_samples.isEmpty() && at - m_samples.last().at < spacing - slack) {
        UsageSample &sample = m_samples.last();
        sample.cpuPercent = (sample.cpuPercent * m_measurementsInLast + cpuPercent) / (m_measurementsInLast + 1);
        sample.memoryBytes = std::max(sample.memoryBytes, memoryBytes);
        ++m_measurementsInLast;
        return;
    }
    if (m_samples.size() >= capacity)
        m_samples.removeFirst();
    m_samples.append({at, cpuPercent, memoryBytes});
    m_measurementsInLast = 1;
}

void UsageHistory::clear()
{
    *this = {};
}

milliseconds UsageHistory::span() const
{
    return m_samples.isEmpty() ? milliseconds(0) : m_lastAt - m_samples.first().at;
}

} // namespace lifeguard
