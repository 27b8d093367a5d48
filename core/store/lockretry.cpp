// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/lockretry.h"

#include "core/store/lockqueue.h"

#include <QRandomGenerator>
#include <QThread>

#include <algorithm>
#include <tuple>

namespace lifeguard {
namespace {

constexpr int longestStep = 10;

} // namespace

LockRetry::~LockRetry()
{
    if (m_queue)
        m_queue->leave();
}

/// Returns false when the timeout has passed. Reports a long wait.
bool LockRetry::mayWait()
{
    constexpr std::chrono::milliseconds reportAfter(300);
    constexpr std::chrono::milliseconds hurriedTimeout(1000);
    const auto waited = std::chrono::steady_clock::now() - m_since;
    const bool hurry = m_policy.hurry && m_policy.hurry->load();
    if (waited >= (hurry ? std::min(m_policy.timeout, hurriedTimeout) : m_policy.timeout))
        return false;
    if (!m_hasReported && waited >= reportAfter && m_policy.onLocked) {
        m_hasReported = true;
        m_policy.onLocked();
    }
    return true;
}

void LockRetry::queueUp()
{
    if (m_queue && m_queue->isWaiting())
        std::ignore = pause(); // the attempt that follows is the last one if the timeout has passed
}

bool LockRetry::pause()
{
    // Hundreds of waiting processes would leave no processor time to the one that holds the lock. A wait that is longer
    // than the transactions of a few processes shows that there are many.
    constexpr std::chrono::milliseconds crowdedWait(5);
    constexpr int longestCrowdedStep = 200;
    // Longer than the pauses of the first program, even if it has to wait for the processor.
    constexpr std::chrono::milliseconds patience(60);
    if (!mayWait())
        return false;
    if (m_queue && !m_isFirst) {
        while (!m_queue->becomeFirst(patience)) {
            if (!mayWait())
                return false;
        }
        m_isFirst = true;
        return true;
    }
    ++m_attempts;
    const int step = 50 + QRandomGenerator::global()->bounded(250);
    if (m_queue) {
        m_queue->pause(std::chrono::microseconds(step * std::min(m_attempts, longestStep)));
        return true;
    }
    const qint64 waited = (std::chrono::steady_clock::now() - m_since) / crowdedWait;
    const auto factor = std::max<qint64>(std::min(m_attempts, longestStep),
                                         std::min<qint64>(waited, longestCrowdedStep));
    QThread::usleep(static_cast<unsigned long>(step) * static_cast<unsigned long>(factor));
    return true;
}

} // namespace lifeguard
