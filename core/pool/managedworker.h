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
        Preparing, ///< its executor creates its environment and gives it its name
        Recording, ///< its row is being written to lifeguard_workers
        Starting, ///< its row is written; the executor starts it
        Running, ///< its process or container exists
        Draining, ///< TERM was sent; it ends after its job, without a time limit
        Stopping, ///< it must end: KILL follows TERM at killAt, or was sent already
        Ended, ///< it is gone; its rows are still open
        Closed, ///< its rows are closed
    };

    QString executorId; ///< a preliminary name while it is being prepared
    QString pool;
    int index = 0;
    WorkerConfig config;
    QString logPath;
    std::shared_ptr<BeatFile> beats; ///< the file of the manager that started it; null: no beat channel
    int beatSlot = -1; ///< in that file; -1: no beat channel (a command of the user, or a container)
    bool isAdopted = false; ///< started by an earlier manager: its exit code is unknown

    Phase phase = Phase::Preparing;
    ProcessIdentity process; ///< null until it is started
    QDateTime startedAt;
    qint64 workerId = 0; ///< workers.id; 0 until it has registered
    WorkerRow row; ///< as last read
    VitalSigns signs;
    Verdict verdict; ///< the latest

    EndCause endCause = EndCause::None;
    Message endRequest; ///< why it is being ended; empty: nobody requested it
    milliseconds killAt{0}; ///< steady time at which KILL follows; meaningful while it is stopping
    WorkerState endState = WorkerState::Dead; ///< how it is shown after its end: dead or stopped
    Message endReason; ///< why it ended
    QDateTime endedAt;

    /// Returns "plantuml-0": the pool and the index.
    [[nodiscard]] QString name() const { return pool + u'-' + QString::number(index); }
    [[nodiscard]] bool hasBeatChannel() const { return beatSlot >= 0; }
    [[nodiscard]] bool isRegistered() const { return workerId > 0; }
    [[nodiscard]] bool hasEnded() const { return phase >= Phase::Ended; }
    /// Returns whether its end was requested and has not happened yet.
    [[nodiscard]] bool isEnding() const { return phase == Phase::Draining || phase == Phase::Stopping; }
    /// Returns whether its end was requested by a user or by its pool: a job that it had begun does not count as an
    /// attempt.
    [[nodiscard]] bool isEndWanted() const { return endCause == EndCause::Stop || endCause == EndCause::Recycle; }

    /// Returns what it last wrote into its slot; an empty beat if it has ended or has no slot.
    [[nodiscard]] Beat beat() const { return beats && !hasEnded() ? beats->read(beatSlot) : Beat(); }
    /// Returns whether it is working on a job, as far as beat and row tell.
    [[nodiscard]] bool isBusy() const { return hasBeatChannel() ? beat().jobId > 0 : row.status == WorkerStatus::Busy; }

    /// Moves on to the phase, unless its end was requested or has happened meanwhile.
    void advanceTo(Phase next)
    {
        Q_ASSERT(next <= Phase::Running);
        if (phase < next)
            phase = next;
    }
    /// Notes that its end was requested. killAt_: nothing for draining.
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
