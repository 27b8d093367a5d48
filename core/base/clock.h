// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>

#include <chrono>

namespace lifeguard {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Where the time comes from, so that tests can turn it. Deadlines and ages use steadyNow(), what is stored uses utcNow().
class Clock
{
public:
    virtual ~Clock() = default;
    /// Time since boot without suspend (CLOCK_MONOTONIC): the same in every process of this machine.
    [[nodiscard]] virtual milliseconds steadyNow() const = 0;
    /// Time since boot with suspend (CLOCK_BOOTTIME): what it gains on steadyNow() the machine has slept.
    [[nodiscard]] virtual milliseconds bootNow() const = 0;
    /// Wall time, UTC, with milliseconds.
    [[nodiscard]] virtual QDateTime utcNow() const = 0;
};

/// The machine's clock. Safe from any thread.
class SystemClock final : public Clock
{
public:
    [[nodiscard]] milliseconds steadyNow() const override;
    [[nodiscard]] milliseconds bootNow() const override;
    [[nodiscard]] QDateTime utcNow() const override;
};

/// A clock that stands still until a test advances it.
class ManualClock final : public Clock
{
public:
    [[nodiscard]] milliseconds steadyNow() const override { return m_steady; }
    [[nodiscard]] milliseconds bootNow() const override { return m_steady + m_asleep; }
    [[nodiscard]] QDateTime utcNow() const override { return m_utc; }
    void advance(milliseconds by)
    {
        m_steady += by;
        m_utc = m_utc.addMSecs(by.count());
    }
    /// The machine sleeps for that long.
    void suspend(milliseconds by)
    {
        m_asleep += by;
        m_utc = m_utc.addMSecs(by.count());
    }
    /// Somebody sets the clock of the wall; negative: back.
    void setClock(milliseconds by) { m_utc = m_utc.addMSecs(by.count()); }

private:
    milliseconds m_steady{1'000'000};
    milliseconds m_asleep{0};
    QDateTime m_utc = QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC);
};

} // namespace lifeguard
