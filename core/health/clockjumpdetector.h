// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <optional>

namespace lifeguard {

/// Something that makes ages of beats and jobs lie, between two looks.
struct TimeJump
{
    enum class Kind {
        Slept, ///< the machine was suspended
        ClockSet, ///< somebody set the clock of the wall
        Late, ///< this program itself did not get to look: stopped, or the machine overloaded
    };
    Kind kind = Kind::Slept;
    milliseconds by{0}; ///< of a clock that was set back: negative

    bool operator==(const TimeJump &) const = default;
};

/// Compares the machine's three clocks at every look. A laptop that wakes up must not look like a mass death
/// (shared/FACTS.md): whoever judges by ages begins a fresh grace period after a jump.
class ClockJumpDetector
{
public:
    static constexpr milliseconds tolerance{2000}; ///< clocks are read one after the other, and are trimmed by NTP
    static constexpr milliseconds longestPause{5000}; ///< between two looks, which are a second apart

    /// What has happened since the look before; nothing at the first.
    [[nodiscard]] std::optional<TimeJump> look(const Clock &clock);

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
