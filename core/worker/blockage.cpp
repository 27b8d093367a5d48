// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/blockage.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace lifeguard {
namespace {

constexpr milliseconds shortestPause{5000};
constexpr milliseconds longestPause{5 * 60 * 1000};
constexpr milliseconds pollInterval{100};

} // namespace

Blockage::Blockage(WorkerRegistration &registration, const WorkerSlot &slot, const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_registration(registration)
    , m_slot(slot)
    , m_clock(clock)
{
    m_poll.setInterval(pollInterval);
    connect(&m_poll, &QTimer::timeout, this, &Blockage::poll);
}

milliseconds Blockage::pauseAfter(int attempts)
{
    const int doublings = std::clamp(attempts - 1, 0, 10); // more exceed longestPause anyway
    return std::min(shortestPause * (1 << doublings), longestPause);
}

void Blockage::update(const JobOutcome &outcome, const QString &reason)
{
    if (outcome.kind == JobOutcome::Kind::Blocked) {
        const milliseconds pause = pauseAfter(++m_attempts);
        m_end = m_clock.steadyNow() + pause;
        m_wasHeld = m_slot.isHeld();
        m_poll.start();
        std::ignore = m_registration.setBlocked(reason, pause, m_attempts + 1);
    } else if (outcome.wasConverted) {
        m_attempts = 0;
        std::ignore = m_registration.setUnblocked();
    }
}

void Blockage::poll()
{
    const bool isHeld = m_slot.isHeld();
    const bool isReleased = std::exchange(m_wasHeld, isHeld) && !isHeld;
    // A pause of the whole pool takes precedence over the pause of this worker.
    if (isHeld || (!isReleased && m_clock.steadyNow() < m_end))
        return;
    m_poll.stop();
    Q_EMIT retryDue();
}

} // namespace lifeguard
