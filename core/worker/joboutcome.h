// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/fingerprint.h"
#include "core/model/jobresult.h"
#include "core/model/message.h"
#include "core/worker/jobfiles.h"

#include <QJsonObject>

namespace lifeguard {

/// The outcome of a job in its worker, before it is written to the queue.
struct JobOutcome
{
    enum class Kind {
        Converted, ///< the output, if the job has one, is in OutputPath::temporary
        Unchanged, ///< the output of an earlier, equal job is still in place
        Failed,
        Blocked, ///< the job could not be converted through no fault of its own: the job is returned, uncounted
        Interrupted, ///< the tool of the job was killed: the job is returned, counted
        LeaseLost, ///< the job was cancelled or belongs to another worker: its result is discarded
    };

    Kind kind = Kind::Converted;
    Error error; ///< the error of a failed, blocked or interrupted job
    OutputPath output; ///< empty if the job has no output, or if its output was refused
    QJsonObject metadata; ///< of the file that was written, for the results cache (outputMetadata())
    bool wasConverted = false; ///< the converter has run, successfully or not, until its end
    JobResult result = {}; ///< of a converted or unchanged job; paths of the host
    Fingerprint fingerprint = {}; ///< of the files that were written
    /// The files that an earlier conversion made beside the output, and this one did not.
    QList<Fingerprint::Further> obsolete = {};

    bool operator==(const JobOutcome &) const = default;
};

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::JobOutcome)
