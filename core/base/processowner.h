// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

struct ProcessIdentity;

/// Returns the name of the user who runs the process (its real user id; "uid 1000" if this user has no name). Empty if
/// the process has ended, is not one of this pid namespace, or cannot be seen from here.
[[nodiscard]] QString ownerOf(const ProcessIdentity &process);

} // namespace lifeguard
