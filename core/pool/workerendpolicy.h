// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/config/workerconfig.h"
#include "core/model/endcause.h"
#include "core/model/message.h"
#include "core/model/workerexit.h"
#include "core/model/workerstate.h"
#include "core/pool/restartpolicy.h"

namespace lifeguard {

/// The state that is shown for an ended worker, and the reaction of its pool.
struct WorkerEndAssessment
{
    enum class Consequence {
        Replace, ///< bring the pool to its count at once
        DeclineReplacement, ///< the pool continues with one worker less
        ApplyRestartPolicy, ///< apply it to ending
        CheckFinishedJobs, ///< it exited by itself: the consequence depends on whether it had finished a job, according
                           ///< to the database
    };

    WorkerState state = WorkerState::Dead; ///< Dead or Stopped
    Message reason;
    Consequence consequence = Consequence::Replace;
    WorkerEnding ending = WorkerEnding::Died; ///< for ApplyRestartPolicy

    bool operator==(const WorkerEndAssessment &) const = default;
};

/// Assesses the ends of workers. Pure functions.
class WorkerEndPolicy
{
public:
    /// The known facts about the end of a worker.
    struct Facts
    {
        EndCause cause = EndCause::None; ///< by whom the end was requested
        Message request; ///< why the end was requested; empty for None
        WorkerExit exit;
        bool isAdopted = false; ///< its exit code is unknown; the phase in its slot shows whether it exited by itself
        WorkerPhase lastPhase = WorkerPhase::None; ///< the phase in its slot of the beat file; None: no slot
        Message job; ///< the job that it was processing; empty: none, or not known
        RestartMode restart = RestartMode::OnFailure; ///< the restart mode of its pool
    };

    [[nodiscard]] static WorkerEndAssessment assess(const Facts &facts);

private:
    [[nodiscard]] static Message reasonOf(const Facts &facts);
};

} // namespace lifeguard
