// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"

#include <QString>

namespace lifeguard {

/// The longest duration that parseDuration() accepts, 100 years. In milliseconds it still fits into 64 bits.
inline constexpr seconds longestDuration{36'500LL * 24 * 3600};

/// Parses a duration: a whole number with the unit s, m, h or d ("90s", "10m", "2h", "14d"), or without a unit, in
/// seconds. The error is a sentence that names the text and what is allowed.
[[nodiscard]] Result<seconds> parseDuration(const QString &text);

/// Returns the text with the largest unit of which the duration is a multiple: "10m" for 600 s. parseDuration() parses
/// it to the same duration.
[[nodiscard]] QString formatDuration(seconds duration);

} // namespace lifeguard
