// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <atomic>

namespace lifeguard::test {

/// A clock for tests, which stands still until it is advanced. Can be read from any thread.
class ManualClock final : public Clock
{
public:
    [[nodiscard]] milliseconds steadyNow() const override { return milliseconds(m_steady); }
    [[nodiscard]] milliseconds bootNow() const override { return milliseconds(m_steady + m_suspended); }
    [[nodiscard]] QDateTime utcNow() const override
    {
        return QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC).addMSecs(m_utc);
    }

    /// Lets time pass.
    void advance(milliseconds by)
    {
        m_steady += by.count();
        m_utc += by.count();
    }
    /// Simulates a suspended machine: bootNow() and utcNow() advance, steadyNow() does not.
    void suspend(milliseconds by)
    {
        m_suspended += by.count();
        m_utc += by.count();
    }
    /// Simulates a change of the wall clock; a negative value sets it back.
    void setClock(milliseconds by) { m_utc += by.count(); }

private:
    std::atomic<qint64> m_steady{1'000'000}; ///< milliseconds, as are the others
    std::atomic<qint64> m_suspended{0};
    std::atomic<qint64> m_utc{0}; ///< since the start
};

} // namespace lifeguard::test
