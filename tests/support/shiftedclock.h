// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/systemclock.h"


#include <atomic>

namespace lifeguard::test {

/// The machine's clock, as it would be after a night's sleep or after somebody set it. Safe from any thread.
class ShiftedClock final : public Clock
{
public:
    [[nodiscard]] milliseconds steadyNow() const override { return m_real.steadyNow() + milliseconds(m_steady); }
    [[nodiscard]] milliseconds bootNow() const override { return m_real.bootNow() + milliseconds(m_steady + m_asleep); }
    [[nodiscard]] QDateTime utcNow() const override { return m_real.utcNow().addMSecs(m_steady + m_asleep + m_set); }

    void suspend(milliseconds by) { m_asleep += by.count(); }
    void setClock(milliseconds by) { m_set += by.count(); }
    /// As if this program had not got to run for so long.
    void stall(milliseconds by) { m_steady += by.count(); }

private:
    SystemClock m_real;
    std::atomic<qint64> m_steady{0};
    std::atomic<qint64> m_asleep{0};
    std::atomic<qint64> m_set{0};
};

} // namespace lifeguard::test
