// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// What caused the end of a worker. Determines whether the attempt at its job counts, and how the worker is shown.
enum class EndCause {
    None, ///< the worker died or ended without a request
    Stop, ///< a user, scaling down, or the end of the manager: the attempt does not count; shown as stopped
    Kill, ///< a user: the attempt counts, the pool replaces the worker, and it is not a crash
    Monitor, ///< the health monitor: the attempt counts, and it is a crash
    Recycle, ///< drained to be replaced, or because its pool was paused: the attempt does not count; shown as stopped
};

} // namespace lifeguard
