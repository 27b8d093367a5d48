// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/workerstate.h"
#include "core/model/workerstatus.h"

#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QString>

#include <optional>

namespace lifeguard {

/// A worker as the views show it: its row, the observations of its executor and the verdict of the health monitor.
struct WorkerInfo
{
    QString executorId; ///< key
    qint64 workerId = 0; ///< workers.id; 0 until registered
    QString pool; ///< empty: the worker belongs to none of our pools
    QString manager; ///< the short name of the other manager that runs the pool, "run-4711"; empty: this manager, or
                     ///< none
    QString type;
    int index = 0;
    QString mode; ///< "direct" or "docker"; empty: unknown
    WorkerState state = WorkerState::Starting;
    QString image; ///< of its container; empty: it does not run in a container, or the image is unknown
    WorkerStatus storedStatus = WorkerStatus::None; ///< workers.status
    QString reason; ///< why the worker is suspect, hung, stopping or dead; empty if it is healthy
    qint64 pid = 0;
    qint64 jobId = 0; ///< 0: no job
    QString jobName; ///< the file name of the job's input, or "job 12"
    std::optional<milliseconds> jobAge;
    std::optional<milliseconds> beatAge;
    seconds staleAfter{30}; ///< the age of the heartbeat at which the worker becomes suspect
    std::optional<double> cpuPercent; ///< of one core; of the whole process tree
    std::optional<qint64> memoryBytes; ///< resident; of the whole process tree
    qint64 jobsDone = 0;
    qint64 jobsFailed = 0;
    QDateTime startedAt;
    QDateTime endedAt;
    QString logPath;
    bool own = false; ///< this manager started or adopted it, and can stop and kill it

    bool operator==(const WorkerInfo &) const = default;
    /// Returns the name for users: "plantuml-0", "plantuml-0@run-4711" for a worker of another manager, or the executor
    /// id for a worker that belongs to no pool.
    [[nodiscard]] QString name() const;
    [[nodiscard]] bool isAlive() const { return state != WorkerState::Dead && state != WorkerState::Stopped; }
};

} // namespace lifeguard

Q_DECLARE_METATYPE(QList<lifeguard::WorkerInfo>)
