// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/poolinfo.h"

namespace lifeguard {

QString toString(WorkerState state)
{
    switch (state) {
    case WorkerState::Starting:
        return QStringLiteral("starting");
    case WorkerState::Idle:
        return QStringLiteral("idle");
    case WorkerState::Busy:
        return QStringLiteral("busy");
    case WorkerState::Suspect:
        return QStringLiteral("suspect");
    case WorkerState::Hung:
        return QStringLiteral("hung");
    case WorkerState::Stopping:
        return QStringLiteral("stopping");
    case WorkerState::Dead:
        return QStringLiteral("dead");
    case WorkerState::Unknown:
        return QStringLiteral("unknown");
    case WorkerState::Stopped:
        return QStringLiteral("stopped");
    }
    return {};
}

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

QString WorkerInfo::name() const
{
    return pool.isEmpty() ? executorId : pool + u'-' + QString::number(index);
}

} // namespace lifeguard
