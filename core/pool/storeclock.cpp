// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/storeclock.h"

namespace lifeguard {

milliseconds StoreClock::outageSincePoll() const
{
    if (!isStoreUnavailable() || m_lastPoll == milliseconds(0))
        return milliseconds(0);
    return m_clock.steadyNow() - m_lastPoll;
}

milliseconds StoreClock::now() const
{
    return m_clock.steadyNow() - m_unavailable - outageSincePoll();
}

std::optional<ClockJump> StoreClock::poll()
{
    m_unavailable += outageSincePoll();
    const std::optional<ClockJump> jump = m_detector.poll(m_clock);
    // Changes that were made to the database while this program did not run have not been read yet.
    if (jump && jump->kind == ClockJump::Kind::Stalled && !isStoreUnavailable())
        m_unavailable += jump->by;
    if (jump)
        ++m_jumpCount;
    m_lastPoll = m_clock.steadyNow();
    return jump;
}

} // namespace lifeguard
