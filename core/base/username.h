// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Returns the name of the operating-system user who runs this program; "uid 1000" if this user has no name.
[[nodiscard]] QString userName();

} // namespace lifeguard
