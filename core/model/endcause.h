// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// Who wanted a worker's end, which decides how its job counts and how it is shown.
enum class EndCause {
    None, ///< nobody: a death
    Stop, ///< a user, scale-down or the end of the manager: not counted, shown as stopped
    Kill, ///< a user: the job counts, the pool replaces it, not a crash
    Monitor, ///< the health monitor: the job counts, and it is a death
    Recycle, ///< drained to be replaced, or because its pool was paused: not counted, shown as stopped
};

} // namespace lifeguard
