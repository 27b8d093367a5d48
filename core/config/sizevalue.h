// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace lifeguard {

/// The largest size that parseSize() accepts, one petabyte, in bytes.
inline constexpr qint64 largestSize = 1LL << 50;

/// Parses a size: a whole number with the unit B, K, M, G or T ("64K", "512M", "2G"), which are powers of 1024. 0 needs
/// no unit. Returns bytes. The error is a sentence that names the text and what is allowed.
[[nodiscard]] Result<qint64> parseSize(const QString &text);

/// Returns the text with the largest unit of which the size is a multiple: "2G" for 2048 MB. parseSize() parses it to
/// the same size.
[[nodiscard]] QString formatSize(qint64 bytes);

} // namespace lifeguard
