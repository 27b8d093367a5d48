// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/worker/jobfiles.h"

namespace lifeguard {

/// The outcome of a job in its worker, before it is written to the queue.
struct JobOutcome
{
    enum class Kind {
        Converted, ///< the output, if the job has one, is in OutputPath::temporary
        Unchanged, ///< the output of an earlier, equal job is still in place
        Failed,
        LeaseLost, ///< the job was cancelled or belongs to another worker: its result is discarded
    };

    Kind kind = Kind::Converted;
    Error error; ///< the error of a failed job
    OutputPath output; ///< empty if the job has no output, or if its output was refused
    bool wasConverted = false; ///< the converter has run, successfully or not, until its end

    bool operator==(const JobOutcome &) const = default;
};

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::JobOutcome)
