// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/orphanobservation.h"

#include "core/config/workerconfig.h"
#include "core/model/durationtext.h"
#include "core/pool/heartbeattracker.h"

#include <algorithm>

namespace lifeguard {

std::optional<Message> unrecoverableReason(const OrphanObservation &orphan)
{
    if (orphan.stopped && *orphan.stopped >= staleHeartbeat)
        return Message("orphan_stopped", {durationMessage(*orphan.stopped).asArgument()});
    // The worker, or the guard of a command, stops the job at the limit. The slack is the same as for workers of a live
    // manager.
    const milliseconds limit = orphan.maxJobTime + jobLimitSlack;
    if (orphan.jobAge && *orphan.jobAge > limit) {
        return Message("job_over_time_limit",
                       {durationMessage(*orphan.jobAge).asArgument(), durationMessage(orphan.maxJobTime).asArgument()});
    }
    if (orphan.beats && orphan.silence && *orphan.silence > std::max<milliseconds>(limit, staleHeartbeat))
        return Message("no_beat", {durationMessage(*orphan.silence).asArgument()});
    return {};
}

} // namespace lifeguard
