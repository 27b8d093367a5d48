// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/ratemeter.h"

#include <algorithm>

namespace lifeguard {

void RateMeter::add(milliseconds now, qint64 finished)
{
    constexpr milliseconds step(500); // closer samples are merged: they add no accuracy
    if (!m_samples.empty()) {
        m_finished += std::max<qint64>(0, finished - m_lastCount);
    }
    m_lastCount = finished;
    if (m_samples.size() >= 2 && now - m_samples[m_samples.size() - 2].at < step) {
        m_samples.back() = {now, m_finished};
    } else {
        m_samples.push_back({now, m_finished});
    }
    // One sample at or before the beginning of the window is kept, to measure from.
    while (m_samples.size() > 2 && m_samples[1].at <= now - window) {
        m_samples.pop_front();
    }
}

std::optional<double> RateMeter::perSecond(milliseconds now) const
{
    if (m_samples.empty()) {
        return std::nullopt;
    }
    const milliseconds observed = std::min(now - m_samples.front().at, window);
    if (observed < minObservation) {
        return std::nullopt;
    }
    // Jobs are assumed to finish evenly between the last sample before the window and the first sample in it.
    const milliseconds begin = now - observed;
    double before = double(m_samples.front().finished);
    for (std::size_t i = 1; i < m_samples.size() && m_samples[i - 1].at <= begin; ++i) {
        const double span = double((m_samples[i].at - m_samples[i - 1].at).count());
        const double part = span > 0 ? std::clamp(double((begin - m_samples[i - 1].at).count()) / span, 0.0, 1.0) : 1.0;
        before = double(m_samples[i - 1].finished) + part * double(m_samples[i].finished - m_samples[i - 1].finished);
    }
    return std::max(0.0, double(m_samples.back().finished) - before) * 1000.0 / double(observed.count());
}

} // namespace lifeguard
