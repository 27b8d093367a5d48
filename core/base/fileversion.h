// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Returns a text that changes when the file, or the one that it links to, is replaced: its path, real path, size and
/// time. For programs, whose content would take long to read. Accesses the file.
[[nodiscard]] QString fileVersion(const QString &path);

} // namespace lifeguard
