// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/ratemeter.h"

#include <algorithm>

namespace lifeguard {

void RateMeter::add(milliseconds now, qint64 finished)
{
    constexpr milliseconds step(500); // samples closer together tell nothing more
    if (!m_samples.empty()) {
        m_grown += std::max<qint64>(0, finished - m_last);
    }
    m_last = finished;
    if (m_samples.size() >= 2 && now - m_samples[m_samples.size() - 2].at < step) {
        m_samples.back() = {now, m_grown};
    } else {
        m_samples.push_back({now, m_grown});
    }
    // One sample at or before the window's begin stays, to measure from.
    while (m_samples.size() > 2 && m_samples[1].at <= now - window) {
        m_samples.pop_front();
    }
}

std::optional<double> RateMeter::perSecond(milliseconds now) const
{
    if (m_samples.empty()) {
        return std::nullopt;
    }
    const milliseconds watched = std::min(now - m_samples.front().at, window);
    if (watched < shortest) {
        return std::nullopt;
    }
    // Between the sample before the window and the first in it, jobs are taken to have ended evenly.
    const milliseconds begin = now - watched;
    double before = double(m_samples.front().grown);
    for (std::size_t i = 1; i < m_samples.size() && m_samples[i - 1].at <= begin; ++i) {
        const double span = double((m_samples[i].at - m_samples[i - 1].at).count());
        const double part = span > 0 ? std::clamp(double((begin - m_samples[i - 1].at).count()) / span, 0.0, 1.0) : 1.0;
        before = double(m_samples[i - 1].grown) + part * double(m_samples[i].grown - m_samples[i - 1].grown);
    }
    return std::max(0.0, double(m_samples.back().grown) - before) * 1000.0 / double(watched.count());
}

} // namespace lifeguard
