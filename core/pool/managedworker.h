// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/base/processidentity.h"
#include "core/config/workerconfig.h"
#include "core/health/verdict.h"
#include "core/model/endcause.h"
#include "core/model/message.h"
#include "core/model/workerrow.h"
#include "core/pool/vitalsigns.h"

#include <QDateTime>

#include <memory>
#include <optional>

namespace lifeguard {

/// One worker of this manager, from the decision to start it until its rows are closed. Owned by WorkerTable.
struct ManagedWorker
{
    /// A worker passes through these phases in this order; it may skip some, and it never goes back.
    enum class Phase {
        Preparing, ///< the executor creates its environment and assigns its executor id
        Recording, ///< its row is being written to lifeguard_workers
        Starting, ///< its row is written; the executor starts it
        Running, ///< its process or container exists
        Draining, ///< TERM was sent; it ends after its job, without a time limit
        Stopping, ///< it must end: KILL follows TERM at killAt, or was sent already
        Ended, ///< its process or container has ended; its rows are still open
        Closed, ///< its rows are closed
    };

    QString executorId; ///< a preliminary name while it is being prepared
    QString pool;
    int index = 0;
    WorkerConfig config;
    QString logPath;
    std::shared_ptr<BeatFile> beats; ///< the beat file of the manager that started it; null: no beat channel
    int beatSlot = -1; ///< its slot in that file; -1: no beat channel (a command of the user, or a container)
    bool isAdopted = false; ///< started by an earlier manager: its exit code is unknown

    Phase phase = Phase::Preparing;
    ProcessIdentity process; ///< null until the worker is started
    QDateTime startedAt;
    qint64 workerId = 0; ///< workers.id; 0 until the worker has registered
    WorkerRow row; ///< its row in workers, as last read
    VitalSigns signs;
    Verdict verdict; ///< the latest verdict of the health policy

    EndCause endCause = EndCause::None;
    Message endRequest; ///< why its end was requested; empty: it was not
    milliseconds killAt{0}; ///< steady time at which KILL follows; only valid while it is stopping
    WorkerState endState = WorkerState::Dead; ///< the state shown after its end: Dead or Stopped
    Message endReason; ///< why it ended
    QDateTime endedAt;

    /// Returns "plantuml-0": the pool and the index.
    [[nodiscard]] QString name() const { return pool + u'-' + QString::number(index); }
    [[nodiscard]] bool hasBeatChannel() const { return beatSlot >= 0; }
    [[nodiscard]] bool isRegistered() const { return workerId > 0; }
    [[nodiscard]] bool hasEnded() const { return phase >= Phase::Ended; }
    /// Returns whether the worker is being ended: its end was requested, and it has not ended yet.
    [[nodiscard]] bool isEnding() const { return phase == Phase::Draining || phase == Phase::Stopping; }
    /// Returns whether a user or the pool requested its end. The interrupted attempt of its begun job does not count
    /// then.
    [[nodiscard]] bool isEndWanted() const { return endCause == EndCause::Stop || endCause == EndCause::Recycle; }

    /// Returns the last beat in its slot; an empty beat if the worker has ended or has no slot.
    [[nodiscard]] Beat beat() const { return beats && !hasEnded() ? beats->read(beatSlot) : Beat(); }
    /// Returns whether the worker is processing a job, according to its beat or, without a beat channel, its row.
    [[nodiscard]] bool isBusy() const { return hasBeatChannel() ? beat().jobId > 0 : row.status == WorkerStatus::Busy; }

    /// Advances to the phase, unless the end of the worker was requested or has happened in the meantime.
    void advanceTo(Phase next)
    {
        Q_ASSERT(next <= Phase::Running);
        if (phase < next)
            phase = next;
    }
    /// Marks the worker as ending. killAt_: std::nullopt for draining.
    void requestEnd(EndCause cause, const Message &reason, std::optional<milliseconds> killAt_)
    {
        Q_ASSERT(!hasEnded() && cause != EndCause::None);
        phase = killAt_ ? Phase::Stopping : Phase::Draining;
        endCause = cause;
        endRequest = reason;
        killAt = killAt_.value_or(milliseconds(0));
    }
};

} // namespace lifeguard
