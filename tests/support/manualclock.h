// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

namespace lifeguard::test {

/// A clock for tests, which stands still until it is advanced. Not thread-safe.
class ManualClock final : public Clock
{
public:
    [[nodiscard]] milliseconds steadyNow() const override { return m_steady; }
    [[nodiscard]] milliseconds bootNow() const override { return m_steady + m_suspended; }
    [[nodiscard]] QDateTime utcNow() const override { return m_utc; }

    /// Lets time pass.
    void advance(milliseconds by)
    {
        m_steady += by;
        m_utc = m_utc.addMSecs(by.count());
    }
    /// Simulates a suspended machine: bootNow() and utcNow() advance, steadyNow() does not.
    void suspend(milliseconds by)
    {
        m_suspended += by;
        m_utc = m_utc.addMSecs(by.count());
    }
    /// Simulates a change of the wall clock; a negative value sets it back.
    void setClock(milliseconds by) { m_utc = m_utc.addMSecs(by.count()); }

private:
    milliseconds m_steady{1'000'000};
    milliseconds m_suspended{0};
    QDateTime m_utc = QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC);
};

} // namespace lifeguard::test
