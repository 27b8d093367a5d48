// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/systemclock.h"

#include <atomic>

namespace lifeguard::test {

/// The clock of this machine, with simulated suspends, stalls and changes of the wall clock. Thread-safe.
class ShiftedClock final : public Clock
{
public:
    [[nodiscard]] milliseconds steadyNow() const override { return m_real.steadyNow() + milliseconds(m_steady); }
    [[nodiscard]] milliseconds bootNow() const override { return m_real.bootNow() + milliseconds(m_steady + m_suspended); }
    [[nodiscard]] QDateTime utcNow() const override { return m_real.utcNow().addMSecs(m_steady + m_suspended + m_set); }

    /// Simulates a suspended machine.
    void suspend(milliseconds by) { m_suspended += by.count(); }
    /// Simulates a change of the wall clock.
    void setClock(milliseconds by) { m_set += by.count(); }
    /// Simulates that this program did not run for that long.
    void stall(milliseconds by) { m_steady += by.count(); }

private:
    SystemClock m_real;
    std::atomic<qint64> m_steady{0};
    std::atomic<qint64> m_suspended{0};
    std::atomic<qint64> m_set{0};
};

} // namespace lifeguard::test
