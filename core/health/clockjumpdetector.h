// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <optional>

namespace lifeguard {

/// An interruption between two polls, which makes the ages of beats and jobs unreliable.
struct ClockJump
{
    enum class Kind {
        Suspended, ///< the machine was suspended
        ClockSet, ///< the wall clock was changed
        Stalled, ///< this program did not run: it was stopped, or the machine was overloaded
    };
    Kind kind = Kind::Suspended;
    milliseconds by{0}; ///< negative if the wall clock was set back

    bool operator==(const ClockJump &) const = default;
};

/// Detects interruptions by comparing the three clocks of the machine at every poll. After a jump, timeouts must start
/// again, or all workers would be considered dead when a laptop resumes. A value type; not thread-safe.
class ClockJumpDetector
{
public:
    static constexpr milliseconds tolerance{2000}; ///< the clocks are read one after the other and are adjusted by NTP
    static constexpr milliseconds longestPause{5000}; ///< between two polls, which normally are one second apart

    /// Returns the jump since the previous poll, if any; nothing on the first poll.
    [[nodiscard]] std::optional<ClockJump> poll(const Clock &clock);

private:
    struct Times
    {
        milliseconds steady{0};
        milliseconds boot{0};
        QDateTime utc;
    };
    std::optional<Times> m_last;
};

} // namespace lifeguard
