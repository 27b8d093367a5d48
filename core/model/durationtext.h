// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/message.h"

#include <QString>

namespace lifeguard {

/// Returns a duration in its largest suitable unit, rounded down: "38 s", "4 min", "2 h", "3 days". Meant as an
/// argument of another message.
[[nodiscard]] Message durationMessage(milliseconds duration);

/// Returns the text of durationMessage() in the language of the user.
[[nodiscard]] QString durationText(milliseconds duration);

} // namespace lifeguard
