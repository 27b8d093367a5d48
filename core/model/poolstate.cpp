// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/poolstate.h"

namespace lifeguard {

QString toString(PoolState state)
{
    switch (state) {
    case PoolState::Starting:
        return QStringLiteral("starting");
    case PoolState::Running:
        return QStringLiteral("running");
    case PoolState::Paused:
        return QStringLiteral("paused");
    case PoolState::Stopping:
        return QStringLiteral("stopping");
    case PoolState::Stopped:
        return QStringLiteral("stopped");
    case PoolState::CrashLooping:
        return QStringLiteral("crash-looping");
    }
    return {};
}

PoolState poolStateFromString(const QString &name)
{
    for (const PoolState state :
         {PoolState::Starting, PoolState::Running, PoolState::Paused, PoolState::Stopping, PoolState::CrashLooping}) {
        if (name == toString(state))
            return state;
    }
    return PoolState::Stopped;
}

} // namespace lifeguard
