// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>

namespace lifeguard {

/// Returns the content of data that was compressed with deflate, with or without the header of zlib (qUncompress()
/// requires the header). Fails for other data, and if the content is larger than 400 MB.
[[nodiscard]] Result<QByteArray> inflate(const QByteArray &data);

} // namespace lifeguard
