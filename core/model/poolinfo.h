// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"
#include "core/model/poolstate.h"

#include <QList>
#include <QMetaType>
#include <QString>

namespace lifeguard {

/// One pool as the views show it.
struct PoolInfo
{
    QString name; ///< key; the type, or "type-2" for a second pool of one type
    WorkerConfig config; ///< config.count is the count wanted
    PoolState state = PoolState::Stopped;
    int alive = 0; ///< registered workers
    QString reason; ///< why it is crash-looping, or cannot start; what it waits for
    QString mode; ///< "direct", "docker"; empty: not decided yet
    QString modeReason; ///< "direct: Docker is not installed"; empty: the user has chosen
    qint64 pendingJobs = 0; ///< waiting for its type
    int busy = 0; ///< of those alive, at work on a job

    bool operator==(const PoolInfo &) const = default;
};

} // namespace lifeguard

Q_DECLARE_METATYPE(QList<lifeguard::PoolInfo>)
