// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace lifeguard {

/// Which ended workers of a pool are replaced.
enum class RestartMode {
    Never,
    OnFailure, ///< workers that died
    Always, ///< workers that died, and workers that exited on their own
};

/// Returns "never", "on-failure" or "always".
[[nodiscard]] QString toString(RestartMode mode);
/// Parses the text that toString() returns.
[[nodiscard]] Result<RestartMode> restartModeFromString(const QString &text);

} // namespace lifeguard
