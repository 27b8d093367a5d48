// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/base/processidentity.h"
#include "core/config/workerconfig.h"
#include "core/model/workerstats.h"
#include "core/health/healthpolicy.h"
#include "core/health/usagehistory.h"
#include "core/health/inactivitytracker.h"
#include "core/model/endcause.h"
#include "core/model/job.h"
#include "core/model/workerrow.h"

#include <QDateTime>

#include <memory>

namespace lifeguard {

/// What a manager knows of one worker of its own. Owned by WorkerPoolManager.
struct ManagedWorker
{
    QString executorId;
    QString pool;
    int index = 0;
    WorkerConfig config;
    QString logPath;
    int beatSlot = -1; ///< -1: no channel (a command of the user's own, or a container)
    ProcessIdentity process;
    milliseconds startedSteady{0};
    QDateTime startedAt;

    qint64 workerId = 0; ///< workers.id once registered
    WorkerRow row; ///< as last read
    std::shared_ptr<BeatFile> beats; ///< with the slot: its manager's; of an adopted worker, that of the manager that started it
    quint64 lastCounter = 0;
    milliseconds lastBeatSteady{0}; ///< when the counter was last seen to grow
    // What is known through the database is timed by storeNow(), which stands still while the database cannot be used.
    milliseconds startedStore{0};
    QDateTime seenHeartbeat; ///< without a channel: last_heartbeat as last seen
    milliseconds lastSignStore{0}; ///< and when that changed, or the worker was busy
    Lease seenJob; ///< the job it was last seen to have begun
    milliseconds seenJobStore{0}; ///< when that was seen first
    milliseconds seenJobAge{0}; ///< and how old it was then
    InactivityTracker stillness;
    milliseconds stoppedSince{0}; ///< its process was first seen stopped (T); 0: it is not
    WorkerStats stats;
    bool hasStats = false;
    UsageHistory history; ///< of its CPU and memory, the last five minutes
    Verdict verdict;

    EndCause endCause = EndCause::None;
    QString endWhy; ///< why it is being ended
    milliseconds killAtSteady{0}; ///< when KILL follows a TERM
    bool isDraining = false; ///< TERM was sent, and no KILL follows: it finishes its job however long that takes
    bool isAdopted = false; ///< started by an earlier manager
    bool ended = false;
    bool isClosed = false; ///< and its rows say so
    WorkerState endState = WorkerState::Dead;
    QString endReason;
    QDateTime endedAt;

    [[nodiscard]] bool isEnding() const { return endCause != EndCause::None; }
    /// Somebody wanted its end: what it had begun does not count.
    [[nodiscard]] bool isWanted() const { return endCause == EndCause::Stop || endCause == EndCause::Recycle; }
    [[nodiscard]] QString name() const { return pool + u'-' + QString::number(index); }
};

} // namespace lifeguard
