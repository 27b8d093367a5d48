// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// Sets XDG_RUNTIME_DIR if it is not set, as in a session of su or in a container: to /run/user/UID, or else to a
/// private folder with the name that Qt would use. Without it, Qt prints a warning that does not
/// help the user. Changes
/// nothing if there is no folder that belongs to the user alone. Called before QApplication is created.
void ensureRuntimeFolder();

} // namespace lifeguard
