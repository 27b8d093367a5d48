// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/inactivitytracker.h"

namespace lifeguard {
namespace {

constexpr int samplesInWindow = 60;
constexpr double burstPercent = 10; ///< CPU use between two samples that counts as activity, whatever the mean

double percentOf(double cpuSeconds, milliseconds during)
{
    return during > milliseconds(0) ? cpuSeconds * 100000.0 / double(during.count()) : 0;
}

} // namespace

void InactivityTracker::add(milliseconds now, double cpuSeconds, qint64 outputBytes, milliseconds window)
{
    if (!m_outputAt || outputBytes != m_outputBytes)
        m_outputAt = now;
    m_outputBytes = outputBytes;
    // The newest sample is replaced until it is one step away from the previous one.
    const milliseconds step = window / samplesInWindow;
    if (m_samples.size() >= 2 && m_samples.constLast().at - m_samples.at(m_samples.size() - 2).at < step)
        m_samples.removeLast();
    m_samples.append({now, cpuSeconds});
    while (m_samples.size() > 2 && now - m_samples.at(1).at > window)
        m_samples.removeFirst();
}

void InactivityTracker::reset()
{
    m_samples.clear();
    m_outputAt.reset();
}

qsizetype InactivityTracker::inactiveSince() const
{
    Q_ASSERT(m_samples.size() >= 2);
    const Sample &newest = m_samples.constLast();
    const Sample &before = m_samples.at(m_samples.size() - 2);
    if (percentOf(newest.cpuSeconds - before.cpuSeconds, newest.at - before.at) >= burstPercent)
        return -1;
    for (qsizetype i = 0; i + 1 < m_samples.size(); ++i) {
        if (percentOf(newest.cpuSeconds - m_samples.at(i).cpuSeconds, newest.at - m_samples.at(i).at)
            < inactiveCpuPercent)
            return i;
    }
    return -1;
}

std::optional<milliseconds> InactivityTracker::cpuInactive() const
{
    if (m_samples.size() < 2)
        return {};
    const qsizetype since = inactiveSince();
    return since < 0 ? milliseconds(0) : m_samples.constLast().at - m_samples.at(since).at;
}

std::optional<milliseconds> InactivityTracker::outputInactive() const
{
    if (!m_outputAt || m_samples.isEmpty())
        return {};
    return m_samples.constLast().at - *m_outputAt;
}

double InactivityTracker::cpuPercent() const
{
    if (m_samples.size() < 2)
        return 0;
    const qsizetype since = inactiveSince();
    const Sample &from = m_samples.at(since < 0 ? m_samples.size() - 2 : since);
    return percentOf(m_samples.constLast().cpuSeconds - from.cpuSeconds, m_samples.constLast().at - from.at);
}

} // namespace lifeguard
