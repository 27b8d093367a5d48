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

/// One worker as the views show it: the row, the executor's facts and the monitor's verdict in one value.
struct WorkerInfo
{
    QString executorId; ///< key
    qint64 workerId = 0; ///< workers.id; 0 until registered
    QString pool; ///< empty: not one of our pools
    QString type;
    int index = 0;
    QString mode; ///< "direct", "docker", or empty where unknown
    WorkerState state = WorkerState::Starting;
    QString image; ///< of its container; empty: it runs in none, or nothing is known of it
    WorkerStatus storedStatus = WorkerStatus::None; ///< workers.status
    QString reason; ///< why it is suspect, hung, stopping, dead; empty when well
    qint64 pid = 0;
    qint64 jobId = 0; ///< 0: none
    QString jobName; ///< file name of the job's input, or "job 12"
    std::optional<milliseconds> jobAge;
    std::optional<milliseconds> beatAge;
    seconds staleAfter{30}; ///< when a beat of that age makes it suspect
    std::optional<double> cpuPercent; ///< of one core, the whole tree
    std::optional<qint64> memoryBytes; ///< resident, the whole tree
    qint64 jobsDone = 0;
    qint64 jobsFailed = 0;
    QDateTime startedAt;
    QDateTime endedAt;
    QString logPath;
    bool own = false; ///< this manager started it: it can be stopped and killed here

    bool operator==(const WorkerInfo &) const = default;
    /// "plantuml-0"; the executor id where the index is unknown.
    [[nodiscard]] QString name() const;
    [[nodiscard]] bool isAlive() const { return state != WorkerState::Dead && state != WorkerState::Stopped; }
};

} // namespace lifeguard

Q_DECLARE_METATYPE(QList<lifeguard::WorkerInfo>)
