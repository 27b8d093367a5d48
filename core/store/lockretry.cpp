// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/lockretry.h"

#include <QRandomGenerator>
#include <QThread>

#include <algorithm>

namespace lifeguard {

bool LockRetry::pause()
{
    constexpr std::chrono::milliseconds reportAfter(300);
    constexpr std::chrono::milliseconds hurriedTimeout(1000);
    constexpr int longestStep = 10;
    // Hundreds of waiting processes would leave no processor time to the one that holds the lock. A wait that is longer
    // than the transactions of a few processes shows that there are many.
    constexpr std::chrono::milliseconds crowdedWait(5);
    constexpr int longestCrowdedStep = 200;
    const auto waited = std::chrono::steady_clock::now() - m_since;
    const bool hurry = m_policy.hurry && m_policy.hurry->load();
    if (waited >= (hurry ? std::min(m_policy.timeout, hurriedTimeout) : m_policy.timeout))
        return false;
    if (!m_hasReported && waited >= reportAfter && m_policy.onLocked) {
        m_hasReported = true;
        m_policy.onLocked();
    }
    ++m_attempts;
    const int step = 50 + QRandomGenerator::global()->bounded(250);
    const auto factor = std::max<qint64>(std::min(m_attempts, longestStep),
                                         std::min<qint64>(waited / crowdedWait, longestCrowdedStep));
    QThread::usleep(static_cast<unsigned long>(step) * static_cast<unsigned long>(factor));
    return true;
}

} // namespace lifeguard
