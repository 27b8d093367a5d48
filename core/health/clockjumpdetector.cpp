// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/clockjumpdetector.h"

namespace lifeguard {

std::optional<ClockJump> ClockJumpDetector::poll(const Clock &clock)
{
    const Times now{clock.steadyNow(), clock.bootNow(), clock.utcNow()};
    const std::optional<Times> last = std::exchange(m_last, now);
    if (!last)
        return {};
    const milliseconds steady = now.steady - last->steady;
    const milliseconds boot = now.boot - last->boot;
    const milliseconds wall(last->utc.msecsTo(now.utc));
    if (boot - steady > tolerance)
        return ClockJump{ClockJump::Kind::Suspended, boot - steady};
    if (wall - boot > tolerance || boot - wall > tolerance)
        return ClockJump{ClockJump::Kind::ClockSet, wall - boot};
    if (steady > longestPause)
        return ClockJump{ClockJump::Kind::Stalled, steady};
    return {};
}

} // namespace lifeguard
