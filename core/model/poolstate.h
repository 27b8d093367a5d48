// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The states of a pool.
enum class PoolState {
    Starting, ///< no worker has registered yet
    Running,
    Paused, ///< its workers claim no jobs; busy workers finish their job
    Stopping,
    Stopped,
    CrashLooping, ///< its workers kept dying before their first job; no worker is started until a user starts the pool
                  ///< again
};
/// Returns the name of the state ("running"), as in the output of programs.
[[nodiscard]] QString toString(PoolState state);
/// Returns the state with this name; Stopped for every other text.
[[nodiscard]] PoolState poolStateFromString(const QString &name);

} // namespace lifeguard
