// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"

#include <QDateTime>
#include <QMetaType>
#include <QString>

#include <optional>

namespace lifeguard {

/// What a user sees of a worker (shared/PROTOCOL.md, "States").
enum class WorkerState { Starting, Idle, Busy, Suspect, Hung, Stopping, Dead, Stopped, Unknown };
[[nodiscard]] QString toString(WorkerState state);

enum class PoolState {
    Starting, ///< no worker has registered yet
    Running,
    Paused, ///< its workers claim nothing more; those at work finish their job
    Stopping,
    Stopped,
    CrashLooping, ///< its workers kept dying before their first job: it stopped trying until a user starts it again
};
[[nodiscard]] QString toString(PoolState state);

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
    QString storedStatus; ///< workers.status
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

Q_DECLARE_METATYPE(QList<lifeguard::WorkerInfo>)
Q_DECLARE_METATYPE(QList<lifeguard::PoolInfo>)
