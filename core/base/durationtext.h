// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QString>

namespace lifeguard {

/// Returns a duration in its largest fitting unit, rounded down: "38 s", "4 min", "2 h", "3 days".
[[nodiscard]] QString durationText(milliseconds duration);

} // namespace lifeguard
