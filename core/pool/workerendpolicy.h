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

/// How an ended worker is shown, and what its pool does about it.
struct WorkerEndAssessment
{
    enum class Consequence {
        Replace, ///< bring the pool to its count, at once
        DeclineReplacement, ///< the pool continues with one worker less
        ApplyRestartPolicy, ///< with ending
        AwaitWork, ///< it exited by itself: whether it had finished a job decides, which the database knows
    };

    WorkerState state = WorkerState::Dead; ///< dead or stopped
    Message reason;
    Consequence consequence = Consequence::Replace;
    WorkerEnding ending = WorkerEnding::Died; ///< for ApplyRestartPolicy

    bool operator==(const WorkerEndAssessment &) const = default;
};

/// Assesses the ends of workers. Pure functions.
class WorkerEndPolicy
{
public:
    /// What is known about an end.
    struct Facts
    {
        EndCause cause = EndCause::None; ///< who requested it
        Message request; ///< why it was requested; empty for None
        WorkerExit exit;
        bool isAdopted = false; ///< its exit code is unknown; the phase in its slot tells whether it exited by itself
        WorkerPhase lastPhase = WorkerPhase::None; ///< in its slot of the beat file; None: no slot
        Message job; ///< the job that it was working on; empty: none, or not known
        RestartMode restart = RestartMode::OnFailure; ///< of its pool
    };

    [[nodiscard]] static WorkerEndAssessment assess(const Facts &facts);

private:
    [[nodiscard]] static Message reasonOf(const Facts &facts);
};

} // namespace lifeguard
