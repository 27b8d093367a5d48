// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Returns a sentence on the tools that this machine lacks to convert jobs of this type and on how to install them, or an empty
/// string if none is missing. Only looks for files: fast, any thread.
[[nodiscard]] QString missingTools(const QString &typeName);

} // namespace lifeguard
