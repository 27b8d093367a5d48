// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/health/clockjumpdetector.h"

#include <QFlags>

#include <optional>

namespace lifeguard {

/// Store time: monotonic time that stands still while the database cannot be used. It measures the ages of everything
/// that is known only through the database (registrations, heartbeats of commands, jobs that could not be
/// acknowledged), so that no worker looks silent because of an outage. Also counts clock jumps.
class StoreClock
{
public:
    /// Why the database cannot be used at the moment.
    enum class Outage {
        Locked = 1, ///< another program holds its lock
        ReadsFail = 2,
        WritesFail = 4,
    };
    Q_DECLARE_FLAGS(Outages, Outage)

    explicit StoreClock(const Clock &clock) : m_clock(clock) {}

    /// Returns the store time; it never runs backwards between two polls.
    [[nodiscard]] milliseconds now() const;
    /// Accounts for the time since the previous poll and returns the clock jump in this time, if any. Call it about
    /// once a second, and immediately before setOutage().
    std::optional<ClockJump> poll();
    /// Sets or clears one reason of an outage. The time since the last poll is attributed to the new state.
    void setOutage(Outage outage, bool isActive) { m_outages.setFlag(outage, isActive); }
    [[nodiscard]] bool hasOutage(Outage outage) const { return m_outages.testFlag(outage); }
    /// Returns whether the database cannot be used at the moment.
    [[nodiscard]] bool isStoreUnavailable() const { return m_outages != Outages(); }
    /// Returns how many clock jumps were detected so far.
    [[nodiscard]] int jumpCount() const { return m_jumpCount; }

private:
    [[nodiscard]] milliseconds outageSincePoll() const;

    const Clock &m_clock;
    ClockJumpDetector m_detector;
    Outages m_outages;
    int m_jumpCount = 0;
    milliseconds m_lastPoll{0}; ///< steady time; 0: never polled
    milliseconds m_unavailable{0}; ///< total time that does not count
};

Q_DECLARE_OPERATORS_FOR_FLAGS(StoreClock::Outages)

} // namespace lifeguard
