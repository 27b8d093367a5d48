// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/workerstate.h"

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

} // namespace lifeguard
