// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

namespace lifeguard {

/// The clock of this machine. Thread-safe.
class SystemClock final : public Clock
{
public:
    [[nodiscard]] milliseconds steadyNow() const override;
    [[nodiscard]] milliseconds bootNow() const override;
    [[nodiscard]] QDateTime utcNow() const override;
};

} // namespace lifeguard
