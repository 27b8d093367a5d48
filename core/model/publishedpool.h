// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processidentity.h"
#include "core/model/countsource.h"
#include "core/model/message.h"

#include <QString>

namespace lifeguard {

/// A row of lifeguard_pools: a pool as its manager describes it to other programs.
struct PublishedPool
{
    QString managerId;
    QString managerKind; ///< "run" or "window"; of lifeguard_managers, like managerProcess
    ProcessIdentity managerProcess;
    QString name; ///< unique within its manager
    QString type;
    QString state; ///< toString(PoolState)
    int count = 0;
    CountSource countSource = CountSource::Launch;
    QString mode; ///< "direct" or "docker"; empty: not decided yet
    QString modeReason;
    Message reason;
    QString spec; ///< toStoredPoolSpec(), with secrets masked

    bool operator==(const PublishedPool &) const = default;
    /// Returns a short name for the manager, unique among the processes of one pid namespace: "run-4711".
    [[nodiscard]] QString managerName() const { return managerKind + u'-' + QString::number(managerProcess.pid); }
};

} // namespace lifeguard
