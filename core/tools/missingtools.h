// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Returns which tools this machine lacks to convert jobs of this type, and how to install them ("plantuml is not installed: apt
/// install plantuml"); empty if none is missing. Only looks for files: fast, any thread.
[[nodiscard]] QString missingTools(const QString &typeName);

} // namespace lifeguard
