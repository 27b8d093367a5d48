// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QtGlobal>

namespace lifeguard {

/// The memory that a worker of a type needs: the maximum that was measured while workers processed jobs. An old maximum
/// is forgotten gradually, because the jobs of a type differ. A value.
class MemoryNeed
{
public:
    static constexpr milliseconds halfLife{600'000}; ///< of the part of an old maximum that exceeds the newest one

    /// Adds a measurement: the maximum over the busy workers, in bytes; 0: no worker is busy. now: Clock::steadyNow().
    void add(qint64 bytes, milliseconds now);
    /// Returns the need in bytes; 0: unknown.
    [[nodiscard]] qint64 bytes() const { return m_bytes; }

private:
    qint64 m_bytes = 0;
    milliseconds m_at{0}; ///< of the last measurement
};

} // namespace lifeguard
