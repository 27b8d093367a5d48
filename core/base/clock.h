// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>

#include <chrono>

namespace lifeguard {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The source of the current time; tests inject their own (ManualClock, ShiftedClock). Deadlines and ages use
/// steadyNow(), stored times use utcNow().
class Clock
{
public:
    virtual ~Clock() = default;
    /// Returns the time since boot, without the time spent suspended (CLOCK_MONOTONIC). The same in all processes of
    /// this machine.
    [[nodiscard]] virtual milliseconds steadyNow() const = 0;
    /// Returns the time since boot, including the time spent suspended (CLOCK_BOOTTIME).
    [[nodiscard]] virtual milliseconds bootNow() const = 0;
    /// Returns the wall-clock time in UTC, with milliseconds.
    [[nodiscard]] virtual QDateTime utcNow() const = 0;
};

} // namespace lifeguard
