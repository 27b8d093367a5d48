// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Returns a sentence that names the tools that are missing for jobs of this type and explains how to install them, or
/// an empty string if no tool is missing. Only checks whether files exist, which is fast. Thread-safe.
[[nodiscard]] QString missingTools(const QString &typeName);

} // namespace lifeguard
