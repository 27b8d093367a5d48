// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processidentity.h"
#include "core/config/workerconfig.h"
#include "core/executor/workerexecutor.h"
#include "core/health/healthpolicy.h"
#include "core/store/records.h"

#include <QDateTime>

namespace lifeguard {

/// Who wanted a worker's end, which decides how its job counts and how it is shown.
enum class EndCause {
    None, ///< nobody: a death
    Stop, ///< a user, scale-down or the end of the manager: not counted, shown as stopped
    Kill, ///< a user: the job counts, the pool replaces it, not a crash
    Monitor, ///< the health monitor: the job counts, and it is a death
};

/// What a manager knows of one worker of its own. Owned by WorkerPoolManager.
struct ManagedWorker
{
    QString executorId;
    QString pool;
    int index = 0;
    WorkerConfig config;
    QString logPath;
    int beatSlot = -1; ///< -1: no channel (a command of the user's own)
    ProcessIdentity process;
    milliseconds startedSteady{0};
    QDateTime startedAt;

    qint64 workerId = 0; ///< workers.id once registered
    WorkerRow row; ///< as last read
    quint64 lastCounter = 0;
    milliseconds lastBeatSteady{0}; ///< when the counter was last seen to grow; without a channel: when it was last seen busy
    WorkerStats stats;
    bool hasStats = false;
    Verdict verdict;

    EndCause endCause = EndCause::None;
    QString endWhy; ///< why it is being ended
    milliseconds killAtSteady{0}; ///< when KILL follows a TERM
    bool ended = false;
    WorkerState endState = WorkerState::Dead;
    QString endReason;
    QDateTime endedAt;

    [[nodiscard]] bool isEnding() const { return endCause != EndCause::None; }
    [[nodiscard]] QString name() const { return pool + u'-' + QString::number(index); }
};

} // namespace lifeguard
