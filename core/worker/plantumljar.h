// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Returns whether this version of PlantUML knows the security profile ALLOWLIST, with which it reads files in given
/// folders only. Versions before 2022 ignore it. Reads the jar, once for each version of the file. Main thread.
[[nodiscard]] bool jarHasAllowlist(const QString &jar);

} // namespace lifeguard
