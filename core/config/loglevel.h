// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Which messages are logged.
enum class LogLevel {
    Debug, ///< everything
    Info,
    Warning, ///< warnings and errors: the default
    Error,
};

/// Returns "debug", "info", "warning" or "error".
[[nodiscard]] QString toString(LogLevel level);

} // namespace lifeguard
