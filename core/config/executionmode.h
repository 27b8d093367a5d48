// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace lifeguard {

/// How the workers of a pool run. Auto means Docker if the engine is reachable and has the image, otherwise Direct.
enum class ExecutionMode { Auto, Direct, Docker };

/// Returns "auto", "direct" or "docker".
[[nodiscard]] QString toString(ExecutionMode mode);
/// Parses the text that toString() returns.
[[nodiscard]] Result<ExecutionMode> executionModeFromString(const QString &text);

} // namespace lifeguard
