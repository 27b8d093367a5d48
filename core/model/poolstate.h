// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

enum class PoolState {
    Starting, ///< no worker has registered yet
    Running,
    Paused, ///< its workers claim nothing more; those at work finish their job
    Stopping,
    Stopped,
    CrashLooping, ///< its workers kept dying before their first job: it stopped trying until a user starts it again
};
[[nodiscard]] QString toString(PoolState state);

} // namespace lifeguard
