// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/message.h"
#include "core/model/workerstatus.h"

#include <QDateTime>
#include <QString>

namespace lifeguard {

/// A row of workers, with the columns of lifeguard_workers, which are empty for workers of other programs.
struct WorkerRow
{
    qint64 id = 0; ///< workers.id; 0 until it has registered
    QString type;
    QString executorId; ///< workers.container_id
    WorkerStatus status = WorkerStatus::None; ///< workers.status; None until it has registered
    QDateTime startedAt;
    QDateTime lastHeartbeat;
    double cpuUsage = 0; ///< percent of one core
    double memoryUsageMb = 0;
    qint64 jobsProcessed = 0;
    qint64 jobsFailed = 0;
    double avgProcessingTime = 0; ///< seconds
    QString executionMode;
    QString pool; ///< from lifeguard_workers, like all members below
    QString managerId;
    int index = 0;
    qint64 pid = 0;
    Message reason; ///< why the worker ended, or why it is hung; a literal message for rows of earlier versions
    bool wanted = false; ///< a user or the manager ended the worker, so it is shown as stopped instead of dead
    QString logPath;
    QDateTime endedAt;

    bool operator==(const WorkerRow &) const = default;
};

} // namespace lifeguard
