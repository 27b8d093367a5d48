// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/processidentity.h"

#include <QDateTime>
#include <QString>

namespace lifeguard {

/// A worker of a manager: a row of lifeguard_workers that has not ended.
struct OwnedWorker
{
    QString executorId;
    QString managerId;
    QString pool;
    QString type;
    QString mode;
    int index = 0;
    QString logPath;
    QString beatPath; ///< the beat file of its manager; empty for the user's own commands
    int beatSlot = -1;
    ProcessIdentity process; ///< null until the worker is started
    seconds maxJobTime{600};
    // The configuration of its pool, for a manager that adopts the worker (core/config/poolspec.h):
    QString spec; ///< as managers of older versions read it
    QString currentSpec; ///< empty if such a manager has started the worker
    QDateTime startedAt;
    QDateTime lastHeartbeat; ///< from its row in workers; invalid until the worker has registered
};

} // namespace lifeguard
